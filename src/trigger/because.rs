//! The sentences that tell users why: one per firing and per decision.

use super::decision::{Decision, Firing};

impl Firing {
    #[must_use]
    pub fn because(&self) -> String {
        String::new()
    }
}

impl Decision {
    #[must_use]
    pub fn because(&self) -> String {
        String::new()
    }
}
