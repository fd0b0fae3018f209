//! The ids of the latest events, in bounded memory.

use std::collections::HashSet;
use std::collections::VecDeque;

use uuid::Uuid;

/// About 3 MB.
const MOST: usize = 50_000;

/// Remembers the last [`MOST`] ids.
#[derive(Default)]
pub(super) struct Recent {
    known: HashSet<Uuid>,
    order: VecDeque<Uuid>,
}

impl Recent {
    /// Whether the id is new.
    pub(super) fn insert(&mut self, id: Uuid) -> bool {
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.known.contains(&id)
    }
}
