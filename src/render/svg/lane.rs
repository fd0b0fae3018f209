//! The signs of one lane.

use std::fmt::Write;

use crate::time;

use super::super::markup::escaped;
use super::model::{Decision, Drawing, Fired, Lane, Timeline, Window};
use super::scale::{LEFT, RIGHT, Scale, WIDTH, number};

/// Names of states are above the track, heartbeats on the base.
const TRACK: f64 = 19.0;
const BASE: f64 = 43.0;
/// The most windows, signs and decisions of a lane.
const MOST: usize = 2000;

pub(super) fn draw(out: &mut String, lane: &Lane, drawing: &Drawing, timeline: &Timeline, scale: &Scale) {
    let id = lane.id.as_ref().filter(|id| **id != lane.name).map(|id| format!("\n{}", escaped(id))).unwrap_or_default();
    let _ = write!(
        out,
        "<path class=\"pe-line\" d=\"M0 54H{}\"/><g><title>{}</title>\
         <text class=\"pe-name\" x=\"8\" y=\"32\">{}</text></g>",
        number(WIDTH),
        format_args!("{}{id}", escaped(&lane.name)),
        escaped(&cut(&lane.name, 18))
    );
    let class = if lane.wrong { "pe-bad" } else { "pe-soft" };
    for (line, text) in lane.caption.split(" · ").enumerate() {
        let y = if line == 0 { 26 } else { 41 };
        let _ =
            write!(out, "<text class=\"{class}\" x=\"{}\" y=\"{y}\">{}</text>", WIDTH - RIGHT + 12.0, escaped(text));
    }
    for window in lane.windows.iter().take(MOST) {
        draw_window(out, window, timeline, scale);
    }
    life(out, lane, timeline, scale);
    heartbeats(out, lane, scale);
    states(out, lane, scale);
    let decisions = lane.decisions.iter().filter_map(|index| drawing.decisions.get(*index));
    // Firings have signs of their own.
    for decision in decisions.filter(|decision| decision.kind != "fired").take(MOST) {
        draw_decision(out, decision, scale);
    }
    for fired in lane.fired.iter().take(MOST) {
        draw_firing(out, fired, scale);
    }
}

fn cut(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

/// The remaining time of a window that waits: full when it opens, zero at its end.
fn draw_window(out: &mut String, window: &Window, timeline: &Timeline, scale: &Scale) {
    let Window { opened, start, end, .. } = *window;
    let until = window.closed.unwrap_or(f64::INFINITY).min(end.max(timeline.end));
    let high = BASE - TRACK;
    let level = |time: f64| {
        if !window.is_proactive() || end <= start {
            return TRACK + high / 2.0;
        }
        TRACK + high * ((time - start) / (end - start)).clamp(0.0, 1.0)
    };
    let over = until.min(end.max(opened));
    let fires = if window.fires() && window.is_proactive() { " pe-fires" } else { "" };
    let [left, middle, right] = [opened, over, until].map(|time| scale.x(time));
    let line = format!(
        "M{} {}L{} {}L{} {}",
        number(left),
        number(level(opened)),
        number(middle),
        number(level(over)),
        number(right),
        number(level(until))
    );
    let closed = match (window.closed, window.closed_by.as_deref()) {
        (Some(at), Some(by)) => format!("\n{} {}", escaped(by), scale.precise(at)),
        (Some(at), None) => format!("\nclosed {}", scale.precise(at)),
        (None, _) => String::new(),
    };
    let _ = write!(
        out,
        "<g><title>{} window from {} to {}{}</title>\
         <path class=\"pe-area{fires}\" d=\"{line}V{BASE}H{}Z\"/><path class=\"pe-window{fires}\" d=\"{line}\"/></g>",
        escaped(&window.posture),
        scale.precise(start),
        scale.precise(end),
        closed,
        number(left)
    );
}

fn life(out: &mut String, lane: &Lane, timeline: &Timeline, scale: &Scale) {
    if !lane.run {
        return;
    }
    let _ = write!(
        out,
        "<path class=\"pe-life\" d=\"M{} {BASE}H{}\"/>",
        number(scale.x(lane.starts)),
        number(scale.x(lane.over.unwrap_or(timeline.end)))
    );
    if let Some(dies) = lane.death() {
        let x = scale.x(dies);
        let _ = write!(
            out,
            "<g transform=\"translate({} {BASE})\"><title>the process dies {}</title>{DIES}\
             <text class=\"pe-soft\" x=\"7\" y=\"-3\">dies</text></g>",
            number(x),
            scale.precise(dies)
        );
    }
}

const DIES: &str = "<path class=\"pe-dies\" d=\"M-4.5-4.5L4.5 4.5M4.5-4.5L-4.5 4.5\"/>";

fn heartbeats(out: &mut String, lane: &Lane, scale: &Scale) {
    let mut near = lane.heartbeats.iter().zip(lane.heartbeats.iter().skip(1));
    let dense = near.next().is_some_and(|(first, next)| scale.x(*next) - scale.x(*first) < 7.0);
    if dense {
        out.push_str("<path class=\"pe-beat\" d=\"");
        let mut last = f64::NEG_INFINITY;
        for time in &lane.heartbeats {
            let x = scale.x(*time);
            // Others cannot be distinguished from this one.
            if x - last >= 0.5 && scale.has(*time) {
                let _ = write!(out, "M{} {}v6", number(x), BASE - 3.0);
                last = x;
            }
        }
        out.push_str("\"/>");
    } else {
        for time in lane.heartbeats.iter().filter(|time| scale.has(**time)).take(MOST) {
            let _ = write!(
                out,
                "<circle class=\"pe-beat\" cx=\"{}\" cy=\"{BASE}\" r=\"2\"><title>heartbeat {}</title></circle>",
                number(scale.x(*time)),
                scale.precise(*time)
            );
        }
    }
    for time in lane.missed.iter().filter(|time| scale.has(**time)).take(MOST) {
        let _ = write!(
            out,
            "<circle class=\"pe-missed\" cx=\"{}\" cy=\"{BASE}\" r=\"3.5\"><title>missing heartbeat, due {}</title></circle>",
            number(scale.x(*time)),
            scale.precise(*time)
        );
    }
}

fn states(out: &mut String, lane: &Lane, scale: &Scale) {
    let edge = WIDTH - RIGHT;
    let visible: Vec<_> = lane.states.iter().filter(|state| scale.has(state.at)).take(MOST).collect();
    for (index, state) in visible.iter().enumerate() {
        let left = scale.x(state.at);
        let title = format!("{} {}", state.name, scale.precise(state.at));
        let _ = write!(
            out,
            "<g><title>{}</title><path class=\"pe-state\" d=\"M{} {}V{BASE}\"/>",
            escaped(&title),
            number(left),
            TRACK - 9.0
        );
        #[expect(clippy::cast_precision_loss, reason = "names are short")]
        let long = state.name.chars().count() as f64 * 6.2 + 6.0;
        // Names do not overlap: of two, the later one is drawn.
        let space = visible.get(index.saturating_add(1)).map_or(f64::INFINITY, |next| scale.x(next.at) - left);
        if space >= long {
            let (x, anchor) = if left + long > edge { (left - 4.0, "end") } else { (left + 4.0, "start") };
            let name = escaped(&cut(&state.name, 30));
            let _ = write!(
                out,
                "<text class=\"pe-soft\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{name}</text>",
                number(x.max(LEFT)),
                TRACK - 4.0
            );
        }
        out.push_str("</g>");
    }
}

/// A place to point at, with the reason.
fn draw_decision(out: &mut String, decision: &Decision, scale: &Scale) {
    let Some(at) = time::read(decision.at.as_bytes()).and_then(|read| read.instant) else { return };
    #[expect(clippy::cast_precision_loss, reason = "exact for thousands of years")]
    let at = at.0 as f64 / 1000.0;
    if !scale.has(at) {
        return;
    }
    let title = format!("{} {}: {}", decision.kind, scale.precise(at), decision.reason);
    let _ = write!(
        out,
        "<g><title>{}</title><circle class=\"pe-hit\" cx=\"{}\" cy=\"{BASE}\" r=\"7\"/></g>",
        escaped(&title),
        number(scale.x(at))
    );
}

/// Firings differ by shape, not by colour alone: a diamond on a dead run, a triangle with an exclamation mark on others. A
/// hollow shape on a dashed line depends on silence after the last captured event.
fn draw_firing(out: &mut String, fired: &Fired, scale: &Scale) {
    let stem = if fired.if_silent { " pe-silent" } else { "" };
    let title = format!("fired {}: {}", scale.precise(fired.at), fired.reason);
    let _ = write!(
        out,
        "<g transform=\"translate({} {})\"><title>{}</title><path class=\"pe-stem{stem}\" d=\"M0 0V{}\"/>",
        number(scale.x(fired.at)),
        TRACK - 10.0,
        escaped(&title),
        BASE + 6.0 - TRACK + 10.0
    );
    shape(out, fired.false_alarm, fired.is_hollow());
    out.push_str("</g>");
}

fn shape(out: &mut String, wrong: bool, hollow: bool) {
    let class = if hollow { "pe-fired pe-hollow" } else { "pe-fired" };
    let outline = if wrong { "M0-8L8 6H-8Z" } else { "M0-7L7 0L0 7L-7 0Z" };
    let _ = write!(out, "<path class=\"{class}\" d=\"{outline}\"/>");
    if wrong {
        out.push_str("<path class=\"pe-mark\" d=\"M-.9-3.5h1.8v5h-1.8zM-.9 2.5h1.8v1.8h-1.8z\"/>");
    }
}

/// A sign of the legend, 10 wide, above the line of its words.
pub(super) fn sign(out: &mut String, name: &str) {
    out.push_str("<g transform=\"translate(5 -4)\">");
    match name {
        "fuse" => {
            out.push_str("<path class=\"pe-area\" d=\"M-6-4L6 4H-6Z\"/><path class=\"pe-window\" d=\"M-6-4L6 4\"/>");
        }
        "window" => {
            out.push_str("<path class=\"pe-area\" d=\"M-6-2H6V4H-6Z\"/><path class=\"pe-window\" d=\"M-6-2H6\"/>");
        }
        "heartbeat" => out.push_str("<circle class=\"pe-beat\" r=\"2\"/>"),
        "missed" => out.push_str("<circle class=\"pe-missed\" r=\"3.5\"/>"),
        "dies" => out.push_str(DIES),
        "wrong" => scaled(out, true, false),
        "hollow" => scaled(out, false, true),
        _ => scaled(out, false, false),
    }
    out.push_str("</g>");
}

fn scaled(out: &mut String, wrong: bool, hollow: bool) {
    out.push_str("<g transform=\"scale(.75)\">");
    shape(out, wrong, hollow);
    out.push_str("</g>");
}
