//! What events say of each other: links by `follows`, repeated ids, states and heartbeats of a run.
//!
//! Memory is bounded: of a long input the last events are remembered, at least [`REMEMBERED`].

use uuid::Uuid;

use crate::catalogue::{Family, Follows, Match, Term};
use crate::diagnostic::Code;
use crate::event::Event;
use crate::json::{Places, Value};
use crate::text::hash::{self, hash};
use crate::text::order;
use crate::time::Instant;

use super::envelope::{usual_time, usual_uuid};
use super::links::{Links, State};
use crate::diagnostic::findings::{Draft, Findings, Location, Subject};
use crate::diagnostic::path::Path;
use crate::diagnostic::syntax::Source;
use crate::text::phrase::shown;

/// How many events are remembered at least: a link over more events is not looked at.
pub const REMEMBERED: usize = 50_000;

/// A heartbeat within so many microseconds after the end of its run was under way.
const HEARTBEAT_GRACE: i64 = 5_000_000;

/// A map that forgets: what was not added in the last two generations is gone. Deterministic.
struct Recent<V> {
    now: Generation<V>,
    before: Generation<V>,
}

struct Generation<V> {
    /// By hashes of ids and resources.
    places: hash::Places,
    values: Vec<V>,
}

impl<V> Default for Generation<V> {
    fn default() -> Self {
        Generation { places: hash::Places::default(), values: Vec::new() }
    }
}

impl<V> Default for Recent<V> {
    fn default() -> Self {
        Recent { now: Generation::default(), before: Generation::default() }
    }
}

impl<V> Generation<V> {
    #[inline(always)]
    fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        let place = *self.places.get(&key)?;
        self.values.get_mut(place)
    }
}

impl<V> Recent<V> {
    #[inline(always)]
    fn get_mut(&mut self, key: u64) -> Option<&mut V> {
        match self.now.get_mut(key) {
            None => self.before.get_mut(key),
            found => found,
        }
    }

    /// Returns what is forgotten.
    fn insert(&mut self, key: u64, value: V) -> Vec<V> {
        let full = self.now.values.len() >= REMEMBERED;
        let forgotten =
            if full { std::mem::replace(&mut self.before, std::mem::take(&mut self.now)).values } else { Vec::new() };
        self.now.places.insert(key, self.now.values.len());
        self.now.values.push(value);
        forgotten
    }

    /// All that is remembered, the oldest first. Two lists, as a chained iterator takes more code.
    fn lists(&mut self) -> [&mut Vec<V>; 2] {
        [&mut self.before.values, &mut self.now.values]
    }
}

/// An event as others see it.
pub(super) struct Linked<'t> {
    pub occurred: Option<Instant>,
    pub id: Option<Uuid>,
    pub follows: Option<Uuid>,
    pub links: Links<Value<'t>>,
}

impl<'t> Linked<'t> {
    pub fn of(event: &Event<'t>, links: Links<Value<'t>>) -> Self {
        Linked { occurred: event.occurred, id: event.id, follows: event.follows, links }
    }

    /// An event whose id and time are written as usual; `None`: they are not.
    pub fn usual(links: Links<Value<'t>>) -> Option<Self> {
        let text = |link: Option<Value<'t>>| link.map(Value::raw);
        let id = usual_uuid(text(links.id)?)?;
        let follows = match links.follows {
            Some(follows) if follows.is_string() => Some(usual_uuid(follows.raw()).filter(|other| *other != id)?),
            _ => None,
        };
        let occurred = Some(usual_time(text(links.occurred)?)?);
        Some(Linked { occurred, id: Some(id), follows, links })
    }
}

/// What is kept of an event.
#[derive(Clone, Copy)]
struct Seen {
    index: u64,
    family: Option<&'static Family>,
    occurred: Option<Instant>,
    resource: u64,
    /// The value at the place that its followers share with it.
    shared: Option<u64>,
    state: Option<StateKey>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct StateKey {
    kind: u64,
    name: Option<u64>,
}

/// An event with `follows`, as it is compared with the event that it points at.
struct Follower<'e> {
    seen: Seen,
    follows: &'static Follows,
    subject: Subject<'e>,
    /// Where `follows` stands, and the initial state.
    place: Location,
    from_place: Location,
    shared: Option<u64>,
    from: Option<StateKey>,
    words: Words<'e>,
}

/// What a sentence about a follower needs; worked out when it is written, or before its text is gone.
enum Words<'e> {
    Of(&'e Links<Value<'e>>),
    Kept { resource: &'e str, from: &'e str },
}

impl Words<'_> {
    fn resource(&self) -> String {
        match self {
            Words::Of(links) => links.resource.map(|id| shown(&id.string())).unwrap_or_default(),
            Words::Kept { resource, .. } => (*resource).to_owned(),
        }
    }

    fn from(&self) -> String {
        match self {
            Words::Of(links) => {
                links.initial.name.or(links.initial.kind).map(|name| shown(&name.string())).unwrap_or_default()
            }
            Words::Kept { from, .. } => (*from).to_owned(),
        }
    }
}

/// A follower that has come before the event it points at.
struct Waiting {
    seen: Seen,
    follows: &'static Follows,
    name: String,
    docs: Option<&'static str>,
    place: Location,
    from_place: Location,
    shared: Option<u64>,
    from: Option<StateKey>,
    resource_text: String,
    from_text: String,
}

impl Waiting {
    fn new(follower: &Follower<'_>) -> Self {
        let Follower { seen, follows, subject, place, from_place, shared, from, ref words } = *follower;
        Waiting {
            seen,
            follows,
            name: subject.name.unwrap_or_default().to_owned(),
            docs: subject.docs,
            place,
            from_place,
            shared,
            from,
            resource_text: words.resource(),
            from_text: words.from(),
        }
    }

    fn follower(&self) -> Follower<'_> {
        Follower {
            seen: self.seen,
            follows: self.follows,
            subject: Subject { index: Some(self.seen.index), name: Some(&self.name), docs: self.docs },
            place: self.place,
            from_place: self.from_place,
            shared: self.shared,
            from: self.from,
            words: Words::Kept { resource: &self.resource_text, from: &self.from_text },
        }
    }
}

/// An executed flow run whose submission has not been met.
struct Executed {
    index: u64,
    name: String,
    docs: Option<&'static str>,
    place: Location,
}

#[derive(Clone, Copy, Default)]
struct Run {
    ended: Option<(Instant, u64)>,
    moved: Option<Instant>,
}

#[derive(Default)]
pub(super) struct Chain {
    seen: Recent<Seen>,
    /// By the id that they follow.
    waiting: Recent<Vec<Waiting>>,
    runs: Recent<Run>,
    /// The indices of a run's states, by the run and the instant.
    instants: Recent<u64>,
    /// By flow run: whether a worker has submitted it, or who has executed it before that.
    executed: Recent<Option<Executed>>,
    /// Since the current text something waits whose places are bytes of it.
    fresh: bool,
}

impl Chain {
    pub fn add(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        event: &Linked<'_>,
        matched: Option<&Match<'_>>,
    ) {
        let links = &event.links;
        let (Some(index), Some(id)) = (subject.index, event.id) else { return };
        let family = matched.map(|matched| matched.family);
        let own = Seen {
            index,
            family,
            occurred: event.occurred,
            resource: links.resource.map(|id| hash(&id.bytes())).unwrap_or_default(),
            shared: links.shared.map(|value| hash(&value.bytes())),
            state: state(&links.validated),
        };
        let key = hash(id.as_bytes());
        if let Some(first) = self.seen.get_mut(key) {
            add(findings, Code::REPEATED_EVENT_ID, subject, &Path::Field("id"), place(links.id))
                .say("first", format_args!("{}", first.index))
                .say("id", format_args!("{id}"));
            // It was looked at when it came first.
            return;
        }
        self.seen.insert(key, own);
        if let (Some(target), Some(follows)) =
            (event.follows.filter(|target| *target != id), family.and_then(|family| family.follows.as_ref()))
        {
            let follower = Follower {
                seen: own,
                follows,
                subject: *subject,
                place: place(links.follows),
                from_place: place(links.initial.whole),
                shared: follows.same.as_ref().and(own.shared),
                from: state(&links.initial),
                words: Words::Of(links),
            };
            let key = hash(target.as_bytes());
            match self.seen.get_mut(key) {
                Some(target) => judge(findings, &follower, target),
                None => self.wait(findings, key, &follower),
            }
        }
        for waiting in self.waiting.get_mut(key).map(std::mem::take).unwrap_or_default() {
            judge(findings, &waiting.follower(), &own);
        }
        if let Some(matched) = matched {
            self.run(findings, subject, links, matched, own);
            self.worker(subject, event, matched);
        }
    }

    fn wait(&mut self, findings: &mut Findings<'_>, target: u64, follower: &Follower<'_>) {
        self.fresh = true;
        let waiting = Waiting::new(follower);
        if let Some(others) = self.waiting.get_mut(target) {
            others.push(waiting);
            return;
        }
        let forgotten = self.waiting.insert(target, vec![waiting]);
        not_found(findings, &forgotten);
    }

    /// To be called at the end of a text: what waits on keeps its places as lines and columns.
    pub fn leave(&mut self, source: Source<'_>) {
        if !std::mem::take(&mut self.fresh) {
            return;
        }
        let mut open: Vec<&mut Location> = Vec::new();
        for waiting in self.waiting.lists().into_iter().flatten().flatten() {
            open.extend([&mut waiting.place, &mut waiting.from_place]);
        }
        for executed in self.executed.lists().into_iter().flatten().flatten() {
            open.push(&mut executed.place);
        }
        open.retain(|place| matches!(place, Location::Bytes(_)));
        let start = |place: &Location| if let Location::Bytes(span) = place { u64::from(span.start) } else { 0 };
        let mut places = Places::new(source.text, source.base, source.wtf8);
        order::by_key(&mut open, &mut |place| start(place));
        for place in open {
            if let Location::Bytes(span) = *place {
                *place = Location::Known(places.range(span.start, span.end));
            }
        }
    }

    /// What can only be said when all events are known.
    pub fn finish(&mut self, findings: &mut Findings<'_>, events: u64) {
        // A single event cannot hold the other end of its link.
        if events < 2 {
            return;
        }
        for list in std::mem::take(&mut self.waiting).lists() {
            not_found(findings, list);
        }
        for list in std::mem::take(&mut self.executed).lists() {
            for Executed { index, name, docs, place } in list.iter().flatten() {
                let subject = Subject { index: Some(*index), name: Some(name), docs: *docs };
                add(findings, Code::EXECUTED_WITHOUT_SUBMITTED, &subject, &Path::Field("follows"), *place);
            }
        }
    }

    /// States and heartbeats of one run.
    fn run(
        &mut self,
        findings: &mut Findings<'_>,
        subject: &Subject<'_>,
        links: &Links<Value<'_>>,
        matched: &Match<'_>,
        own: Seen,
    ) {
        let Some(occurred) = own.occurred else { return };
        let is_heartbeat = matched.family.name.text == "prefect.flow-run.heartbeat";
        let state_type = links.state_type.filter(|_| matched.hole.is_some());
        if !is_heartbeat && state_type.is_none() {
            return;
        }
        let place = || place(links.occurred);
        let path = &Path::Field("occurred");
        let mut run = self.runs.get_mut(own.resource).copied().unwrap_or_default();
        if is_heartbeat {
            if let Some((ended, index)) = run.ended
                && occurred.since(ended) > HEARTBEAT_GRACE
                && run.moved.is_none_or(|moved| moved <= ended)
            {
                add(findings, Code::HEARTBEAT_AFTER_END, subject, path, place())
                    .duration("found", occurred.since(ended))
                    .say("index", format_args!("{index}"));
            }
            return;
        }
        // Both are spread well: resources are hashes, instants differ in their low bits.
        let instant = own.resource.rotate_left(32) ^ occurred.0.cast_unsigned();
        if let Some(other) = self.instants.get_mut(instant) {
            add(findings, Code::STATES_AT_SAME_INSTANT, subject, path, place()).say("index", format_args!("{other}"));
        } else {
            self.instants.insert(instant, own.index);
        }
        let terminal = state_type
            .is_some_and(|kind| ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"].iter().any(|end| kind.is(end)));
        if terminal {
            run.ended = Some((occurred, own.index)).max(run.ended);
        } else {
            run.moved = Some(occurred).max(run.moved);
        }
        match self.runs.get_mut(own.resource) {
            Some(known) => *known = run,
            None => drop(self.runs.insert(own.resource, run)),
        }
    }

    /// Submitted and executed flow runs.
    fn worker(&mut self, subject: &Subject<'_>, event: &Linked<'_>, matched: &Match<'_>) {
        let submitted = match matched.family.name.text {
            "prefect.worker.submitted-flow-run" => true,
            "prefect.worker.executed-flow-run" => false,
            _ => return,
        };
        let Some(run) = event.links.flow_run.map(|id| hash(&id.bytes())) else { return };
        let known = self.executed.get_mut(run);
        if submitted {
            match known {
                Some(executed) => *executed = None,
                None => drop(self.executed.insert(run, None)),
            }
        } else if event.follows.is_none() && known.is_none() {
            let (index, name) = (subject.index.unwrap_or_default(), subject.name.unwrap_or_default().to_owned());
            self.executed
                .insert(run, Some(Executed { index, name, docs: subject.docs, place: place(event.links.event) }));
            self.fresh = true;
        }
    }
}

fn not_found(findings: &mut Findings<'_>, waiting: &[Vec<Waiting>]) {
    for waiting in waiting.iter().flatten() {
        report(findings, &waiting.follower(), Code::FOLLOWS_NOT_FOUND);
    }
}

/// A finding at the `follows` of an event.
fn report<'f>(findings: &'f mut Findings<'_>, follower: &Follower<'_>, code: Code) -> Draft<'f> {
    add(findings, code, &follower.subject, &Path::Field("follows"), follower.place)
}

/// A finding at a place that was noted before.
fn add<'f>(
    findings: &'f mut Findings<'_>,
    code: Code,
    subject: &Subject<'_>,
    path: &Path<'_>,
    place: Location,
) -> Draft<'f> {
    findings.note(code.severity(), code, subject, path).at(place)
}

/// Where a value stands.
fn place(value: Option<Value<'_>>) -> Location {
    value.map_or(Location::Nowhere, |value| Location::Bytes(value.span()))
}

/// Compares an event with the one that it follows.
fn judge(findings: &mut Findings<'_>, follower: &Follower<'_>, target: &Seen) {
    let follows = follower.follows;
    let index = target.index;
    let name = target.family.map_or("", |family| family.name.text);
    if !follows.families.is_empty() && !follows.families.contains(&name) {
        let expected = crate::text::phrase::list(&mut follows.families.iter().copied(), " or ");
        let name = if name.is_empty() { "an event of another kind" } else { name };
        report(findings, follower, Code::FOLLOWS_WRONG_EVENT)
            .say("index", format_args!("{index}"))
            .with("found", name)
            .with("event", follower.subject.name.unwrap_or_default())
            .with("expected", &expected);
        return;
    }
    let other = if follows.same_resource && target.resource != follower.seen.resource {
        Some("resource")
    } else {
        let differs = follower.shared.zip(target.shared).is_some_and(|(a, b)| a != b);
        differs.then(|| follows.same.as_ref().map_or("resource", term_words))
    };
    if let Some(what) = other {
        report(findings, follower, Code::FOLLOWS_OTHER_RESOURCE)
            .say("index", format_args!("{index}"))
            .with("what", what)
            .with("expected", &follower.words.resource());
        return;
    }
    if let Some((own, earlier)) = follower.seen.occurred.zip(target.occurred) {
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
    if let (true, Some(from), Some(entered)) = (follows.states, follower.from, target.state) {
        let same_name = from.name.zip(entered.name).is_none_or(|(a, b)| a == b);
        if from.kind != entered.kind || !same_name {
            let path = &Path::Key(&Path::Field("payload"), "initial_state");
            add(findings, Code::BROKEN_STATE_CHAIN, &follower.subject, path, follower.from_place)
                .with("found", &follower.words.from())
                .say("index", format_args!("{index}"));
        }
    }
}

fn state(state: &State<Value<'_>>) -> Option<StateKey> {
    let text = |value: Value<'_>| hash(&value.bytes());
    Some(StateKey { kind: state.kind.map(text)?, name: state.name.map(text) })
}

fn term_words(term: &Term) -> &'static str {
    match term {
        Term::RelatedLabel { role, .. } | Term::RelatedIdPart { role, .. } => role,
        Term::Label(label) => label,
        Term::Payload { path, .. } => path.last().copied().unwrap_or("payload"),
        Term::Name(_) | Term::IdPart(_) | Term::Occurred => "resource",
    }
}
