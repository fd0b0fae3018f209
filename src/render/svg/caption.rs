//! The outcome of a lane, in a few words: the page has the same (`summary.ts`).

use super::model::{Fired, Lane, Timeline};
use super::scale::Scale;

/// The words, and whether something is wrong.
pub(super) fn caption(lane: &Lane, timeline: &Timeline, scale: &Scale) -> (String, bool) {
    let certain: Vec<&Fired> = lane.fired.iter().filter(|one| !one.if_silent).collect();
    let acts: Vec<&Fired> = certain.iter().copied().filter(|one| !one.child).collect();
    let own = if acts.is_empty() { certain } else { acts };
    if let [first, others @ ..] = own.as_slice() {
        let verb = if first.child { "child fired" } else { "fired" };
        let often = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        let outcome = if timeline.watches_heartbeats { outcome(first) } else { "" };
        let separator = if outcome.is_empty() { "" } else { " · " };
        let wrong = timeline.watches_heartbeats && first.is_wrong();
        return (format!("{verb} {}{often}{separator}{outcome}", scale.clock(first.at)), wrong);
    }
    if let Some(silent) = lane.fired.first() {
        let verb = if silent.child { "a child fires" } else { "fires" };
        return (format!("{verb} {} if nothing comes", scale.clock(silent.at)), false);
    }
    if !lane.run {
        return ("did not fire".to_owned(), false);
    }
    let is_kept = |lane: &Lane| !lane.windows.is_empty() || !lane.fired.is_empty();
    let mut lanes = timeline.lanes.iter();
    let per_run = lanes.any(|lane| lane.run && is_kept(lane)) || !timeline.lanes.iter().any(is_kept);
    // Runs that are counted together do not fire individually.
    if !per_run {
        return (last_of(lane, timeline).to_owned(), false);
    }
    if timeline.watches_heartbeats && lane.undetected {
        return ("died · not detected".to_owned(), true);
    }
    if timeline.watches_heartbeats && died(lane, timeline) {
        return ("died · window still open".to_owned(), false);
    }
    (format!("{} · not fired", last_of(lane, timeline)), false)
}

fn outcome(fired: &Fired) -> &'static str {
    match fired.outcome.as_deref() {
        Some("alive") => "was alive",
        Some("dead") => "was dead",
        Some("finished") => "had finished",
        Some("silent") => "sent nothing more",
        _ => "",
    }
}

fn died(lane: &Lane, timeline: &Timeline) -> bool {
    lane.dies.is_some_and(|dies| dies < lane.ends.unwrap_or(timeline.end))
}

/// How a run ended.
fn last_of(lane: &Lane, timeline: &Timeline) -> &'static str {
    if died(lane, timeline) {
        return "died";
    }
    if lane.ends.is_some_and(|ends| ends <= timeline.end) { "finished" } else { "still running" }
}
