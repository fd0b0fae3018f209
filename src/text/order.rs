//! Sorting, compiled once, with the standard library's heap: each instance of its sort adds 4 KB to the module, and is no
//! faster.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::steps::step;

/// The indices of some keys in ascending order of the keys; equal keys keep their order. It merges the stretches that are in
/// order already, such as the events of each run.
pub(crate) fn order(keys: &[u64]) -> Vec<usize> {
    step(keys.len());
    // The next key of each stretch.
    let mut next = BinaryHeap::new();
    let mut last = None;
    for (index, key) in keys.iter().enumerate() {
        if last.is_none_or(|last| last > key) {
            next.push(Reverse((*key, index)));
        }
        last = Some(key);
    }
    let mut order = Vec::with_capacity(keys.len());
    while let Some(Reverse((key, index))) = next.pop() {
        order.push(index);
        let after = index.saturating_add(1);
        if let Some(following) = keys.get(after).filter(|following| **following >= key) {
            next.push(Reverse((*following, after)));
        }
    }
    order
}

/// The same for texts, by their bytes.
pub(crate) fn order_of_texts(texts: &[&[u8]]) -> Vec<usize> {
    step(texts.len());
    let pairs: BinaryHeap<(&[u8], usize)> = texts.iter().copied().zip(0..).collect();
    pairs.into_sorted_vec().into_iter().map(|(_, index)| index).collect()
}

/// Sorts by a key; equal keys keep their order.
pub(crate) fn by_key<T>(items: &mut [T], key: &mut dyn FnMut(&T) -> u64) {
    if items.len() < 2 {
        return;
    }
    let mut keys = Vec::with_capacity(items.len());
    for item in &*items {
        keys.push(key(item));
    }
    if !keys.is_sorted() {
        arrange(items, order(&keys));
    }
}

/// Sorts by a text; equal texts keep their order.
pub(crate) fn by_text<T>(items: &mut [T], text: fn(&T) -> &str) {
    if items.len() < 2 {
        return;
    }
    let mut texts = Vec::with_capacity(items.len());
    for item in &*items {
        texts.push(text(item).as_bytes());
    }
    let order = order_of_texts(&texts);
    arrange(items, order);
}

/// Reorders items; the order contains each index once.
pub(crate) fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    step(items.len());
    for start in 0..items.len() {
        let mut to = start;
        while let Some(own) = order.get_mut(to) {
            let from = std::mem::replace(own, to);
            if from == start {
                break;
            }
            items.swap(to, from);
            to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sorts_texts() {
        let texts = ["b", "", "prefect.flow-run.*", "a\0", "prefect.flow-run.?", "a", "prefect.flow-run", "ä", "a"];
        let mut items = texts.to_vec();
        super::by_text(&mut items, |item| item);
        let mut sorted = texts;
        sorted.sort_unstable();
        assert_eq!(items, sorted);
    }

    #[test]
    fn keeps_the_order_of_equal_keys() {
        let mut items = [(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        super::by_key(&mut items, &mut |item| item.0);
        assert_eq!(items, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
    }

    proptest::proptest! {
        #[test]
        fn sorts_like_the_standard_library(keys in proptest::collection::vec(0_u64..20, 0..60)) {
            let mut sorted: Vec<usize> = (0..keys.len()).collect();
            sorted.sort_by_key(|index| keys[*index]);
            proptest::prop_assert_eq!(super::order(&keys), sorted);
        }
    }
}
