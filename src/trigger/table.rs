//! Where the entries of a list are, by a hash. Unlike [`crate::text::hash::Places`] it forgets, and two entries
//! may have the same hash.

/// Open addressing: an entry stands at the first free cell from where its hash points to.
#[derive(Default)]
pub struct Table {
    /// The number of cells is a power of two, or 0.
    cells: Vec<Cell>,
    count: usize,
}

#[derive(Clone, Copy)]
struct Cell {
    hash: u64,
    place: u32,
}

const EMPTY: Cell = Cell { hash: 0, place: u32::MAX };

impl Table {
    fn cell(&self, at: usize) -> Cell {
        self.cells.get(at).copied().unwrap_or(EMPTY)
    }

    fn put(&mut self, at: usize, cell: Cell) {
        if let Some(own) = self.cells.get_mut(at) {
            *own = cell;
        }
    }

    fn mask(&self) -> usize {
        self.cells.len().wrapping_sub(1)
    }

    /// The upper half: the hashes' lower bits vary less.
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash >> 32).unwrap_or_default() & self.mask()
    }

    fn next(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.mask()
    }

    /// The place of an entry with this hash of which `is_it` says that it is the one.
    pub fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        let mut at = self.home(hash);
        loop {
            let cell = self.cell(at);
            if cell.place == EMPTY.place {
                return None;
            }
            if cell.hash == hash && is_it(cell.place) {
                return Some(cell.place);
            }
            at = self.next(at);
        }
    }

    pub fn insert(&mut self, hash: u64, place: u32) {
        self.count = self.count.saturating_add(1);
        if self.count.saturating_mul(2) > self.cells.len() {
            let size = self.cells.len().saturating_mul(2).max(16);
            let old = std::mem::replace(&mut self.cells, vec![EMPTY; size]);
            for cell in old.into_iter().filter(|cell| cell.place != EMPTY.place) {
                self.settle(cell);
            }
        }
        self.settle(Cell { hash, place });
    }

    fn settle(&mut self, cell: Cell) {
        let mut at = self.home(cell.hash);
        while self.cell(at).place != EMPTY.place {
            at = self.next(at);
        }
        self.put(at, cell);
    }

    pub fn remove(&mut self, hash: u64, place: u32) {
        if self.cells.is_empty() {
            return;
        }
        let mut gap = self.home(hash);
        while self.cell(gap).place != place {
            if self.cell(gap).place == EMPTY.place {
                return;
            }
            gap = self.next(gap);
        }
        self.count = self.count.saturating_sub(1);
        // Those behind the gap move up, unless they would stand before their home.
        let mut at = gap;
        loop {
            at = self.next(at);
            let cell = self.cell(at);
            if cell.place == EMPTY.place {
                break;
            }
            let home = self.home(cell.hash);
            if at.wrapping_sub(home) & self.mask() >= at.wrapping_sub(gap) & self.mask() {
                self.put(gap, cell);
                gap = at;
            }
        }
        self.put(gap, EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_like_a_set(steps in prop::collection::vec((0_u32..60, any::<bool>()), 0..400)) {
            // Many share a hash, or a home.
            let hash = |place: u32| u64::from(place % 7) << 32 | u64::from(place % 3);
            let (mut table, mut set) = (Table::default(), BTreeSet::new());
            for (place, insert) in steps {
                if !insert {
                    table.remove(hash(place), place);
                    set.remove(&place);
                } else if set.insert(place) {
                    table.insert(hash(place), place);
                }
                for other in 0..60 {
                    prop_assert_eq!(table.find(hash(other), |found| found == other).is_some(), set.contains(&other));
                }
            }
        }
    }
}
