/// What a placeholder of a template stands for.
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
    /// What a placeholder stands for follows from its name.
    #[must_use]
    pub(super) fn of(name: &str) -> Hole {
        match name {
            "uuid" => Hole::Uuid,
            "asset-key" => Hole::AssetKey,
            "state" | "tag" | "container-id" | "worker-name" | "materialized-by" => Hole::Text,
            "flow" | "name" => Hole::Segment,
            _ => Hole::Word,
        }
    }

    /// Takes the placeholder's value from the front of a text: the value and the rest.
    #[must_use]
    pub fn take(self, text: &str) -> Option<(&str, &str)> {
        let end = match self {
            Hole::Uuid => 36,
            Hole::Word => text.find('.').unwrap_or(text.len()),
            Hole::Segment => text.find('/').unwrap_or(text.len()),
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

/// Whether the text is a UUID as Prefect writes it: 36 characters with hyphens, in any case.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && [8, 13, 18, 23].iter().all(|&place| bytes.get(place) == Some(&b'-'))
        // Four hyphens, all where they belong, and the rest digits.
        && bytes.iter().filter(|byte| byte.is_ascii_hexdigit()).count() == 32
}

fn is_asset_key(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return false;
    };
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && !rest.is_empty()
        && text.chars().count() <= ASSET_KEY
        && !rest.chars().any(char::is_whitespace)
        && !rest.bytes().any(|byte| b"\0#?&%\"'<>[]{}|\\^`".contains(&byte))
}
