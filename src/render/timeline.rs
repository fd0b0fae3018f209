//! A row for each trigger of each lane: its windows, from left to right.

use crate::simulate::{Lane, TestedSpan, Window};
use crate::text::table::Map;
use crate::time::Instant;
use crate::time::units::DAY;
use crate::trigger::{Decision, DecisionKind};

use super::clock::{clock, time_of_day};
use super::printable::printable;
use super::style::Style;

/// The most rows.
const MOST_ROWS: usize = 20;
/// The longest name of a row in characters.
const LONGEST: usize = 24;
const FEWEST_COLUMNS: usize = 10;

struct Row {
    name: String,
    windows: Vec<(Instant, Instant)>,
    marks: Vec<(Instant, char)>,
}

/// The sign of a kind of decision.
fn mark(kind: DecisionKind) -> Option<char> {
    Some(match kind {
        DecisionKind::Armed | DecisionKind::Rearmed => '●',
        DecisionKind::Counted => '+',
        DecisionKind::Disarmed => '■',
        DecisionKind::Suppressed => '-',
        DecisionKind::Held => 'h',
        DecisionKind::Fired => '✗',
        _ => return None,
    })
}

/// The drawing of lanes; nothing if no decision shows in it. `expected`: when firings are expected.
pub(super) fn draw(
    lanes: &[&Lane],
    decisions: &[Decision],
    expected: Option<TestedSpan>,
    columns: usize,
    style: Style,
) -> Vec<String> {
    let mut rows: Vec<Row> = lanes.iter().flat_map(|lane| rows_of(lane, decisions)).collect();
    let marks = rows.iter().flat_map(|row| &row.marks).map(|(at, _)| *at);
    let expected = expected.map(|span| (whole(span.from), whole(span.to)));
    let times = marks.chain(expected.into_iter().flat_map(|(from, to)| [from, to]));
    let (first, last) =
        times.fold((Instant(i64::MAX), Instant(i64::MIN)), |(first, last), at| (first.min(at), last.max(at)));
    let number = rows.len();
    if number == 0 {
        return Vec::new();
    }
    rows.truncate(MOST_ROWS);
    if let Some((from, to)) = expected {
        rows.push(Row { name: "expected".to_owned(), windows: vec![(from, to)], marks: vec![(from, '['), (to, ']')] });
    }
    let label = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default().min(LONGEST);
    let width = columns.saturating_sub(label.saturating_add(2)).max(FEWEST_COLUMNS);
    let scale = Scale { first, last, width };
    let windows = || lanes.iter().flat_map(|lane| &lane.windows);
    let is_dated = last.since(first) >= DAY || windows().any(|Window { start, end, .. }| end.since(*start) >= DAY);
    let time = |at| if is_dated { clock(at) } else { time_of_day(at) };
    let (from, to) = (time(first), time(last));
    let end = width.saturating_sub(from.len()).max(to.len().saturating_add(1));
    let mut out = vec![format!("{:indent$}{from}{to:>end$}", "", indent = label.saturating_add(2))];
    out.extend(rows.iter().map(|row| line(row, label, scale, style)));
    if number > MOST_ROWS {
        out.push(format!("… and {} more", number.saturating_sub(MOST_ROWS)));
    }
    let legend = "● opens or moves the window ─, + counted, ■ closes it, - suppressed, h held, ✗ fired";
    out.push(style.dim(legend));
    out
}

/// Marks and the scale have milliseconds.
fn whole(at: Instant) -> Instant {
    Instant(at.0.saturating_sub(at.0.rem_euclid(1000)))
}

#[derive(Clone, Copy)]
struct Scale {
    first: Instant,
    last: Instant,
    width: usize,
}

impl Scale {
    fn column(self, at: Instant) -> usize {
        let most = self.width.saturating_sub(1);
        let long = i128::from(self.last.since(self.first).max(1000));
        let far = i128::from(at.since(self.first)).saturating_mul(i128::try_from(most).unwrap_or_default());
        // Rounded to the nearest.
        let twice = far.saturating_mul(2).saturating_add(long);
        let column = twice.div_euclid(long.saturating_mul(2));
        usize::try_from(column.max(0)).unwrap_or(usize::MAX).min(most)
    }
}

fn line(row: &Row, label: usize, scale: Scale, style: Style) -> String {
    let mut cells = vec![' '; scale.width];
    for (from, to) in &row.windows {
        let (start, end) = (scale.column(*from), scale.column((*to).min(scale.last)));
        if let Some(cells) = cells.get_mut(start..=end) {
            cells.fill('─');
        }
    }
    for (at, mark) in &row.marks {
        if let Some(cell) = cells.get_mut(scale.column(*at)) {
            *cell = *mark;
        }
    }
    let drawn: String = cells.into_iter().collect();
    let drawn = drawn.trim_end().replace('✗', &style.red("✗"));
    let long = row.name.chars().count();
    let name = match long.checked_sub(label) {
        Some(more) if more > 0 => {
            let rest: String = row.name.chars().skip(more.saturating_add(1)).collect();
            ["…", &rest].concat()
        }
        _ => row.name.clone(),
    };
    format!("{name:<label$}  {drawn}")
}

/// Each trigger with decisions in a lane has its own row, because windows of different triggers overlap.
fn rows_of(lane: &Lane, decisions: &[Decision]) -> Vec<Row> {
    let mut places: Map<&str, usize> = Map::default();
    let mut rows: Vec<(&str, Row)> = Vec::new();
    let name = printable(&lane.name);
    for index in lane.decisions.iter().flatten() {
        let Some(decision) = decisions.get(*index) else { continue };
        let Some(mark) = mark(decision.kind()) else { continue };
        let path = decision.trigger.as_ref().map_or("$", |trigger| &trigger.path);
        let place = *places.get(&path).unwrap_or(&rows.len());
        if place == rows.len() {
            places.insert(path, place);
            rows.push((path, Row { name: name.clone(), windows: Vec::new(), marks: Vec::new() }));
        }
        if let Some((_, row)) = rows.get_mut(place) {
            row.marks.push((whole(decision.at), mark));
        }
    }
    // The path, as in decisions: rows of one lane differ only in it.
    if rows.len() > 1 {
        for (path, row) in &mut rows {
            row.name.extend([" ", path]);
        }
    }
    for Window { path, start, end, closed, .. } in &lane.windows {
        let row = places.get(&**path).and_then(|place| rows.get_mut(*place));
        if let Some((_, row)) = row {
            row.windows.push((*start, (*end).min(closed.unwrap_or(*end))));
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}
