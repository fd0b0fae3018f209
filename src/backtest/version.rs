//! The server's version of an automation: from when to when it was used, and how it differs from a document.

use crate::automation::{Composite, EventTrigger, Specification, Trigger};
use crate::simulate::{AutomationVersion, ChangeKind, GivenAutomation};
use crate::text::order;
use crate::text::phrase::{joined, shown};
use crate::text::steps::step;
use crate::time::Instant;
use crate::time::span::duration;

/// The last time that the server used an automation in one version.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Served<'e> {
    /// `None`: since before the capture, or unknown.
    pub start: Option<Instant>,
    /// `None`: it still uses it.
    pub end: Option<Instant>,
    /// How it ended.
    pub ended_by: Option<ChangeKind>,
    /// `None`: the events do not say.
    pub trigger: Option<&'e Trigger>,
    /// The same version as JSON.
    pub document: Option<&'e str>,
}

/// What the captured versions of an automation say, and what its document says.
pub(super) fn served<'e>(given: &GivenAutomation, versions: &[AutomationVersion<'e>]) -> Served<'e> {
    step(versions.len());
    let mut served = Served::default();
    for version in versions {
        if version.kind == ChangeKind::Deleted || !version.enabled {
            if served.end.is_none() {
                (served.end, served.ended_by) = (Some(version.at), Some(version.kind));
            }
            // What was used before.
            served.trigger = served.trigger.or(version.trigger);
            served.document = served.document.or(Some(version.document));
            continue;
        }
        // An update of the name or the actions only is not a new version.
        let is_same = served.end.is_none() && served.trigger.is_some() && served.trigger == version.trigger;
        if !is_same {
            served = Served {
                start: (version.kind == ChangeKind::Updated).then_some(version.at),
                end: None,
                ended_by: None,
                trigger: version.trigger,
                document: Some(version.document),
            };
        }
    }
    // An exported document says when it was changed, even if that was not captured.
    let is_newer =
        |updated: &Instant| given.created.is_some_and(|created| *updated > Instant(created.0.saturating_add(SAME)));
    served.start = served.start.or_else(|| given.updated.filter(is_newer).filter(|_| versions.is_empty()));
    served
}

/// `created` and `updated` of a new automation differ by less.
const SAME: i64 = 1_000_000;

/// How the server's trigger differs from that of a document: the first difference. `None`: it does not.
pub(super) fn difference(server: &Trigger, document: &Trigger) -> Option<String> {
    of_triggers(server, document, "")
}

fn of_triggers(server: &Trigger, document: &Trigger, path: &str) -> Option<String> {
    step(1);
    match (server, document) {
        (Trigger::Event(server), Trigger::Event(document)) => of_events(server, document, path),
        (Trigger::Composite(server), Trigger::Composite(document)) => of_composites(server, document, path),
        _ => Some(sentence(path, "type", server.kind().name(), document.kind().name())),
    }
}

fn of_composites(server: &Composite, document: &Composite, path: &str) -> Option<String> {
    let (one, other) = (server.triggers.len(), document.triggers.len());
    if server.order != document.order {
        return Some(format!("`{path}type` differs: a compound is not a sequence"));
    }
    if one != other {
        return Some(format!("there are {one} triggers in it on the server, {other} here"));
    }
    if server.require != document.require {
        return Some(sentence(path, "require", &server.require.to_string(), &document.require.to_string()));
    }
    let within = |within: Option<i64>| within.map_or_else(|| "unlimited".to_owned(), duration);
    if server.within != document.within {
        return Some(sentence(path, "within", &within(server.within), &within(document.within)));
    }
    let pairs = server.triggers.iter().zip(&document.triggers).enumerate();
    pairs
        .map(|(place, (one, other))| of_triggers(one, other, &format!("{path}triggers[{place}].")))
        .find_map(|found| found)
}

fn of_events(server: &EventTrigger, document: &EventTrigger, path: &str) -> Option<String> {
    if server.posture != document.posture {
        return Some(sentence(path, "posture", server.posture.name(), document.posture.name()));
    }
    if server.within != document.within {
        return Some(sentence(path, "within", &duration(server.within), &duration(document.within)));
    }
    if server.threshold != document.threshold {
        return Some(sentence(path, "threshold", &server.threshold.to_string(), &document.threshold.to_string()));
    }
    let sets = [
        ("after", &server.after, &document.after),
        ("expect", &server.expect, &document.expect),
        ("for_each", &server.for_each, &document.for_each),
    ];
    for (name, one, other) in sets {
        if one != other {
            return Some(sentence(path, name, &list(one), &list(other)));
        }
    }
    let labels = |specification: &Specification| {
        let mut own = specification.0.clone();
        order::by_text(&mut own, |(label, _)| label);
        own
    };
    if labels(&server.matches) != labels(&document.matches) {
        return Some(format!("`{path}match` differs"));
    }
    let all = |trigger: &EventTrigger| {
        let given = trigger.match_related.iter().filter(|one| !one.0.is_empty());
        given.map(labels).collect::<Vec<_>>()
    };
    (all(server) != all(document)).then(|| format!("`{path}match_related` differs"))
}

fn list(names: &[String]) -> String {
    shown(&format!("[{}]", joined(&mut names.iter().map(|name| &**name), ", ")))
}

fn sentence(path: &str, name: &str, server: &str, document: &str) -> String {
    format!("`{path}{name}` is {server} on the server, {document} here")
}
