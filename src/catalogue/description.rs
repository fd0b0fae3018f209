//! Data that only descriptions of events need, in separate statics.

use serde::Serialize;

use super::model::{Family, Field, Follows, Label, Related, Variant};
use super::statics;

/// The description of a family.
#[derive(Debug)]
pub(super) struct FamilyDescription {
    pub title: &'static str,
    pub is_documented: bool,
    pub is_cloud: bool,
    pub emitted_by: &'static str,
    pub notes: &'static [&'static str],
    pub code: &'static str,
    pub placeholder_example: &'static str,
}

/// The description of a label or a field.
#[derive(Debug)]
pub(super) struct Description {
    pub source: Source,
    pub example: &'static str,
}

/// The description of a related resource.
#[derive(Debug)]
pub(super) struct RelatedDescription {
    pub when: &'static str,
    pub source: Source,
    pub example: &'static str,
}

/// Where a fact comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Source {
    /// Prefect's documentation.
    Docs,
    /// Prefect's source code.
    Code,
    /// The documentation and the source code agree.
    Both,
}

impl Family {
    fn description(&self) -> &'static FamilyDescription {
        self.number.of(&statics::FAMILY_DESCRIPTIONS)
    }

    /// The documentation's absolute URL with its anchor. Modules that report no findings on events do not contain it.
    #[must_use]
    pub fn docs(&self) -> Option<&'static str> {
        *self.number.of(&statics::FAMILY_DOCS)
    }

    /// A short title.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.description().title
    }

    /// Whether Prefect's documentation describes it; otherwise it is known only from the source and from servers.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.description().is_documented
    }

    /// Whether only Prefect Cloud emits it.
    #[must_use]
    pub fn is_cloud(&self) -> bool {
        self.description().is_cloud
    }

    /// What emits it, and when, in words; can be empty.
    #[must_use]
    pub fn emitted_by(&self) -> &'static str {
        self.description().emitted_by
    }

    /// Further notes, one or two sentences each.
    #[must_use]
    pub fn notes(&self) -> &'static [&'static str] {
        self.description().notes
    }

    /// The files of Prefect's source that emit it, separated by `, `; empty: they are not public.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.description().code
    }

    /// A value of the name's placeholder for examples; empty: the name has none.
    #[must_use]
    pub fn placeholder_example(&self) -> &'static str {
        self.description().placeholder_example
    }
}

impl Label {
    fn description(&self) -> &'static Description {
        self.number.of(&statics::LABEL_DESCRIPTIONS)
    }

    /// The source of the label.
    #[must_use]
    pub fn source(&self) -> Source {
        self.description().source
    }

    /// An example value; empty for an optional label: the example event leaves it out.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.description().example
    }
}

impl Related {
    fn description(&self) -> &'static RelatedDescription {
        self.number.of(&statics::RELATED_DESCRIPTIONS)
    }

    /// When it is present, in words.
    #[must_use]
    pub fn when(&self) -> &'static str {
        self.description().when
    }

    /// The source of this information.
    #[must_use]
    pub fn source(&self) -> Source {
        self.description().source
    }

    /// An example id; empty: the example event leaves the resource out.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.description().example
    }
}

impl Field {
    fn description(&self) -> &'static Description {
        self.number.of(&statics::FIELD_DESCRIPTIONS)
    }

    /// The source of the field.
    #[must_use]
    pub fn source(&self) -> Source {
        self.description().source
    }

    /// An example value, as JSON text. Empty for an object with fields: its example consists of theirs. Empty for an
    /// optional field: the example event leaves it out.
    #[must_use]
    pub fn example(&self) -> &'static str {
        self.description().example
    }
}

impl Variant {
    /// Whether it is documented.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        *self.number.of(&statics::VARIANT_DESCRIPTIONS)
    }
}

impl Follows {
    /// Whether the documentation says that `follows` is set.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        *self.number.of(&statics::FOLLOWS_DESCRIPTIONS)
    }
}
