//! How long it takes until the window of a dead run fires: a histogram of fixed size.

/// How many spans of equal length the histogram has.
const BINS: usize = 4096;

/// Counts of delays. Times in microseconds.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    /// The length of one bin.
    width: i64,
    bins: Vec<u64>,
    /// How many there are.
    pub(super) count: u64,
}

impl Delays {
    /// For delays up to `longest`; longer ones count as the longest.
    pub(super) fn new(longest: i64) -> Self {
        let bins = i64::try_from(BINS).unwrap_or(i64::MAX);
        let width = longest.checked_div(bins).unwrap_or_default().saturating_add(1);
        Delays { width, bins: vec![0; BINS], count: 0 }
    }

    pub(super) fn add(&mut self, delay: i64) {
        let place = usize::try_from(delay.checked_div(self.width).unwrap_or_default()).unwrap_or_default();
        if let Some(bin) = self.bins.get_mut(place.min(BINS.saturating_sub(1))) {
            *bin = bin.saturating_add(1);
            self.count = self.count.saturating_add(1);
        }
    }

    /// The delay that this share (in percent) of all does not exceed; within a bin it is interpolated.
    pub(super) fn quantile(&self, percent: u64) -> Option<i64> {
        if self.count == 0 {
            return None;
        }
        let rank = u128::from(self.count).saturating_mul(u128::from(percent));
        let (mut below, mut start) = (0_u128, 0_i64);
        for bin in &self.bins {
            let own = u128::from(*bin).saturating_mul(100);
            if below.saturating_add(own) >= rank && own > 0 {
                let part = rank.saturating_sub(below).saturating_mul(u128::from(self.width.unsigned_abs()));
                let inside = part.checked_div(own).and_then(|inside| i64::try_from(inside).ok()).unwrap_or_default();
                return Some(start.saturating_add(inside));
            }
            below = below.saturating_add(own);
            start = start.saturating_add(self.width);
        }
        Some(start)
    }
}
