//! The timeline of a simulation as an SVG, with the signs of the page: what it drew on a canvas. Reasons are titles, which
//! browsers show on hover.

mod lane;
mod model;
mod scale;

use std::fmt::Write;

use super::markup::escaped;

pub(super) use model::Drawing;
use model::Timeline;
use scale::{RIGHT, Scale, WIDTH};

/// The most lanes.
const MOST_LANES: usize = 40;
/// The height of a lane, and of the axis above all lanes.
const LANE: f64 = 54.0;
const AXIS: f64 = 24.0;

/// The timeline. Empty if there is none.
pub(super) fn svg(drawing: &Drawing, title: Option<&str>) -> String {
    let Some(timeline) = drawing.timeline.as_ref().filter(|timeline| !timeline.lanes.is_empty()) else {
        return String::new();
    };
    let mut lanes: Vec<_> = timeline.lanes.iter().collect();
    // As on the page: what fired comes first.
    lanes.sort_by_key(|lane| match lane.fired.as_slice() {
        [] => 2,
        fired if fired.iter().all(|one| one.if_silent) => 1,
        _ => 0,
    });
    let hidden = lanes.len().saturating_sub(MOST_LANES);
    lanes.truncate(MOST_LANES);
    let scale = Scale::new(timeline);
    #[expect(clippy::cast_precision_loss, reason = "there are few")]
    let bottom = AXIS + LANE * lanes.len() as f64;
    let height = bottom + 26.0 + if hidden > 0 { 18.0 } else { 0.0 };
    let fired = lanes.iter().filter(|lane| !lane.fired.is_empty()).count();
    let name = title.map(|title| format!(" of {title}")).unwrap_or_default();
    let label = format!("Timeline{name}: {} of {} lanes fired", fired, timeline.lanes.len());
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" style=\"max-width:100%;height:auto\" class=\"pe-timeline\">{STYLE}",
        escaped(&label)
    );
    axis(&mut out, &scale, bottom);
    let mut top = AXIS;
    for lane in lanes {
        let _ = write!(out, "<g transform=\"translate(0 {top})\">");
        lane::draw(&mut out, lane, drawing, timeline, &scale);
        out.push_str("</g>");
        top += LANE;
    }
    if hidden > 0 {
        let _ =
            write!(out, "<text class=\"pe-soft\" x=\"8\" y=\"{:.0}\">and {hidden} more lanes</text>", bottom + 16.0);
    }
    legend(&mut out, timeline, height - 8.0);
    out.push_str("</svg>");
    out
}

fn axis(out: &mut String, scale: &Scale, bottom: f64) {
    for (at, label) in scale.ticks() {
        let x = scale.x(at);
        let _ = write!(
            out,
            "<path class=\"pe-grid\" d=\"M{x:.1} {AXIS}V{bottom}\"/>\
             <text class=\"pe-faint\" x=\"{x:.1}\" y=\"15\" text-anchor=\"middle\">{label}</text>"
        );
    }
    let _ = write!(out, "<path class=\"pe-line\" d=\"M0 {AXIS}H{WIDTH}M0 {bottom}H{WIDTH}\"/>");
}

/// The signs that are used.
fn legend(out: &mut String, timeline: &Timeline, y: f64) {
    let lanes = &timeline.lanes;
    let fired = || lanes.iter().flat_map(|lane| &lane.fired);
    let signs = [
        (
            lanes.iter().any(|lane| lane.windows.iter().any(model::Window::is_proactive)),
            "fuse",
            "time left before firing",
        ),
        (lanes.iter().any(|lane| lane.windows.iter().any(|window| !window.is_proactive())), "window", "open window"),
        (lanes.iter().any(|lane| !lane.heartbeats.is_empty()), "heartbeat", "heartbeat"),
        (lanes.iter().any(|lane| !lane.missed.is_empty()), "missed", "missing heartbeat"),
        (fired().any(|one| one.false_alarm), "wrong", "fired on a run that was alive or had finished"),
        (fired().any(|one| !one.false_alarm && !one.is_hollow()), "fired", "fired"),
        (fired().any(|one| one.child && !one.if_silent), "hollow", "a child fired"),
        (fired().any(|one| one.if_silent), "hollow", "fires if nothing comes after the last event"),
        (lanes.iter().any(|lane| lane.death().is_some()), "dies", "the process dies"),
    ];
    let mut x = 8.0;
    for (_, sign, words) in signs.iter().filter(|(used, ..)| *used) {
        let _ = write!(out, "<g transform=\"translate({x:.0} {y:.0})\">");
        lane::sign(out, sign);
        let _ = write!(out, "<text class=\"pe-soft\" x=\"14\" y=\"0\">{words}</text></g>");
        #[expect(clippy::cast_precision_loss, reason = "words are short")]
        let width = words.len() as f64 * 6.0;
        x += width + 32.0;
        if x > WIDTH - RIGHT + 60.0 {
            // Further signs would not fit.
            break;
        }
    }
}

const STYLE: &str = "<style>\
.pe-timeline{font:11px \"IBM Plex Sans\",system-ui,sans-serif;font-variant-numeric:tabular-nums;color:inherit}\
.pe-timeline text{fill:currentColor;stroke:none}\
.pe-timeline path{fill:none}\
.pe-timeline .pe-name{font-size:13px;font-weight:600}\
.pe-timeline .pe-soft{opacity:.8}\
.pe-timeline .pe-faint{opacity:.7}\
.pe-timeline .pe-bad{fill:var(--pe-error);font-weight:600}\
.pe-timeline .pe-grid{stroke:currentColor;opacity:.1}\
.pe-timeline .pe-line{stroke:currentColor;opacity:.25}\
.pe-timeline .pe-life{stroke:currentColor;opacity:.6;stroke-width:1.5}\
.pe-timeline .pe-state{stroke:currentColor;opacity:.6}\
.pe-timeline .pe-window{stroke:var(--pe-accent);stroke-width:1.25}\
.pe-timeline .pe-area{fill:var(--pe-accent);fill-opacity:.13;stroke:none}\
.pe-timeline .pe-window.pe-fires{stroke:var(--pe-error);stroke-width:1.75}\
.pe-timeline .pe-area.pe-fires{fill:var(--pe-error);fill-opacity:.2}\
.pe-timeline .pe-beat{fill:currentColor;stroke:currentColor}\
.pe-timeline .pe-missed{fill:var(--pe-surface);stroke:var(--pe-error);stroke-width:1.5}\
.pe-timeline .pe-dies{stroke:currentColor;stroke-width:2}\
.pe-timeline .pe-fired{fill:var(--pe-error);stroke:var(--pe-error);stroke-width:1.5}\
.pe-timeline .pe-hollow{fill:var(--pe-surface)}\
.pe-timeline .pe-stem{stroke:var(--pe-error);stroke-width:2}\
.pe-timeline .pe-silent{stroke-dasharray:3 3;stroke-width:1.25}\
.pe-timeline .pe-mark{fill:var(--pe-surface);stroke:none}\
.pe-timeline .pe-hollow+.pe-mark{fill:var(--pe-error)}\
.pe-timeline .pe-hit{fill:transparent;stroke:none}\
.pe-timeline g:hover>.pe-hit{stroke:currentColor;stroke-width:1.5}\
</style>";
