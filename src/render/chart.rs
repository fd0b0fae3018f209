//! A histogram in one line of block characters.

use crate::text::steps::step;

const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A bar for each number: the largest is a full block, each that is not 0 is visible.
pub(super) fn bars(numbers: &[usize], most: usize) -> String {
    step(numbers.len());
    let bar = |number: &usize| {
        let height = number.saturating_mul(8).checked_div(most).unwrap_or_default();
        BLOCKS.get(if *number > 0 { height.clamp(1, 8) } else { 0 }).copied().unwrap_or(' ')
    };
    numbers.iter().map(bar).collect()
}

/// Adds up neighbours, so that there are at most `most` numbers. Returns how many are added up, too.
pub(super) fn grouped(numbers: &[usize], most: usize) -> (usize, Vec<usize>) {
    let size = numbers.len().div_ceil(most.max(1)).max(1);
    (size, numbers.chunks(size).map(|group| group.iter().sum()).collect())
}

#[cfg(test)]
mod tests {
    use super::{bars, grouped};

    #[test]
    fn every_number_but_zero_is_visible() {
        assert_eq!(bars(&[0, 1, 50, 100], 100), " ▁▄█");
        assert_eq!(bars(&[0], 0), " ");
        assert_eq!(grouped(&[1, 2, 3, 4, 5], 2), (3, vec![6, 9]));
    }
}
