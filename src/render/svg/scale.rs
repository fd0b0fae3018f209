//! Times as positions, and as texts.

use crate::time::Instant;

use super::model::Timeline;

pub(super) const WIDTH: f64 = 960.0;
/// Names are on the left, outcomes on the right.
pub(super) const LEFT: f64 = 136.0;
pub(super) const RIGHT: f64 = 192.0;
const DAY: f64 = 86_400_000.0;
/// The least distance between two labels.
const APART: f64 = 90.0;

/// The steps between labels, in seconds.
const STEPS: [f64; 24] = [
    0.001,
    0.01,
    0.1,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    15.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    900.0,
    1800.0,
    3600.0,
    7200.0,
    10_800.0,
    21_600.0,
    43_200.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
];

pub(super) struct Scale {
    start: f64,
    end: f64,
    dated: bool,
}

impl Scale {
    pub(super) fn new(timeline: &Timeline) -> Self {
        // Marks at the edges are fully visible.
        let start = timeline.start - 1500.0;
        Scale { start, end: timeline.end.max(start + 1.0), dated: timeline.end - timeline.start >= DAY }
    }

    pub(super) fn x(&self, time: f64) -> f64 {
        let share = ((time - self.start) / (self.end - self.start)).clamp(0.0, 1.01);
        LEFT + 10.0 + share * (WIDTH - LEFT - RIGHT - 22.0)
    }

    /// Whether a time is in the drawing.
    pub(super) fn has(&self, time: f64) -> bool {
        (self.start..=self.end).contains(&time)
    }

    /// Labels at round times.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let length = self.end - self.start;
        let most = (WIDTH - LEFT - RIGHT) / APART;
        let least = length / most / 1000.0;
        let step = STEPS.into_iter().find(|step| *step >= least).unwrap_or(length / 1000.0) * 1000.0;
        let mut ticks = Vec::new();
        let mut at = (self.start / step).ceil() * step;
        while at <= self.end && ticks.len() < 20 {
            let text = self.clock(at);
            let (date, time) = text.split_at_checked(if self.dated { 11 } else { 0 }).unwrap_or(("", &text));
            // Seconds, where a step has some.
            let time = if step >= 60_000.0 { time.get(..5) } else { time.get(..8) }.unwrap_or(time);
            ticks
                .push((at, if time == "00:00" && !date.is_empty() { date.trim().to_owned() } else { time.to_owned() }));
            at += step;
        }
        ticks
    }

    /// `12:00:05`, with the date if the drawing is longer than a day.
    pub(super) fn clock(&self, time: f64) -> String {
        let text = rfc3339(time);
        let from = if self.dated { 0 } else { 11 };
        text.get(from..19).unwrap_or(&text).replace('T', " ")
    }

    /// `12:00:05.125`
    pub(super) fn precise(&self, time: f64) -> String {
        let text = rfc3339(time);
        let from = if self.dated { 0 } else { 11 };
        text.get(from..23).unwrap_or(&text).replace('T', " ")
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a float becomes the nearest integer")]
fn rfc3339(milliseconds: f64) -> String {
    Instant((milliseconds * 1000.0).round() as i64).rfc3339()
}

/// A coordinate, as short as possible.
pub(super) fn number(at: f64) -> String {
    let text = format!("{at:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
