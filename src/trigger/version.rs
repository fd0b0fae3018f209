//! Versions of the server.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::json::double_text;
use crate::text::strict::invalid;

/// Which server decides. In options it is `"3.9"`, `"3.8"`, `"3.7"` or `"3.6"`, or a version such as `"3.8.8"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Version {
    /// Prefect 3.6: of the wildcards in patterns, only a `*` at the end counts.
    V3_6,
    /// Prefect 3.7, which decides like 3.8: since 3.7.2 its `triggers.py` is the same.
    V3_7,
    /// Prefect 3.8.
    V3_8,
    /// Prefect 3.9.
    #[default]
    V3_9,
}

/// The accepted versions, in words.
pub(crate) const VERSIONS: &str = "\"3.9\", \"3.8\", \"3.7\" or \"3.6\"";

const KNOWN: [(&str, Version); 4] =
    [("3.9", Version::V3_9), ("3.8", Version::V3_8), ("3.7", Version::V3_7), ("3.6", Version::V3_6)];

impl Version {
    /// Parses a version: `3.9`, `3.8.8`.
    #[must_use]
    pub fn read(written: &str) -> Option<Version> {
        let is =
            |version: &str| written.strip_prefix(version).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        KNOWN.into_iter().find(|(name, _)| is(name)).map(|(_, version)| version)
    }

    /// All versions, without their patches.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KNOWN.into_iter().map(|(name, _)| name)
    }

    /// Without the patch: `3.9`.
    #[must_use]
    pub fn name(self) -> &'static str {
        KNOWN.into_iter().find(|(_, version)| *version == self).map_or("", |(name, _)| name)
    }

    /// Whether Proactive triggers hold expected events for windows that open later.
    pub(super) fn holds_events(self) -> bool {
        self >= Version::V3_9
    }

    /// Whether events of `after` overwrite the last event of a window.
    pub(super) fn after_overwrites(self) -> bool {
        self < Version::V3_9
    }

    /// Whether patterns follow `fnmatch`. Before, a `*` at the end was the only wildcard.
    pub(super) fn has_globs(self) -> bool {
        self >= Version::V3_7
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Version;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(VERSIONS)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Version, E> {
                Version::read(text).ok_or_else(|| invalid(text, VERSIONS))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Version, E> {
                self.visit_str(&double_text(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Version, E> {
                self.visit_str(&number.to_string())
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Version, E> {
                self.visit_str(&number.to_string())
            }
        }

        deserializer.deserialize_any(Written)
    }
}
