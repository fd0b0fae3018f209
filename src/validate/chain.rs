//! Relations between events: links by `follows`, repeated ids, states and heartbeats of a run.
//!
//! Several texts can be one history: findings that depend on a later text are kept as [`Late`] for their own report.
//!
//! Memory is bounded unless all events are to be remembered: see [`Memory`].

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{BuildHasher, Hash};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalogue::{Family, Follows, Term};
use crate::diagnostic::findings::{Draft, Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::Source;
use crate::diagnostic::{Code, Severity};
use crate::json::{Kind, Places, Value};
use crate::text::order;
use crate::text::phrase::{self, shown};
use crate::text::table::{HashIndex, Seed};
use crate::text::uuid::read_uuid;
use crate::time::{Instant, instant_of};

use super::form::usual_uuid;
use super::links::{Links, State};

/// The id of an event, as a number, which compares and hashes quickly.
pub(crate) type Id = u128;

/// The least number of events that are remembered if memory is bounded: links over more events are not checked.
pub(super) const REMEMBERED: usize = 50_000;

/// How many events a check remembers, for what links them to later ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Memory {
    /// At least the last 50,000: links over more events are not checked, and memory is bounded.
    #[default]
    Recent,
    /// All of them: memory grows with their number.
    All,
}

impl Memory {
    fn remembered(self) -> usize {
        match self {
            Memory::Recent => REMEMBERED,
            Memory::All => usize::MAX,
        }
    }
}

/// A heartbeat this many microseconds after the end of its run was still in transit.
const HEARTBEAT_GRACE: i64 = 5_000_000;

/// Longer ids and names are not compared, so that memory is bounded.
const LONGEST: usize = 1000;

/// A map that forgets entries not added in the last two generations. No result depends on the seed.
struct Recent<K, V> {
    now: Generation<K, V>,
    before: Generation<K, V>,
    seed: Seed,
    memory: Memory,
}

struct Generation<K, V> {
    index: HashIndex,
    entries: Vec<(K, V)>,
    /// How much has been added: entries, and additions to them.
    size: usize,
}

impl<K, V> Default for Generation<K, V> {
    fn default() -> Self {
        Generation { index: HashIndex::default(), entries: Vec::new(), size: 0 }
    }
}

impl<K, V> Generation<K, V> {
    #[inline(always)]
    fn get_mut<Q: Eq + ?Sized>(&mut self, hash: u64, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let entries = &self.entries;
        let is_it = |place: usize| entries.get(place).is_some_and(|(other, _)| other.borrow() == key);
        let place = self.index.find(hash, &mut { is_it })?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Recent::new(Memory::default())
    }
}

impl<K, V> Recent<K, V> {
    fn new(memory: Memory) -> Self {
        Recent { now: Generation::default(), before: Generation::default(), seed: Seed::default(), memory }
    }
}

impl<K: Hash, V> Recent<K, V> {
    fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let hash = self.seed.hash_one(key);
        self.now.get_mut(hash, key).or_else(|| self.before.get_mut(hash, key))
    }

    /// Adds a value with a new key. Returns the forgotten entries.
    fn insert(&mut self, key: K, value: V) -> Vec<(K, V)> {
        let forgotten = self.grow();
        self.now.index.add(self.seed.hash_one(&key), self.now.entries.len());
        self.now.entries.push((key, value));
        forgotten
    }

    /// Makes room for one more.
    fn grow(&mut self) -> Vec<(K, V)> {
        let full = self.now.size >= self.memory.remembered();
        let forgotten =
            if full { std::mem::replace(&mut self.before, std::mem::take(&mut self.now)).entries } else { Vec::new() };
        self.now.size = self.now.size.saturating_add(1);
        forgotten
    }

    /// All entries, oldest first.
    fn into_entries(self) -> impl Iterator<Item = (K, V)> {
        self.before.entries.into_iter().chain(self.now.entries)
    }
}

/// A value of an event that links it to others: in the text, or kept from it.
pub(crate) trait Link<'t>: Copy {
    /// The bytes of a string, unescaped. Other values: as written.
    fn bytes(self) -> Cow<'t, [u8]>;
    /// Whether it is the string `other`.
    fn is(self, other: &str) -> bool;
    fn location(self) -> Location;
}

impl<'t> Link<'t> for Value<'t> {
    fn bytes(self) -> Cow<'t, [u8]> {
        Value::bytes(self)
    }

    fn is(self, other: &str) -> bool {
        Value::is(self, other)
    }

    fn location(self) -> Location {
        Location::Bytes(self.span())
    }
}

/// The parts of an event that matter to others.
pub(crate) struct Linked<V> {
    pub occurred: Option<Instant>,
    pub id: Option<Id>,
    pub follows: Option<Id>,
    pub links: Links<V>,
}

impl<'t> Linked<Value<'t>> {
    pub(super) fn read(links: Links<Value<'t>>) -> Self {
        let follows = links.follows.filter(|follows| follows.kind() != Kind::Null);
        Linked {
            occurred: links.occurred.and_then(instant_of),
            id: links.id.and_then(uuid),
            follows: follows.and_then(uuid),
            links,
        }
    }
}

fn uuid(value: Value<'_>) -> Option<Id> {
    if !value.is_string() {
        return None;
    }
    let text = value.bytes();
    usual_uuid(&text).or_else(|| read_uuid(&text)).map(|id| id.as_u128())
}

/// Concatenated texts of an event that are compared with those of others.
#[derive(Clone, Default, PartialEq, Eq)]
struct Texts {
    bytes: Vec<u8>,
    ends: [Option<u16>; 4],
}

impl Texts {
    /// The id of the resource, the value that its followers share with it, type and name of its state.
    fn read<'t, V: Link<'t>>(&mut self, links: &Links<V>, state: State<V>, shared: bool) {
        self.bytes.clear();
        let shared = links.shared.filter(|_| shared);
        for (end, value) in self.ends.iter_mut().zip([links.resource, shared, state.kind, state.name]) {
            let text = value.map(V::bytes).filter(|text| text.len() <= LONGEST);
            *end = text.and_then(|text| {
                self.bytes.extend_from_slice(&text);
                u16::try_from(self.bytes.len()).ok()
            });
        }
    }

    fn text(&self, which: usize) -> Option<&[u8]> {
        let end = (*self.ends.get(which)?)?;
        let before = self.ends.get(..which)?.iter().flatten().last().copied().unwrap_or_default();
        self.bytes.get(before.into()..end.into())
    }

    fn resource(&self) -> Option<&[u8]> {
        self.text(0)
    }

    fn shared(&self) -> Option<&[u8]> {
        self.text(1)
    }

    /// A state has a type; without a type, nothing is reported.
    fn state(&self) -> Option<(&[u8], Option<&[u8]>)> {
        Some((self.text(2)?, self.text(3)))
    }
}

/// The position of an event: the number of its text in the history, and its index there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct At {
    pub file: u32,
    pub index: u64,
}

/// The position in a message: names the text, if it is another one.
struct Shown<'n> {
    at: At,
    here: u32,
    names: &'n [String],
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At { file, index } = self.at;
        let name = self.names.get(file as usize).filter(|_| file != self.here);
        match name {
            Some(name) => write!(f, "{index} of `{name}`"),
            None => write!(f, "{index}"),
        }
    }
}

/// The data kept of an event.
#[derive(Clone)]
struct Seen {
    at: At,
    /// With several texts: its name and its `follows`, which identify an event that is in two of them.
    known_by: Option<Box<(String, Option<Id>)>>,
    family: Option<&'static Family>,
    occurred: Option<Instant>,
    /// Includes the state that it enters.
    texts: Texts,
}

/// An event with `follows`, for the comparison with the event that it points to.
struct Follower<'e> {
    file: u32,
    occurred: Option<Instant>,
    follows: &'static Follows,
    subject: Subject<'e>,
    /// The places of `follows` and of the initial state.
    place: Location,
    from_place: Location,
    /// Includes the state that it leaves.
    texts: &'e Texts,
    words: Words<'e>,
}

/// The data for a message about a follower; calculated when the message is written, or before the text is gone.
enum Words<'e> {
    Of(&'e dyn Named),
    Kept { resource: &'e str, from: &'e str },
}

/// How messages name a follower's resource, and the state that it leaves.
trait Named {
    fn resource(&self) -> String;
    fn from(&self) -> String;
}

impl<'t, V: Link<'t>> Named for Links<V> {
    fn resource(&self) -> String {
        shown_link(self.resource)
    }

    fn from(&self) -> String {
        shown_link(self.initial.name.or(self.initial.kind))
    }
}

fn shown_link<'t, V: Link<'t>>(link: Option<V>) -> String {
    link.map(|link| shown(&String::from_utf8_lossy(&link.bytes()))).unwrap_or_default()
}

impl Words<'_> {
    fn resource(&self) -> String {
        match self {
            Words::Of(links) => links.resource(),
            Words::Kept { resource, .. } => (*resource).to_owned(),
        }
    }

    fn from(&self) -> String {
        match self {
            Words::Of(links) => links.from(),
            Words::Kept { from, .. } => (*from).to_owned(),
        }
    }
}

/// A follower that came before the event it points to.
struct Waiting {
    at: At,
    /// The index of the first that waits for the same event.
    first: u64,
    occurred: Option<Instant>,
    follows: &'static Follows,
    name: String,
    docs: Option<&'static str>,
    place: Location,
    from_place: Location,
    texts: Texts,
    resource_text: String,
    from_text: String,
}

impl Waiting {
    fn follower(&self) -> Follower<'_> {
        Follower {
            file: self.at.file,
            occurred: self.occurred,
            follows: self.follows,
            subject: Subject { index: Some(self.at.index), name: Some(&self.name), docs: self.docs },
            place: self.place,
            from_place: self.from_place,
            texts: &self.texts,
            words: Words::Kept { resource: &self.resource_text, from: &self.from_text },
        }
    }
}

/// An executed flow run whose submission has not been seen.
struct Executed {
    at: At,
    name: String,
    docs: Option<&'static str>,
    place: Location,
}

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

/// A finding for the report of an earlier text, or of one that has ended.
pub(crate) struct Late(Finding);

enum Finding {
    /// A link from an event to one in a later text, or to a missing one.
    Link(Box<Waiting>, Option<Box<Seen>>),
    Executed(Executed),
    Overlap(Overlap),
}

/// Events that are also in an earlier text.
struct Overlap {
    /// The first of them: here, and there.
    at: At,
    name: String,
    docs: Option<&'static str>,
    id: Id,
    place: Location,
    first: At,
    /// Their number.
    count: usize,
}

impl Late {
    /// The number of the text that it is about.
    pub(super) fn file(&self) -> u32 {
        match &self.0 {
            Finding::Link(waiting, _) => waiting.at.file,
            Finding::Executed(executed) => executed.at.file,
            Finding::Overlap(overlap) => overlap.at.file,
        }
    }

    /// Its place among those of one text that [`Chain::close`] finds.
    pub(crate) fn order(&self) -> (u8, u64, u64) {
        match &self.0 {
            Finding::Link(waiting, _) => (0, waiting.first, waiting.at.index),
            Finding::Executed(executed) => (1, executed.at.index, 0),
            Finding::Overlap(overlap) => (2, overlap.at.index, 0),
        }
    }

    pub(crate) fn report(&self, findings: &mut Findings<'_>, names: &[String]) {
        match &self.0 {
            Finding::Link(waiting, Some(target)) => judge(findings, &waiting.follower(), target, names),
            Finding::Link(waiting, None) => {
                report(findings, &waiting.follower(), Code::FOLLOWS_NOT_FOUND);
            }
            Finding::Executed(Executed { at, name, docs, place }) => {
                let subject = Subject { index: Some(at.index), name: Some(name), docs: *docs };
                add(findings, Code::EXECUTED_WITHOUT_SUBMITTED, &subject, &Path::Field("follows"), *place);
            }
            Finding::Overlap(Overlap { at, name, docs, id, place, first, count }) => {
                let subject = Subject { index: Some(at.index), name: Some(name), docs: *docs };
                let others = count.saturating_sub(1);
                let more = match others {
                    0 => String::new(),
                    1 => ", and another event here is in an earlier input too".to_owned(),
                    _ => [", and ", &phrase::count(others), " others here are in an earlier input too"].concat(),
                };
                findings
                    .note(Severity::Info, Code::REPEATED_EVENT_ID, &subject, &Path::Field("id"))
                    .at(*place)
                    .say("first", format_args!("{}", Shown { at: *first, here: at.file, names }))
                    .say("id", format_args!("{}", Uuid::from_u128(*id)))
                    .with("more", &more);
            }
        }
    }
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
        let links = &event.links;
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
            self.run(findings, subject, links, family, holed, &own);
            self.worker(subject, event, family);
        }
        self.seen.insert(id, own);
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
            (Role::Run, Some(family)) => {
                let own = self.own(subject, event, Some(family), at);
                self.run(findings, subject, &event.links, family, holed, &own);
            }
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
    pub(super) fn leave(&mut self, source: Source<'_>) {
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
        links: &Links<V>,
        family: &'static Family,
        holed: bool,
        own: &Seen,
    ) {
        let (Some(occurred), Some(resource)) = (own.occurred, own.texts.resource()) else { return };
        let Some(in_run) = InRun::of(links, family, holed) else { return };
        let place = || place(links.occurred);
        let (here, names) = (self.file, &self.names);
        let shown_as = |at| Shown { at, here, names };
        let path = &Path::Field("occurred");
        let known = self.runs.get_mut(resource).copied();
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
            self.instants.insert(instant, own.at);
        }
        let terminal = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"].iter().any(|end| state_type.is(end));
        if terminal {
            run.ended = Some((occurred, own.at)).max(run.ended);
        } else {
            run.moved = Some(occurred).max(run.moved);
        }
        if let Some(known) = self.runs.get_mut(resource) {
            *known = run;
        } else {
            self.count = self.count.saturating_add(1);
            self.runs.insert(resource.into(), run);
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

/// The event that another one follows, and what its family says of that.
fn followed<V>(event: &Linked<V>, family: Option<&'static Family>, id: Id) -> Option<(Id, &'static Follows)> {
    let target = event.follows.filter(|target| *target != id)?;
    Some((target, family.and_then(|family| family.follows.as_ref())?))
}

/// What an event says of its run.
enum InRun<V> {
    Heartbeat,
    /// The type of the state that it enters.
    State(V),
}

impl<'t, V: Link<'t>> InRun<V> {
    fn of(links: &Links<V>, family: &'static Family, holed: bool) -> Option<Self> {
        if family.name.text == "prefect.flow-run.heartbeat" {
            return Some(InRun::Heartbeat);
        }
        links.state_type.filter(|_| holed).map(InRun::State)
    }
}

/// Whether a worker submitted a flow run, or executed it; and which.
fn of_worker<'t, V: Link<'t>>(links: &Links<V>, family: &'static Family) -> Option<(bool, Cow<'t, [u8]>)> {
    let submitted = match family.name.text {
        "prefect.worker.submitted-flow-run" => true,
        "prefect.worker.executed-flow-run" => false,
        _ => return None,
    };
    let run = links.flow_run.map(V::bytes).filter(|run| run.len() <= LONGEST)?;
    Some((submitted, run))
}

/// What an event is to others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(crate) enum Role {
    /// It follows another one.
    Follower,
    /// Others can follow it, or have its id.
    Target,
    /// It is of a run.
    Run,
    /// A worker submitted or executed a flow run.
    Worker,
}

/// What events share that matter to each other in a role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key<'t> {
    Id(Id),
    Run(Cow<'t, [u8]>),
}

impl Role {
    /// The roles of an event, each with the key of those that it must be seen with.
    pub(crate) fn of<'t, V: Link<'t>>(
        event: &Linked<V>,
        family: Option<&'static Family>,
        holed: bool,
    ) -> [Option<(Role, Key<'t>)>; 4] {
        let links = &event.links;
        let Some(id) = event.id else { return [const { None }; 4] };
        let run = family.zip(event.occurred).and_then(|(family, _)| InRun::of(links, family, holed));
        let run = run.and(links.resource).map(V::bytes).filter(|run| run.len() <= LONGEST);
        let worker = family.and_then(|family| of_worker(links, family));
        [
            followed(event, family, id).map(|(target, _)| (Role::Follower, Key::Id(target))),
            Some((Role::Target, Key::Id(id))),
            run.map(|run| (Role::Run, Key::Run(run))),
            worker.map(|(_, run)| (Role::Worker, Key::Run(run))),
        ]
    }

    /// The links that it needs: what the others are for is left out.
    pub(crate) fn links<V: Copy>(self, links: &Links<V>) -> Links<V> {
        let Links { occurred, event, id, follows, resource, shared, state_type, validated, initial, flow_run } = *links;
        match self {
            Role::Follower => Links { follows, resource, shared, initial, ..Links::NONE },
            Role::Target => Links { id, resource, shared, validated, ..Links::NONE },
            Role::Run => Links { occurred, resource, state_type, ..Links::NONE },
            Role::Worker => Links { event, flow_run, ..Links::NONE },
        }
    }
}

/// A finding at the `follows` of an event.
fn report<'f>(findings: &'f mut Findings<'_>, follower: &Follower<'_>, code: Code) -> Draft<'f> {
    add(findings, code, &follower.subject, &Path::Field("follows"), follower.place)
}

/// A finding at a recorded place.
fn add<'f>(
    findings: &'f mut Findings<'_>,
    code: Code,
    subject: &Subject<'_>,
    path: &Path<'_>,
    place: Location,
) -> Draft<'f> {
    findings.note(code.severity(), code, subject, path).at(place)
}

/// The place of a value.
fn place<'t, V: Link<'t>>(value: Option<V>) -> Location {
    value.map_or(Location::Nowhere, V::location)
}

/// Compares an event with the one that it follows.
fn judge(findings: &mut Findings<'_>, follower: &Follower<'_>, target: &Seen, names: &[String]) {
    let follows = follower.follows;
    let index = Shown { at: target.at, here: follower.file, names };
    let name = target.family.map_or("", |family| family.name.text);
    if !follows.families.is_empty() && !follows.families.contains(&name) {
        let expected = phrase::list(&mut follows.families.iter().copied(), " or ");
        let name = if name.is_empty() { "an event of another kind" } else { name };
        report(findings, follower, Code::FOLLOWS_WRONG_EVENT)
            .say("index", format_args!("{index}"))
            .with("found", name)
            .with("event", follower.subject.name.unwrap_or_default())
            .with("expected", &expected);
        return;
    }
    let other = if follows.same_resource && target.texts.resource() != follower.texts.resource() {
        Some("resource")
    } else {
        let differs = follower.texts.shared().zip(target.texts.shared()).is_some_and(|(a, b)| a != b);
        differs.then(|| follows.same.as_ref().map_or("resource", term_words))
    };
    if let Some(what) = other {
        report(findings, follower, Code::FOLLOWS_OTHER_RESOURCE)
            .say("index", format_args!("{index}"))
            .with("what", what)
            .with("expected", &follower.words.resource());
        return;
    }
    if let Some((own, earlier)) = follower.occurred.zip(target.occurred) {
        let apart = own.since(earlier);
        let window = i64::from(follows.window).saturating_mul(1_000_000);
        if window > 0 && apart.saturating_abs() >= window {
            report(findings, follower, Code::FOLLOWS_TOO_FAR).duration("found", apart).duration("expected", window);
        } else if apart < 0 {
            report(findings, follower, Code::FOLLOWS_LATER_EVENT)
                .duration("found", apart)
                .say("index", format_args!("{index}"));
        }
    }
    if let (true, Some((from, from_name)), Some((entered, name))) =
        (follows.states, follower.texts.state(), target.texts.state())
    {
        let same_name = from_name.zip(name).is_none_or(|(a, b)| a == b);
        if from != entered || !same_name {
            let path = &Path::Key(&Path::Field("payload"), "initial_state");
            add(findings, Code::BROKEN_STATE_CHAIN, &follower.subject, path, follower.from_place)
                .with("found", &follower.words.from())
                .say("index", format_args!("{index}"));
        }
    }
}

fn term_words(term: &Term) -> &'static str {
    match term {
        Term::RelatedLabel { role, .. } | Term::RelatedIdPart { role, .. } => role,
        Term::Label(label) => label,
        Term::Payload { path, .. } => path.last().copied().unwrap_or("payload"),
        Term::Name(_) | Term::IdPart(_) | Term::Occurred => "resource",
    }
}
