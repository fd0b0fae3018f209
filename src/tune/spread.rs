//! Counts of spans: their quantiles and histogram in little memory, to one part in a thousand.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::time::TimeSpan;

/// Spans up to this many milliseconds are counted each, longer ones in groups of a thousandth of their length.
const EXACT: u64 = 1024;

/// Counts of spans, by groups of nearly equal ones. Times in microseconds.
#[derive(Clone, Default)]
pub(super) struct Spread {
    /// By the shortest span of a group, in milliseconds: how many there are, and their sum.
    groups: BTreeMap<i64, (u64, i64)>,
    pub(super) count: u64,
    least: i64,
    most: i64,
}

/// The distribution of observed spans, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Distribution {
    /// How many there are.
    pub count: u64,
    /// The shortest.
    pub min: TimeSpan,
    /// Half of them are not longer.
    pub median: TimeSpan,
    /// 95 % of them are not longer.
    pub p95: TimeSpan,
    /// 99 % of them are not longer.
    pub p99: TimeSpan,
    /// The longest.
    pub max: TimeSpan,
}

/// How many of the observed spans are in a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct HistogramBin {
    /// From this span on, in seconds.
    pub from: TimeSpan,
    /// To before this one.
    pub to: TimeSpan,
    /// How many.
    pub count: u64,
}

impl Spread {
    pub(super) fn add(&mut self, span: i64) {
        let millis = span.div_euclid(1000);
        let size = millis.unsigned_abs();
        let digits = size.checked_ilog2().unwrap_or_default().saturating_sub(EXACT.ilog2());
        let group = millis.checked_shr(digits).and_then(|group| group.checked_shl(digits)).unwrap_or(millis);
        let (count, sum) = self.groups.entry(group).or_default();
        (*count, *sum) = (count.saturating_add(1), sum.saturating_add(span));
        (self.least, self.most) =
            if self.count == 0 { (span, span) } else { (self.least.min(span), self.most.max(span)) };
        self.count = self.count.saturating_add(1);
    }

    /// The mean of the group in which this share (in percent) of all is reached.
    pub(super) fn quantile(&self, percent: u64) -> Option<i64> {
        let rank = u128::from(self.count).saturating_mul(u128::from(percent));
        let mut below = 0_u128;
        for (count, sum) in self.groups.values() {
            below = below.saturating_add(u128::from(*count).saturating_mul(100));
            if below >= rank {
                return sum.checked_div(i64::try_from(*count).unwrap_or(i64::MAX));
            }
        }
        None
    }

    pub(super) fn distribution(&self) -> Option<Distribution> {
        Some(Distribution {
            count: self.count,
            min: TimeSpan(self.least),
            median: TimeSpan(self.quantile(50)?),
            p95: TimeSpan(self.quantile(95)?),
            p99: TimeSpan(self.quantile(99)?),
            max: TimeSpan(self.most),
        })
    }

    /// The longest.
    pub(super) fn max(&self) -> Option<i64> {
        (self.count > 0).then_some(self.most)
    }

    /// How many are this long or longer; those of the group in which it is count by their mean.
    pub(super) fn from(&self, span: i64) -> u64 {
        let is_long = |(count, sum): &&(u64, i64)| {
            sum.checked_div(i64::try_from(*count).unwrap_or(i64::MAX)).is_some_and(|mean| mean >= span)
        };
        self.groups.values().filter(is_long).map(|(count, _)| *count).sum()
    }

    /// The groups: the mean of each, and how many.
    pub(super) fn groups(&self) -> impl Iterator<Item = (i64, u64)> {
        self.groups
            .values()
            .filter_map(|(count, sum)| Some((sum.checked_div(i64::try_from(*count).unwrap_or(i64::MAX))?, *count)))
    }

    /// Ranges of equal length from 0 to beyond the longest: of `width`, or a multiple so that there are at most `most`.
    pub(super) fn histogram(&self, width: i64, most: i64) -> Vec<HistogramBin> {
        let (width, most) = (width.max(1), most.max(1));
        let bins = self.most.max(0).checked_div(width).unwrap_or_default().saturating_add(1);
        let times = bins.saturating_add(most.saturating_sub(1)).checked_div(most).unwrap_or_default().max(1);
        let width = width.saturating_mul(times);
        let bins = self.most.max(0).checked_div(width).unwrap_or_default().saturating_add(1);
        let mut counts = vec![0_u64; usize::try_from(bins).unwrap_or_default()];
        for (mean, count) in self.groups() {
            let place = usize::try_from(mean.max(0).checked_div(width).unwrap_or_default()).unwrap_or_default();
            if let Some(own) = counts.get_mut(place) {
                *own = own.saturating_add(count);
            }
        }
        let bin = |(place, count): (i64, u64)| HistogramBin {
            from: TimeSpan(place.saturating_mul(width)),
            to: TimeSpan(place.saturating_add(1).saturating_mul(width)),
            count,
        };
        (0..).zip(counts).map(bin).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near() {
        let mut spread = Spread::default();
        for millis in (0..100_000).rev() {
            spread.add(millis * 1000);
        }
        let own = spread.distribution().unwrap();
        assert_eq!((own.count, own.min, own.max), (100_000, TimeSpan(0), TimeSpan(99_999_000)));
        for (quantile, exact) in [(own.median, 50_000_000), (own.p95, 95_000_000), (own.p99, 99_000_000_i64)] {
            assert!((quantile.0 - exact).abs() <= exact / 1000, "{quantile:?}");
        }
        assert!(spread.groups.len() < 9000, "{}", spread.groups.len());
        let histogram = spread.histogram(30_000_000, 10);
        assert_eq!(histogram.iter().map(|bin| bin.count).sum::<u64>(), 100_000);
        assert_eq!(histogram.len(), 4);
        assert_eq!(spread.histogram(1_000_000, 10).len(), 10);
    }

    #[test]
    fn clocks_that_are_ahead_give_negative_spans() {
        let mut spread = Spread::default();
        for millis in [-70_000, -3, 5] {
            spread.add(millis * 1000);
        }
        let own = spread.distribution().unwrap();
        assert_eq!((own.min, own.median, own.max), (TimeSpan(-70_000_000), TimeSpan(-3000), TimeSpan(5000)));
        assert_eq!(Spread::default().distribution(), None);
    }
}
