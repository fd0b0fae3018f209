//! The ids of generated events.

use uuid::Uuid;

use crate::time::Instant;

use super::random::Random;

/// A version 4 UUID from random bits.
pub(super) fn random_id(random: &mut Random) -> Uuid {
    Uuid::from_u128(random.bits() & !(0xF << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62))
}

/// A version 7 UUID for a point in time, like the event ids of clients and server.
pub(super) fn timed_id(at: Instant, random: &mut Random) -> Uuid {
    let millis = u128::from(at.0.div_euclid(1000).max(0).unsigned_abs()) & 0xFFFF_FFFF_FFFF;
    let rest = random.bits() & ((1 << 76) - 1) & !(0x3 << 62);
    Uuid::from_u128((millis << 80) | (0x7 << 76) | rest | (0x2 << 62))
}
