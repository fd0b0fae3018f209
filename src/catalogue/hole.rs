//! The possible values of placeholders. The build script compiles this file too.

/// The possible values of a template's placeholder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hole {
    /// A UUID with hyphens: `{uuid}`.
    Uuid,
    /// One or more characters, none of them a dot.
    Word,
    /// One or more characters, none of them a slash.
    Segment,
    /// One or more characters.
    Text,
    /// An asset key: a URI with a lower-case scheme, at most 512 characters, without
    /// white space or any of `#?&%"'<>[]{}|\^` and the backtick.
    AssetKey,
}

/// The most characters that Prefect allows in an asset key.
const ASSET_KEY: usize = 512;

impl Hole {
    /// Splits the placeholder's value from the front of a text: the value and the rest.
    #[must_use]
    pub fn take(self, text: &[u8]) -> Option<(&[u8], &[u8])> {
        let end = match self {
            Hole::Uuid => 36,
            Hole::Word => end_before(b'.', text),
            Hole::Segment => end_before(b'/', text),
            Hole::Text | Hole::AssetKey => text.len(),
        };
        let (value, rest) = text.split_at_checked(end)?;
        let fits = match self {
            Hole::Uuid => is_uuid(value),
            Hole::AssetKey => is_asset_key(value),
            Hole::Word | Hole::Segment | Hole::Text => !value.is_empty(),
        };
        fits.then_some((value, rest))
    }
}

fn end_before(delimiter: u8, text: &[u8]) -> usize {
    text.iter().position(|&byte| byte == delimiter).unwrap_or(text.len())
}

/// Whether the text is a UUID in Prefect's notation: 36 characters with hyphens, in any case.
#[inline(always)]
#[must_use]
pub fn is_uuid(text: &[u8]) -> bool {
    uuid_digits(text).is_some()
}

/// The bytes of a UUID of 36 characters with hyphens, in any case.
#[must_use]
pub fn uuid_bytes(text: &[u8]) -> Option<[u8; 16]> {
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

fn is_asset_key(text: &[u8]) -> bool {
    let Some((scheme, rest)) = std::str::from_utf8(text).ok().and_then(|text| text.split_once(':')) else {
        return false;
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return false;
    };
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && !rest.is_empty()
        && scheme.len().saturating_add(3).saturating_add(rest.chars().count()) <= ASSET_KEY
        && !rest.chars().any(char::is_whitespace)
        && !rest.bytes().any(|byte| b"\0#?&%\"'<>[]{}|\\^`".contains(&byte))
}
