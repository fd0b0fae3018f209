//! Data that only the event builder needs, in separate statics.

use serde::Serialize;

use super::model::{Field, Follows, Label, Related, Variant};
use super::statics;

/// How a label or a field is written.
#[derive(Debug)]
pub(super) struct Authoring {
    pub presence: Presence,
    pub meaning: &'static str,
    pub generation: Generation,
}

/// Whether every event has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Presence {
    /// Always present. `missing`, which the others do not have, says what its absence means.
    Required,
    /// Sometimes present.
    Optional,
    /// The emitter writes it, but the documentation does not list it.
    Undocumented,
}

impl Presence {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Presence::Required => "required",
            Presence::Optional => "optional",
            Presence::Undocumented => "undocumented",
        }
    }
}

/// How an event is built: the caller's key for a value, and its default.
#[derive(Clone, Copy, Debug)]
pub struct Generation {
    /// The caller's key for it, outermost first: `state.name`. Empty: it follows from its place.
    pub key: &'static str,
    /// The default; `keys a.b`: the keys of the value given there; `same a.b`: the list given there; `{…}`: filled in.
    pub default: Option<&'static str>,
    /// For a field that is not always present: once the run has been `running`, or has `ended`.
    pub once: &'static str,
    /// The name of a thing in the example; empty: this is not a name.
    pub called: &'static str,
    /// The example event has it.
    pub is_shown: bool,
}

impl Label {
    fn authoring(&self) -> &'static Authoring {
        self.number.of(&statics::LABEL_AUTHORING)
    }

    /// Whether every event has it.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.authoring().presence
    }

    /// The meaning.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.authoring().meaning
    }

    /// How it is built.
    #[must_use]
    pub fn generation(&self) -> &'static Generation {
        &self.authoring().generation
    }
}

impl Related {
    /// How it is built.
    #[must_use]
    pub fn generation(&self) -> &'static Generation {
        self.number.of(&statics::RELATED_AUTHORING)
    }
}

impl Field {
    fn authoring(&self) -> &'static Authoring {
        self.number.of(&statics::FIELD_AUTHORING)
    }

    /// Whether every event has it.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.authoring().presence
    }

    /// The meaning.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.authoring().meaning
    }

    /// How it is built.
    #[must_use]
    pub fn generation(&self) -> &'static Generation {
        &self.authoring().generation
    }
}

impl Variant {
    /// The variant that usually comes before; `None`: it is the first.
    #[must_use]
    pub fn previous(&self) -> Option<&'static str> {
        *self.number.of(&statics::VARIANT_AUTHORING)
    }
}

impl Follows {
    /// What it points to, in words.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let words: &&str = self.number.of(&statics::FOLLOWS_AUTHORING);
        words
    }
}
