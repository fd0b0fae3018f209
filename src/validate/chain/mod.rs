//! Relations between events: links by `follows`, repeated ids, states and heartbeats of a run.
//!
//! Several texts can be one history: findings that depend on a later text are kept as [`Late`] for their own report.
//!
//! Memory is bounded unless all events are to be remembered: see [`Memory`].

mod judge;
mod kept;
mod late;
mod linked;
mod memory;
mod role;

use uuid::Uuid;

use crate::catalogue::Family;
use crate::catalogue::runs::FINAL_TYPES;
use crate::diagnostic::Code;
use crate::diagnostic::findings::{Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::SourceText;
use crate::json::Places;
use crate::text::order;
use crate::time::Instant;

use judge::{add, judge, report};
use kept::{At, Executed, Follower, Seen, Shown, Waiting, Words};
use late::{Finding, Overlap};
use linked::{LONGEST, Texts, place};
use memory::Recent;
use role::{InRun, followed, of_worker};

pub(crate) use late::Late;
pub(crate) use linked::{Id, Link, Linked};
pub use memory::Memory;
pub(crate) use role::{Key, Role};

/// A heartbeat this many microseconds after the end of its run was still in transit.
const HEARTBEAT_GRACE: i64 = 5_000_000;

#[derive(Clone, Copy, Default)]
struct Run {
    /// Its own number, the key for its states.
    number: u64,
    ended: Option<(Instant, At)>,
    moved: Option<Instant>,
}

#[derive(Default)]
pub(crate) struct Chain {
    seen: Recent<Id, Seen>,
    /// By the id that they follow.
    waiting: Recent<Id, Vec<Waiting>>,
    runs: Recent<Box<[u8]>, Run>,
    /// The number of runs so far.
    count: u64,
    /// The indices of a run's states, by the number of the run and the instant.
    instants: Recent<(u64, Instant), At>,
    /// By flow run: whether a worker has submitted it, or the event that executed it before that.
    executed: Recent<Box<[u8]>, Option<Executed>>,
    /// Entries that have waited since the beginning of the current text: their places are byte offsets in it.
    fresh: Vec<Fresh>,
    /// The texts of the current event, so that most are read without an allocation.
    scratch: Texts,
    /// The number of the current text.
    file: u32,
    /// The names of the texts, if there are several.
    names: Vec<String>,
    /// Late findings about earlier texts.
    late: Vec<Late>,
    /// The events of the current text that earlier ones have too.
    overlap: Option<Overlap>,
}

/// Waiting entries whose places are byte offsets in the current text.
enum Fresh {
    /// The follower of this event, and which of them.
    Waiting(Id, usize),
    Executed(Box<[u8]>),
    Overlap,
}

impl Chain {
    pub(crate) fn new(memory: Memory) -> Self {
        Chain {
            seen: Recent::new(memory),
            waiting: Recent::new(memory),
            runs: Recent::new(memory),
            instants: Recent::new(memory),
            executed: Recent::new(memory),
            ..Chain::default()
        }
    }

    /// Reports what an event shows together with earlier ones. `holed`: whether its name fills a hole in that of its family.
    pub(super) fn add<'t, V: Link<'t>>(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<V>,
        family: Option<&'static Family>,
        holed: bool,
    ) {
        let (Some(index), Some(id)) = (subject.index, event.id) else { return };
        let at = At { file: self.file, index };
        if self.seen.get_mut(&id).is_some() {
            self.repeated(findings, subject, event, id, at);
            // It was checked at its first occurrence.
            return;
        }
        let own = self.own(subject, event, family, at);
        self.follow(findings, subject, event, family, id, at);
        self.release(findings, id, &own);
        if let Some(family) = family {
            self.run(findings, subject, event, family, holed, at);
            self.worker(subject, event, family);
        }
        self.seen.insert(id, own);
    }

    /// Whether an event with this id has followers already.
    pub(crate) fn awaits(&mut self, id: Id) -> bool {
        self.waiting.get_mut(&id).is_some_and(|waiting| !waiting.is_empty())
    }

    /// Does the part of [`Chain::add`] that belongs to a role. The roles of an event in their order, and those of all events
    /// in theirs, show what whole events do. The first event with an id has all its roles; the others only that of a target.
    pub(crate) fn add_as<'t, V: Link<'t>>(
        &mut self,
        role: Role,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<V>,
        family: Option<&'static Family>,
        holed: bool,
    ) {
        let (Some(index), Some(id)) = (subject.index, event.id) else { return };
        let at = At { file: self.file, index };
        match (role, family) {
            (Role::Follower, _) => self.follow(findings, subject, event, family, id, at),
            (Role::Target, _) => {
                if self.seen.get_mut(&id).is_some() {
                    self.repeated(findings, subject, event, id, at);
                    return;
                }
                let own = self.own(subject, event, family, at);
                self.release(findings, id, &own);
                self.seen.insert(id, own);
            }
            (Role::Run, Some(family)) => self.run(findings, subject, event, family, holed, at),
            (Role::Worker, Some(family)) => self.worker(subject, event, family),
            (Role::Run | Role::Worker, None) => {}
        }
    }

    /// What to keep of an event.
    fn own<'t, V: Link<'t>>(
        &mut self,
        subject: &Subject<'_>,
        event: &Linked<V>,
        family: Option<&'static Family>,
        at: At,
    ) -> Seen {
        let links = &event.links;
        self.scratch.read(links, links.validated, true);
        let name = subject.name.filter(|_| !self.names.is_empty());
        let known_by = name.map(|name| Box::new((name.to_owned(), event.follows)));
        Seen { at, known_by, family, occurred: event.occurred, texts: self.scratch.clone() }
    }

    /// Compares an event with the one that it follows, now or once that is known.
    fn follow<'t, V: Link<'t>>(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<V>,
        family: Option<&'static Family>,
        id: Id,
        at: At,
    ) {
        let links = &event.links;
        let Some((target, follows)) = followed(event, family, id) else { return };
        let mut texts = std::mem::take(&mut self.scratch);
        texts.read(links, links.initial, follows.same.is_some());
        let follower = Follower {
            file: self.file,
            occurred: event.occurred,
            follows,
            subject: *subject,
            place: place(links.follows),
            from_place: place(links.initial.whole),
            texts: &texts,
            words: Words::Of(links),
        };
        if let Some(target) = self.seen.get_mut(&target) {
            judge(findings, &follower, target, &self.names);
        } else {
            let (resource_text, from_text) = (follower.words.resource(), follower.words.from());
            let Follower { occurred, follows, subject, place, from_place, .. } = follower;
            let name = subject.name.unwrap_or_default().to_owned();
            let docs = subject.docs;
            self.wait(
                findings,
                target,
                Waiting {
                    at,
                    first: at.index,
                    occurred,
                    follows,
                    name,
                    docs,
                    place,
                    from_place,
                    texts: texts.clone(),
                    resource_text,
                    from_text,
                },
            );
        }
        self.scratch = texts;
    }

    /// Compares the events that waited for this one with it.
    fn release(&mut self, findings: &mut Findings<'_>, id: Id, own: &Seen) {
        for waiting in self.waiting.get_mut(&id).map(std::mem::take).unwrap_or_default() {
            if waiting.at.file == self.file {
                judge(findings, &waiting.follower(), own, &self.names);
            } else {
                self.late.push(Late(Finding::Link(Box::new(waiting), Some(Box::new(own.clone())))));
            }
        }
    }

    fn wait(&mut self, findings: &mut Findings<'_>, target: Id, mut waiting: Waiting) {
        if self.waiting.get_mut(&target).is_some() {
            // The other followers of this event may be forgotten instead.
            let forgotten = self.waiting.grow();
            self.not_found(findings, forgotten);
        }
        let in_bytes = matches!(waiting.place, Location::Bytes(_));
        if let Some(others) = self.waiting.get_mut(&target) {
            if in_bytes {
                self.fresh.push(Fresh::Waiting(target, others.len()));
            }
            waiting.first = others.first().map_or(waiting.first, |other| other.first);
            others.push(waiting);
            return;
        }
        if in_bytes {
            self.fresh.push(Fresh::Waiting(target, 0));
        }
        let forgotten = self.waiting.insert(target, vec![waiting]);
        self.not_found(findings, forgotten);
    }

    /// An event with the id of another one. An event in two texts is the same one if the texts overlap, as pages do.
    fn repeated<'t, V: Link<'t>>(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<V>,
        id: Id,
        at: At,
    ) {
        let links = &event.links;
        let mut texts = Texts::default();
        texts.read(links, links.validated, true);
        let Some(first) = self.seen.get_mut(&id) else { return };
        let is_known =
            |(name, follows): &(String, Option<Id>)| subject.name == Some(name.as_str()) && *follows == event.follows;
        let is_same = first.at.file != at.file
            && first.known_by.as_deref().is_some_and(is_known)
            && first.occurred == event.occurred
            && first.texts == texts;
        if !is_same {
            add(findings, Code::REPEATED_EVENT_ID, subject, &Path::Field("id"), place(links.id))
                .say("first", format_args!("{}", Shown { at: first.at, here: at.file, names: &self.names }))
                .say("id", format_args!("{}", Uuid::from_u128(id)))
                .with("more", "");
        } else if let Some(overlap) = &mut self.overlap {
            overlap.count = overlap.count.saturating_add(1);
        } else {
            let (name, docs) = (subject.name.unwrap_or_default().to_owned(), subject.docs);
            let (first, place) = (first.at, place(links.id));
            self.overlap = Some(Overlap { at, name, docs, id, place, first, count: 1 });
            self.fresh.push(Fresh::Overlap);
        }
    }

    /// Reports links to missing events.
    fn not_found(&mut self, findings: &mut Findings<'_>, waiting: Vec<(Id, Vec<Waiting>)>) {
        for waiting in waiting.into_iter().flat_map(|(_, all)| all) {
            if waiting.at.file == self.file {
                report(findings, &waiting.follower(), Code::FOLLOWS_NOT_FOUND);
            } else {
                self.late.push(Late(Finding::Link(Box::new(waiting), None)));
            }
        }
    }

    /// Call this before each text of a history, including the first; the previous text must have been ended.
    pub(super) fn begin(&mut self, name: &str) {
        if !self.names.is_empty() {
            self.file = self.file.saturating_add(1);
        }
        self.names.push(name.to_owned());
    }

    /// The findings that belong to reports of other texts, and the names of the texts.
    pub(crate) fn late(&mut self) -> (Vec<Late>, &[String]) {
        let mut late = std::mem::take(&mut self.late);
        late.extend(self.overlap.take().map(|overlap| Late(Finding::Overlap(overlap))));
        (late, &self.names)
    }

    /// Findings that require all texts of a history: they become [`Late`].
    pub(crate) fn close(&mut self, events: u64) {
        // As in `finish`.
        if events < 2 {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting).into_entries().flat_map(|(_, all)| all);
        self.late.extend(waiting.map(|waiting| Late(Finding::Link(Box::new(waiting), None))));
        let executed = std::mem::take(&mut self.executed).into_entries();
        self.late
            .extend(executed.filter_map(|(_, executed)| executed).map(|executed| Late(Finding::Executed(executed))));
    }

    /// Call this at the end of a text: entries that still wait keep their places as lines and columns.
    pub(super) fn leave(&mut self, source: SourceText<'_>) {
        if self.fresh.is_empty() {
            return;
        }
        let mut open: Vec<(u32, u32, Fresh, bool)> = Vec::new();
        for fresh in std::mem::take(&mut self.fresh) {
            match fresh {
                Fresh::Waiting(target, which) => {
                    let Some(waiting) = self.waiting.get_mut(&target).and_then(|all| all.get(which)) else {
                        continue;
                    };
                    for (place, from) in [(waiting.place, false), (waiting.from_place, true)] {
                        if let Location::Bytes(span) = place {
                            open.push((span.start, span.end, Fresh::Waiting(target, which), from));
                        }
                    }
                }
                Fresh::Executed(run) => {
                    if let Some(Some(Executed { place: Location::Bytes(span), .. })) = self.executed.get_mut(&run) {
                        open.push((span.start, span.end, Fresh::Executed(run), false));
                    }
                }
                Fresh::Overlap => {
                    if let Some(Overlap { place: Location::Bytes(span), .. }) = self.overlap {
                        open.push((span.start, span.end, Fresh::Overlap, false));
                    }
                }
            }
        }
        let mut places = Places::new(source.text, source.base, source.wtf8);
        order::by_key(&mut open, &mut |(start, ..)| u64::from(*start));
        for (start, end, fresh, from) in open {
            let place = match &fresh {
                Fresh::Waiting(target, which) => {
                    let waiting = self.waiting.get_mut(target).and_then(|all| all.get_mut(*which));
                    waiting.map(|waiting| if from { &mut waiting.from_place } else { &mut waiting.place })
                }
                Fresh::Executed(run) => {
                    self.executed.get_mut(run).and_then(Option::as_mut).map(|executed| &mut executed.place)
                }
                Fresh::Overlap => self.overlap.as_mut().map(|overlap| &mut overlap.place),
            };
            if let Some(place) = place {
                *place = Location::Known(places.range(start, end));
            }
        }
    }

    /// Findings that require all events.
    pub(super) fn finish(&mut self, findings: &mut Findings<'_>, events: u64) {
        // A single event cannot hold the other end of its link.
        if events < 2 {
            return;
        }
        self.close(events);
        for late in std::mem::take(&mut self.late) {
            late.report(findings, &self.names);
        }
    }

    /// States and heartbeats of one run.
    fn run<'t, V: Link<'t>>(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<V>,
        family: &'static Family,
        holed: bool,
        at: At,
    ) {
        let links = &event.links;
        let resource = links.resource.map(V::bytes).filter(|resource| resource.len() <= LONGEST);
        let (Some(occurred), Some(resource)) = (event.occurred, resource) else { return };
        let Some(in_run) = InRun::of(links, family, holed) else { return };
        let place = || place(links.occurred);
        let (here, names) = (self.file, &self.names);
        let shown_as = |at| Shown { at, here, names };
        let path = &Path::Field("occurred");
        let known = self.runs.get_mut(&*resource).copied();
        let mut run = known.unwrap_or(Run { number: self.count, ..Run::default() });
        let InRun::State(state_type) = in_run else {
            if let Some((ended, at)) = run.ended
                && occurred.since(ended) > HEARTBEAT_GRACE
                && run.moved.is_none_or(|moved| moved <= ended)
            {
                add(findings, Code::HEARTBEAT_AFTER_END, subject, path, place())
                    .duration("found", occurred.since(ended))
                    .say("index", format_args!("{}", shown_as(at)));
            }
            return;
        };
        let instant = (run.number, occurred);
        if let Some(other) = self.instants.get_mut(&instant) {
            add(findings, Code::STATES_AT_SAME_INSTANT, subject, path, place())
                .say("index", format_args!("{}", shown_as(*other)));
        } else {
            self.instants.insert(instant, at);
        }
        let terminal = FINAL_TYPES.iter().any(|end| state_type.is(end));
        if terminal {
            run.ended = Some((occurred, at)).max(run.ended);
        } else {
            run.moved = Some(occurred).max(run.moved);
        }
        if let Some(known) = self.runs.get_mut(&*resource) {
            *known = run;
        } else {
            self.count = self.count.saturating_add(1);
            self.runs.insert((*resource).into(), run);
        }
    }

    /// Submitted and executed flow runs.
    fn worker<'t, V: Link<'t>>(&mut self, subject: &Subject<'_>, event: &Linked<V>, family: &'static Family) {
        let Some((submitted, run)) = of_worker(&event.links, family) else { return };
        let known = self.executed.get_mut(&*run);
        if submitted {
            match known {
                Some(executed) => *executed = None,
                None => drop(self.executed.insert((*run).into(), None)),
            }
        } else if event.follows.is_none() && known.is_none() {
            let (index, name) = (subject.index.unwrap_or_default(), subject.name.unwrap_or_default().to_owned());
            let at = At { file: self.file, index };
            let place = place(event.links.event);
            let executed = Executed { at, name, docs: subject.docs, place };
            self.executed.insert((*run).into(), Some(executed));
            if let Location::Bytes(_) = place {
                self.fresh.push(Fresh::Executed((*run).into()));
            }
        }
    }
}
