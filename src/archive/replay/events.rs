//! The events that a share matches, as rows: each text and each set of labels once.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{Labels, ReceivedEvent, SharedText};
use crate::text::table::{Map, Set};
use crate::time::Instant;

use super::error::ArchiveReplayError;
use super::piece::{EventPlace, Head, Rows, Writer, open};

/// The head of a piece of matched events.
#[derive(Serialize, Deserialize)]
struct EventsHead {
    plan: u64,
    part: u64,
    /// When its first event was received, and the index of that.
    first: (i64, u32),
}

/// Texts, labels and lists of related resources, which rows name.
#[derive(Serialize, Deserialize, Default)]
struct EventTexts {
    texts: Vec<SharedText>,
    labels: Vec<Vec<(u32, u32)>>,
    related: Vec<Vec<u32>>,
}

impl Head for EventsHead {
    const KIND: u8 = 4;
}

/// A matched event, with what a trigger can look at.
#[derive(Serialize, Deserialize)]
struct EventRow {
    index: u32,
    name: u32,
    resource: u32,
    related: u32,
    id: Uuid,
    received: i64,
    lag: i64,
    follows: Option<Uuid>,
}

/// Which labels a trigger can look at.
pub(super) type Needed = Set<String>;

/// A key that is equal if it is the same in memory. The reader shares equal labels, and to look at their texts for each event
/// would take longer.
struct Shared<T: ?Sized>(Rc<T>);

impl<T: ?Sized> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T: ?Sized> Eq for Shared<T> {}

impl<T: ?Sized> Hash for Shared<T> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        Rc::as_ptr(&self.0).cast::<()>().hash(hasher);
    }
}

/// Writes matched events, each text once.
pub(super) struct EventsWriter {
    plan: u64,
    part: u64,
    first: Option<(i64, u32)>,
    all: EventTexts,
    texts: Map<SharedText, u32>,
    /// By the labels before those were left out that no trigger looks at.
    labels: Map<Shared<[(SharedText, SharedText)]>, Option<u32>>,
    related: Map<Shared<[Labels]>, u32>,
    rows: Writer,
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl EventsWriter {
    pub(super) fn new(plan: u64, part: u64) -> Self {
        EventsWriter {
            plan,
            part,
            first: None,
            all: EventTexts::default(),
            texts: Map::default(),
            labels: Map::default(),
            related: Map::default(),
            rows: Writer::new(),
        }
    }

    fn text(&mut self, text: &SharedText) -> u32 {
        if let Some(known) = self.texts.get(&**text) {
            return *known;
        }
        let own = number(self.all.texts.len());
        self.all.texts.push(text.clone());
        self.texts.insert(text.clone(), own);
        own
    }

    /// The number of the labels that are needed. `None`: there are none.
    fn labels(&mut self, labels: &Labels, needed: &Needed) -> Option<u32> {
        let key = Shared(labels.memory().clone());
        if let Some(known) = self.labels.get(&key) {
            return *known;
        }
        let mut own = Vec::new();
        for (name, value) in labels.iter().filter(|(name, _)| needed.contains(&**name)) {
            own.push((self.text(name), self.text(value)));
        }
        let place = (!own.is_empty()).then(|| {
            self.all.labels.push(own);
            number(self.all.labels.len().saturating_sub(1))
        });
        self.labels.insert(key, place);
        place
    }

    /// `needed`: the labels of the resource, and those of related resources.
    pub(super) fn add(&mut self, index: u32, event: &ReceivedEvent, needed: &(Needed, Needed)) {
        // 0 is none; others are one more than their index.
        let resource = self.labels(&event.resource, &needed.0).map_or(0, |place| place.saturating_add(1));
        let related = if event.related.is_empty() {
            0
        } else if let Some(known) = self.related.get(&Shared(event.related.clone())) {
            *known
        } else {
            let own: Vec<u32> =
                event.related.iter().filter_map(|related| self.related_labels(related, &needed.1)).collect();
            let place = if own.is_empty() {
                0
            } else {
                self.all.related.push(own);
                number(self.all.related.len())
            };
            self.related.insert(Shared(event.related.clone()), place);
            place
        };
        let row = EventRow {
            index,
            name: self.text(&event.name),
            resource,
            related,
            id: event.id,
            received: event.received.0,
            lag: event.received.0.wrapping_sub(event.occurred.0),
            follows: event.follows,
        };
        self.first.get_or_insert((row.received, index));
        self.rows.row(&row);
    }

    fn related_labels(&mut self, labels: &Labels, needed: &Needed) -> Option<u32> {
        let mut own = Vec::new();
        for (name, value) in labels.iter().filter(|(name, _)| needed.contains(&**name)) {
            own.push((self.text(name), self.text(value)));
        }
        (!own.is_empty()).then(|| {
            self.all.labels.push(own);
            number(self.all.labels.len().saturating_sub(1))
        })
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let EventsWriter { plan, part, first, .. } = self;
        let mut rows = Writer::new();
        rows.row(&self.all);
        rows.append(self.rows);
        rows.finish(&EventsHead { plan, part, first: first.unwrap_or_default() })
    }
}

/// A piece of matched events that is not read yet: until its first event comes, its bytes are all that is in memory.
pub(super) struct EventsPiece<'b> {
    head: EventsHead,
    /// The texts; behind them, the rows of events.
    texts: Rows<'b, EventTexts>,
}

impl<'b> EventsPiece<'b> {
    pub(super) fn open(plan: u64, bytes: &'b [u8]) -> Result<Self, ArchiveReplayError> {
        let (head, texts) = open::<EventsHead, EventTexts>(bytes)?;
        if head.plan == plan { Ok(EventsPiece { head, texts }) } else { Err(ArchiveReplayError::Damaged) }
    }

    /// The place of its first event.
    pub(super) fn place(&self) -> (i64, EventPlace) {
        let (received, index) = self.head.first;
        (received, EventPlace { part: self.head.part, index })
    }

    /// The texts of all its events.
    pub(super) fn texts(&self) -> Result<Vec<SharedText>, ArchiveReplayError> {
        Ok(self.texts.split::<EventRow>()?.0.texts)
    }

    pub(super) fn read(&self) -> Result<EventsReader<'b>, ArchiveReplayError> {
        let (EventTexts { texts, labels: pairs, related: lists }, mut rows) = self.texts.split()?;
        let text = |number: &u32| texts.get(*number as usize).cloned();
        let mut labels = Vec::with_capacity(pairs.len());
        for own in &pairs {
            let own: Option<Vec<_>> = own.iter().map(|(name, value)| text(name).zip(text(value))).collect();
            labels.push(Labels::new(own.ok_or(ArchiveReplayError::Damaged)?));
        }
        let mut related: Vec<Rc<[Labels]>> = Vec::with_capacity(lists.len());
        for own in &lists {
            let all: Option<Rc<[Labels]>> = own.iter().map(|number| labels.get(*number as usize).cloned()).collect();
            related.push(all.ok_or(ArchiveReplayError::Damaged)?);
        }
        let next = rows.next()?;
        let none = (Labels::new(Vec::new()), Rc::default());
        let reader = EventsReader { part: self.head.part, texts, labels, related, none, rows, next };
        if reader.place() == Some(self.place()) { Ok(reader) } else { Err(ArchiveReplayError::Damaged) }
    }
}

/// Reads matched events. Those of one run share their labels.
pub(super) struct EventsReader<'b> {
    part: u64,
    texts: Vec<SharedText>,
    labels: Vec<Labels>,
    related: Vec<Rc<[Labels]>>,
    none: (Labels, Rc<[Labels]>),
    rows: Rows<'b, EventRow>,
    next: Option<EventRow>,
}

impl EventsReader<'_> {
    /// The place of the next event.
    pub(super) fn place(&self) -> Option<(i64, EventPlace)> {
        self.next.as_ref().map(|row| (row.received, EventPlace { part: self.part, index: row.index }))
    }

    /// The next event. `None`: there is none, or it names what the head does not have.
    pub(super) fn event(&self) -> Option<ReceivedEvent> {
        let row = self.next.as_ref()?;
        Some(ReceivedEvent {
            id: row.id,
            occurred: Instant(row.received.wrapping_sub(row.lag)),
            received: Instant(row.received),
            name: self.texts.get(row.name as usize)?.clone(),
            resource: match (row.resource as usize).checked_sub(1) {
                None => self.none.0.clone(),
                Some(place) => self.labels.get(place)?.clone(),
            },
            related: match (row.related as usize).checked_sub(1) {
                None => self.none.1.clone(),
                Some(place) => self.related.get(place)?.clone(),
            },
            follows: row.follows,
        })
    }

    pub(super) fn skip(&mut self) -> Result<(), ArchiveReplayError> {
        self.next = self.rows.next()?;
        Ok(())
    }
}
