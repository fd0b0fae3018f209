//! UUIDs: read like pydantic, and in Prefect's own notation. The build script compiles this file too.

use uuid::Uuid;

/// A UUID in any form that pydantic accepts.
pub(crate) fn read_uuid(text: &[u8]) -> Option<Uuid> {
    // Pydantic accepts the prefix `urn:uuid:` only in lower case.
    Uuid::try_parse_ascii(text).ok().filter(|_| !text.contains(&b':') || text.starts_with(b"urn:uuid:"))
}

/// Whether the text is a UUID in Prefect's notation: 36 characters with hyphens, in any case. Checks of events compare
/// several in each, so it compares digits by words.
#[inline(always)]
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    uuid_digits(text).is_some()
}

/// The bytes of a UUID of 36 characters with hyphens, in any case.
pub(crate) fn uuid_bytes(text: &[u8]) -> Option<[u8; 16]> {
    let words = uuid_digits(text)?.map(four_bytes);
    let wide = words.iter().rev().fold(0, |wide, word| wide << 32 | u128::from(*word));
    Some(wide.to_le_bytes())
}

const TOPS: u64 = u64::from_le_bytes([0x80; 8]);

/// The hexadecimal digits of a UUID of 36 characters with hyphens, eight in each.
fn uuid_digits(text: &[u8]) -> Option<[u64; 4]> {
    let (first, rest) = text.split_first_chunk()?;
    let [b'-', rest @ ..] = rest else { return None };
    let (second, rest) = rest.split_first_chunk()?;
    let [b'-', rest @ ..] = rest else { return None };
    let (third, rest) = rest.split_first_chunk()?;
    let [b'-', rest @ ..] = rest else { return None };
    let (fourth, rest) = rest.split_first_chunk()?;
    let [b'-', rest @ ..] = rest else { return None };
    let (fifth, rest) = rest.split_first_chunk()?;
    let (last, []) = rest.split_first_chunk()? else { return None };
    let four = |digits: &[u8; 4]| u64::from(u32::from_le_bytes(*digits));
    let words = [
        u64::from_le_bytes(*first),
        four(second) | four(third) << 32,
        four(fourth) | four(fifth) << 32,
        u64::from_le_bytes(*last),
    ];
    let all = words.iter().fold(TOPS, |all, word| all & are_digits(*word));
    (all == TOPS).then_some(words)
}

/// The top bit of each byte that is a hexadecimal digit.
#[inline(always)]
fn are_digits(word: u64) -> u64 {
    // The top bit of each byte that is not below `least`; of bytes below 0x80.
    let from = |word: u64, least: u8| (word & !TOPS).wrapping_add(u64::from_le_bytes([0x80_u8.wrapping_sub(least); 8]));
    let lower = word | u64::from_le_bytes([0x20; 8]);
    let digit = from(word, b'0') & !from(word, b'9' + 1);
    let letter = from(lower, b'a') & !from(lower, b'f' + 1);
    (digit | letter) & !word & TOPS
}

/// Four bytes from eight hexadecimal digits, all at once.
#[inline(always)]
fn four_bytes(word: u64) -> u32 {
    // Letters are nine more than their last four bits.
    let nines = (word >> 6 & u64::from_le_bytes([1; 8])).wrapping_mul(9);
    let halves = (word & u64::from_le_bytes([0x0F; 8])).wrapping_add(nines);
    let pairs = (halves << 4 | halves >> 8) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    u32::try_from((quads | quads >> 16) & 0xFFFF_FFFF).unwrap_or_default()
}
