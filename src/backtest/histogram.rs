//! The firings over time.

use crate::text::order;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::units::{HOUR, MINUTE};
use crate::time::{Instant, TimeSpan};

use super::result::{Histogram, SpanCount};

/// The length of a span, for a capture that lasts so long.
fn span_of(lasts: i64) -> i64 {
    match lasts {
        _ if lasts >= 12 * HOUR => HOUR,
        _ if lasts >= 2 * HOUR => 10 * MINUTE,
        _ => MINUTE,
    }
}

/// Counts firings. `lasts`: from the first captured event to the last, in microseconds.
pub(super) fn histogram(
    lasts: i64,
    here: impl Iterator<Item = Instant>,
    recorded: impl Iterator<Item = Instant>,
) -> Histogram {
    let span = span_of(lasts);
    let mut counts: Map<i64, (usize, usize)> = Map::default();
    let from = |at: Instant| at.0.saturating_sub(at.0.checked_rem_euclid(span).unwrap_or_default());
    for at in here {
        let count = &mut counts.or_default(from(at)).0;
        *count = count.saturating_add(1);
    }
    for at in recorded {
        let count = &mut counts.or_default(from(at)).1;
        *count = count.saturating_add(1);
    }
    let count = |(from, (here, recorded)): (&i64, &(usize, usize))| SpanCount {
        from: Instant(*from),
        here: *here,
        recorded: *recorded,
    };
    let mut counts: Vec<SpanCount> = counts.iter().map(count).collect();
    step(counts.len());
    order::by_key(&mut counts, &mut |count| count.from.sortable());
    Histogram { span_seconds: TimeSpan(span), counts }
}
