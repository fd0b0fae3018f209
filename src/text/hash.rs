//! Hashes of texts, the same on every machine.

/// 64 bits on every machine: with fewer, the ids of a long input would collide. Collisions are easy to construct, so it
/// never decides equality.
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
