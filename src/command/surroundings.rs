//! What a command knows of the program that runs it.

use serde::{Deserialize, Deserializer};

use crate::render::RenderOptions;
use crate::text::strict::strict;

/// A terminal, or what output goes to instead.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct Terminal {
    /// Whether to use colours.
    pub colour: bool,
    /// Its width in columns, if it has one. Default 100.
    pub columns: Option<usize>,
}

impl<'de> Deserialize<'de> for Terminal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl Terminal {
    /// How results are rendered for it.
    pub(super) fn rendering(self) -> RenderOptions {
        let usual = RenderOptions::default();
        RenderOptions { colour: self.colour, columns: self.columns.unwrap_or(usual.columns), ..usual }
    }
}

/// What a command knows of the program that runs it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct Surroundings {
    /// Whether standard input is a terminal, so that nothing is piped in.
    pub stdin_is_terminal: bool,
    /// Where standard output goes.
    pub stdout: Terminal,
    /// Where standard error goes.
    pub stderr: Terminal,
    /// A text that is different each time: from it come the ids of built events.
    pub seed: String,
    /// The current time, RFC 3339.
    pub now: String,
    /// Whether `\` separates the parts of paths, as on Windows.
    pub backslash: bool,
}

impl<'de> Deserialize<'de> for Surroundings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}
