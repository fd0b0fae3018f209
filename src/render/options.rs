//! How results are rendered.

use serde::{Deserialize, Deserializer};

use crate::text::strict::{from_text, list_of, strict, word};

/// The form of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum Format {
    /// For people, on a terminal.
    #[default]
    Pretty,
    /// The whole result.
    Json,
    /// `JUnit` XML, for test reports.
    Junit,
    /// Workflow commands of GitHub Actions, which become annotations.
    Github,
    /// A table for a pull request.
    Markdown,
}

impl Format {
    const ALL: [(&'static str, Format); 5] = [
        ("pretty", Format::Pretty),
        ("json", Format::Json),
        ("junit", Format::Junit),
        ("github", Format::Github),
        ("markdown", Format::Markdown),
    ];
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "`pretty`, `json`, `junit`, `github` or `markdown`";
        from_text(deserializer, expected, |text| word(&Format::ALL, text))
    }
}

/// How a result is rendered.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RenderOptions {
    /// Default `"pretty"`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<Format>"))]
    pub format: Format,
    /// Whether to use the colours of a terminal. Default `false`.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub colour: bool,
    /// How many columns a line may have, from 40 on. Default 100.
    #[cfg_attr(feature = "typescript", ts(type = "number", optional))]
    pub columns: usize,
    /// The name of the automations' file, for findings and annotations.
    pub file: Option<String>,
    /// For a comparison: the name of the new automations' file.
    pub new_file: Option<String>,
    /// The names of the files with events, in their order.
    #[serde(deserialize_with = "list_of")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<String>>"))]
    pub events: Vec<String>,
}

impl Default for RenderOptions {
    fn default() -> Self {
        RenderOptions {
            format: Format::Pretty,
            colour: false,
            columns: 100,
            file: None,
            new_file: None,
            events: Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for RenderOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl RenderOptions {
    /// At least 40.
    pub(super) fn width(&self) -> usize {
        self.columns.clamp(40, 160)
    }
}
