//! Which events to read, as the caller says it and as the server reads it.
//!
//! Source: `server/events/filters.py` of Prefect 3.9.1.

use serde::{Deserialize, Deserializer, Serialize};

use crate::catalogue::runs::FLOW_RUN;
use crate::text::strict::{from_text, list_of, strict};
use crate::text::uuid::read_uuid;
use crate::time::span::span_of_text;
use crate::time::{self, Instant};

/// Which events to read. Conditions of different names must all hold; one of the values of each suffices.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct EventFilter {
    /// The earliest time: a point in time, or how long ago: `"7d"`, `"1h30m"`. Default: 7 days before
    /// `until`, as long as a server keeps events by default.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub since: Option<When>,
    /// The latest time: a point in time, or how long ago. Default: now.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub until: Option<When>,
    /// Names of events, such as `prefect.flow-run.Completed`.
    #[serde(deserialize_with = "list_of")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub names: Vec<String>,
    /// How names of events begin, such as `prefect.flow-run.`. An event needs one of `names` or of `prefixes`.
    #[serde(deserialize_with = "list_of")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub prefixes: Vec<String>,
    /// Ids of resources, primary or related, such as `prefect.deployment.…`; `*` stands for any characters.
    #[serde(deserialize_with = "list_of")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub resources: Vec<String>,
    /// Flow runs, by name or id: events of, or related to, one of them.
    #[serde(deserialize_with = "list_of")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub runs: Vec<String>,
    /// The text of a document with automations: only events whose names they mention, what automations recorded, and
    /// the events that these follow.
    pub automation: Option<String>,
    /// The end of an earlier capture, NDJSON: only the events after it.
    pub resume: Option<String>,
}

impl<'de> Deserialize<'de> for EventFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// A point in time, absolute or how long ago.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// This instant.
    At(Instant),
    /// This many microseconds ago.
    Ago(i64),
}

impl When {
    pub(crate) fn before(self, now: Instant) -> Instant {
        match self {
            When::At(instant) => instant,
            When::Ago(span) => Instant(now.0.saturating_sub(span)),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "how long ago, such as `7d`, or a point in time such as `2026-03-01T12:00:00Z`";
        from_text(deserializer, expected, |text| {
            let ago = span_of_text(text).filter(|span| *span >= 0).map(When::Ago);
            ago.or_else(|| time::read(text.as_bytes())?.instant.map(When::At))
        })
    }
}

/// The names of events: exact ones, and beginnings. Both empty: all events.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct FilterNames {
    pub exact: Vec<String>,
    pub prefixes: Vec<String>,
}

impl FilterNames {
    pub(super) fn is_any(&self) -> bool {
        self.exact.is_empty() && self.prefixes.is_empty()
    }

    /// The server compares beginnings without case on `SQLite`, and reads `_` and `%` as wildcards.
    pub(super) fn includes(&self, name: &str) -> bool {
        self.is_any()
            || self.exact.iter().any(|exact| exact == name)
            || self.prefixes.iter().any(|prefix| name.starts_with(&**prefix))
    }

    /// The server demands that a name is one of `name` *and* begins with one of `prefix`.
    fn wire(&self) -> Option<NameFilter<'_>> {
        let exact = self.exact.iter().map(|text| &**text);
        if self.is_any() {
            None
        } else if self.prefixes.is_empty() {
            Some(NameFilter { name: Some(exact.collect()), prefix: None })
        } else {
            let all = self.prefixes.iter().map(|text| &**text).chain(exact).collect();
            Some(NameFilter { name: None, prefix: Some(all) })
        }
    }
}

/// What selects events, except their time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Selection {
    pub names: FilterNames,
    /// Ids of resources; may contain `*`.
    pub resources: Vec<String>,
}

/// The id of the resource of a flow run.
pub(super) fn run_resource(id: &str) -> String {
    format!("prefect.flow-run.{id}")
}

/// The id, if it is one and not a name: with or without the prefix of its resource.
pub(super) fn run_id(text: &str) -> Option<String> {
    let text = text.strip_prefix(FLOW_RUN).unwrap_or(text);
    read_uuid(text.as_bytes()).map(|id| id.to_string())
}

/// How many events a page has at most.
pub(super) const PAGE: u8 = 50;

#[derive(Serialize)]
pub(super) struct Query<'q> {
    filter: WireFilter<'q>,
    limit: u8,
}

#[derive(Serialize)]
struct WireFilter<'q> {
    occurred: Occurred,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<NameFilter<'q>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    any_resource: Option<ResourceFilter<'q>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<IdFilter<'q>>,
    order: &'static str,
}

#[derive(Serialize)]
struct Occurred {
    since: Instant,
    until: Instant,
}

#[derive(Serialize)]
struct NameFilter<'q> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Vec<&'q str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<Vec<&'q str>>,
}

#[derive(Serialize)]
struct ResourceFilter<'q> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'q [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<ResourceIds<'q>>,
}

#[derive(Serialize)]
struct ResourceIds<'q> {
    #[serde(rename = "prefect.resource.id")]
    id: &'q [String],
}

#[derive(Serialize)]
struct IdFilter<'q> {
    id: &'q [String],
}

impl Selection {
    fn wire(&self, since: Instant, until: Instant) -> WireFilter<'_> {
        let resources = &*self.resources;
        // Exact ids have an index.
        let has_patterns = resources.iter().any(|id| id.contains('*'));
        let any_resource = (!resources.is_empty()).then(|| ResourceFilter {
            id: (!has_patterns).then_some(resources),
            labels: has_patterns.then_some(ResourceIds { id: resources }),
        });
        WireFilter {
            occurred: Occurred { since, until },
            event: self.names.wire(),
            any_resource,
            id: None,
            order: "ASC",
        }
    }

    /// The body of a request for the first page of a range of time, both ends included.
    pub(super) fn query(&self, since: Instant, until: Instant) -> Query<'_> {
        Query { filter: self.wire(since, until), limit: PAGE }
    }

    /// The message that subscribes to a websocket.
    pub(super) fn subscription(&self, since: Instant, until: Instant) -> impl Serialize {
        #[derive(Serialize)]
        struct Subscription<'q> {
            r#type: &'static str,
            filter: WireFilter<'q>,
            backfill: bool,
        }
        Subscription { r#type: "filter", filter: self.wire(since, until), backfill: true }
    }
}

/// The body of a request for events by their ids, at most a page of them.
pub(super) fn query_ids(ids: &[String], since: Instant, until: Instant) -> Query<'_> {
    let filter = WireFilter {
        occurred: Occurred { since, until },
        event: None,
        any_resource: None,
        id: Some(IdFilter { id: ids }),
        order: "ASC",
    };
    Query { filter, limit: PAGE }
}
