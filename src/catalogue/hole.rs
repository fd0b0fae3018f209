//! The possible values of placeholders. The build script compiles this file too.

use crate::text::uuid::is_uuid;

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
