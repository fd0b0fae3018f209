//! The keys of scenarios, and their types: for the reader, which rejects others, and for the JSON Schema.

/// The type of a key's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FieldKind {
    /// A string.
    Text,
    /// A string that is not empty.
    Name,
    /// A list of strings.
    Texts,
    /// `true` or `false`.
    Boolean,
    /// An automation, the path of its file, or the name of a built-in one.
    Automation,
    /// A point in time, or seconds since 1970.
    Start,
    /// A point in time, or a duration from the start.
    Moment,
    /// A duration that is not negative.
    Length,
    /// A duration of more than 0.
    PositiveLength,
    /// How events reach the triggers.
    Delivery,
    /// A version of the server.
    Version,
    /// How runs send heartbeats.
    Heartbeat,
    /// A list of runs.
    Runs,
    /// A list of events.
    Events,
    /// A list of expectations.
    Expectations,
    /// A number from 0 to 1.
    Share,
    /// A whole number.
    Integer,
    /// A list of numbers, counted from 1.
    Numbers,
    /// One break, or a list of them.
    Breaks,
    /// A duration, or `never`.
    FirstHeartbeat,
    /// How many runs.
    Copies,
    /// The name of a state, or its type and name.
    State,
    /// The type of a state.
    StateType,
    /// Labels, each with its value.
    Labels,
    /// The name of an event.
    EventName,
    /// How many firings.
    Firings,
    /// Only `true`.
    True,
    /// Two points in time.
    Between,
}

/// A key of an object, with the sentence that editors show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: FieldKind,
    pub(super) meaning: &'static str,
}

const fn field(name: &'static str, kind: FieldKind, meaning: &'static str) -> Field {
    Field { name, kind, meaning }
}

/// The keys of some fields.
#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "the compiler evaluates it")]
pub(super) const fn names<const N: usize>(fields: &[Field; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = fields[at].name;
        at += 1;
    }
    names
}

pub(super) const OF_SCENARIOS: [Field; 14] = [
    field("scenario", FieldKind::Text, "The name of the scenario."),
    field("description", FieldKind::Text, "A longer description of the scenario."),
    field(
        "automation",
        FieldKind::Automation,
        "The automation itself, the path of its file (relative to the scenario's file), or the name of a built-in automation.",
    ),
    field(
        "start",
        FieldKind::Start,
        "When the scenario begins: a point in time, or seconds since 1970. Default: when the first of `events` is received, or 2026-01-01T00:00:00Z.",
    ),
    field("end", FieldKind::Moment, "When the scenario ends. Default: when every open window has ended."),
    field(
        "tick_seconds",
        FieldKind::PositiveLength,
        "Time from one evaluation by the server's loops to the next. Default: 5 seconds.",
    ),
    field(
        "tick_offset_seconds",
        FieldKind::Length,
        "Time from the start to the first evaluation by the server's loops. Default: 0 seconds.",
    ),
    field("delivery", FieldKind::Delivery, "How events reach the triggers. Default: `consumer`."),
    field(
        "server_version",
        FieldKind::Version,
        "The version of Prefect whose decisions are simulated. 3.7 decides as 3.8; in 3.6, a `*` at the end of a pattern is the only wildcard. Default: 3.9.",
    ),
    field(
        "intended",
        FieldKind::Boolean,
        "Play the intended behavior instead of the server's faults, where it is clear. Default: `false`.",
    ),
    field("heartbeat", FieldKind::Heartbeat, "How generated runs send heartbeats; `null`: they send none."),
    field("runs", FieldKind::Runs, "Flow runs whose events are generated."),
    field(
        "events",
        FieldKind::Events,
        "Events to play, each with the time at which the server `received` it (default: `occurred`).",
    ),
    field("expect", FieldKind::Expectations, "When the automation must and must not fire, for `prefect-events test`."),
];

pub(super) const OF_HEARTBEATS: [Field; 7] = [
    field(
        "frequency",
        FieldKind::PositiveLength,
        "Time from one heartbeat to the next. Default: 180 seconds, as in Prefect.",
    ),
    field("drift", FieldKind::Length, "How much longer than `frequency` each period is. Default: 0.015 seconds."),
    field("first", FieldKind::Length, "Time from Running to the first heartbeat. Default: 0.065 seconds."),
    field("delay", FieldKind::Length, "Time from sending to arrival. Default: 0 seconds."),
    field("jitter", FieldKind::Length, "Maximum random addition to `delay`. Default: 0 seconds."),
    field(
        "loss",
        FieldKind::Share,
        "Share of heartbeats that never arrive, at random: 0.01 is one in a hundred. Default: 0.",
    ),
    field("seed", FieldKind::Integer, "The same seed generates the same events. Default: 0."),
];

pub(super) const OF_RUNS: [Field; 18] = [
    field("name", FieldKind::Name, "Name for the expectations. Default: `run-1`, `run-2`, …"),
    field("description", FieldKind::Text, "A longer description of the run."),
    field(
        "starts",
        FieldKind::Moment,
        "When the run enters Running; it enters Pending one second before. Default: the start of the scenario.",
    ),
    field("ends", FieldKind::Moment, "When the run enters its last state. Default: never."),
    field("dies", FieldKind::Moment, "When the process dies: the run sends no more events."),
    field("state", FieldKind::State, "The last state. Default: `Completed`."),
    field("misses", FieldKind::Numbers, "Numbers of the heartbeats that are not sent; the first is 1."),
    field(
        "retry",
        FieldKind::Breaks,
        "The run enters AwaitingRetry and sends no heartbeats; then it enters Running and its heartbeats start again.",
    ),
    field("pause", FieldKind::Breaks, "The run enters Paused; its process waits and keeps sending heartbeats."),
    field(
        "suspend",
        FieldKind::Breaks,
        "The run enters Suspended and sends no heartbeats; then it enters Resuming, Pending and Running.",
    ),
    field(
        "first_heartbeat",
        FieldKind::FirstHeartbeat,
        "Time from Running to the first heartbeat; `never`: the run sends none.",
    ),
    field("heartbeat_after_end", FieldKind::Length, "One more heartbeat, this long after the last state."),
    field("heartbeat", FieldKind::Heartbeat, "How this run sends heartbeats; `null`: it sends none."),
    field("flow", FieldKind::Name, "The name of the run's flow. Default: `my-flow`."),
    field("deployment", FieldKind::Name, "The name of the run's deployment. Default: none."),
    field("tags", FieldKind::Texts, "The run's tags."),
    field("count", FieldKind::Copies, "Number of identical runs: `name-1`, `name-2`, …"),
    field("every", FieldKind::Length, "Time from the start of one copy to the start of the next. Default: 0 seconds."),
];

pub(super) const OF_BREAKS: [Field; 3] = [
    field("at", FieldKind::Moment, "When the break begins."),
    field("for", FieldKind::PositiveLength, "Length of the break. Without `for` and `until`, the run never continues."),
    field("until", FieldKind::Moment, "When the run enters Running again."),
];

pub(super) const OF_STATES: [Field; 2] = [
    field("type", FieldKind::StateType, "The type of the state."),
    field("name", FieldKind::Name, "Your own name of the state."),
];

pub(super) const OF_EXPECTATIONS: [Field; 7] = [
    field("run", FieldKind::Text, "Name of a run. For a run with `count`, the expectation applies to each copy."),
    field("label", FieldKind::Labels, "Labels of the firing."),
    field("event", FieldKind::EventName, "Name of the event on which the automation fires."),
    field("fires", FieldKind::Firings, "How many times the automation fires. Default: at least once."),
    field("never", FieldKind::True, "The same as `fires: 0`."),
    field(
        "between",
        FieldKind::Between,
        "The interval in which all firings must be; with `fires: 0`, the interval without firings.",
    ),
    field("description", FieldKind::Text, "A longer description of the expectation."),
];
