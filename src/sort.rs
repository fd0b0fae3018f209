//! Sorting, compiled once, with the standard library's heap: an instance of its sort takes 4 KB of the module.

use std::collections::BinaryHeap;

/// The indices of some keys in ascending order of the keys; equal keys keep their order.
pub(crate) fn order(keys: impl Iterator<Item = u64>) -> Vec<usize> {
    let pairs: BinaryHeap<(u64, usize)> = keys.zip(0..).collect();
    pairs.into_sorted_vec().into_iter().map(|(_, index)| index).collect()
}

/// Sorts by a key; equal keys keep their order.
pub(crate) fn by_key<T>(items: Vec<T>, key: impl Fn(&T) -> u64) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let order = order(items.iter().map(key));
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| items.get_mut(index).and_then(Option::take)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn keeps_the_order_of_equal_keys() {
        assert_eq!(
            super::by_key(vec![(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')], |item| item.0),
            [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]
        );
    }
}
