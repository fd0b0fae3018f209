//! Hashes of texts, the same on every machine, and the map that takes them as keys.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// From hashes to places in a list. One instance of the standard library's map for all that is
/// remembered: each takes several KB of the module.
pub(crate) type Places = HashMap<u64, usize, BuildHasherDefault<Hashed>>;

/// 64 bits on every machine: with fewer, the ids of a long input would meet by chance. Spreads well,
/// but is easy to fool: two texts that are made to collide are taken for the same.
#[inline]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let (mut state, mut last) = (bytes.len() as u64, 0);
    for word in words {
        state = mix(state, u64::from_le_bytes(*word));
    }
    for byte in rest {
        last = (last << 8) | u64::from(*byte);
    }
    mix(mix(state, last), ODD)
}

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

#[inline(always)]
pub(crate) fn mix(state: u64, word: u64) -> u64 {
    let mixed = (state ^ word).wrapping_mul(ODD);
    mixed ^ (mixed >> 29)
}

/// The keys are hashes already.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, hash(bytes));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = word;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    #[test]
    fn ids_do_not_meet() {
        let ids = (0..1_000_000_u32).map(|n| format!("{:08x}-e4ce-7b77-86e7-{:012x}", n.wrapping_mul(7), n / 3));
        let hashes: HashSet<u64> = ids.map(|id| super::hash(id.as_bytes())).collect();
        assert_eq!(hashes.len(), 1_000_000);
    }
}
