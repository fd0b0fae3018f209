//! What only building an event needs, in statics of its own.

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
    /// Always there. What its absence means stands in `missing`, which the others do not have.
    Required,
    /// There at times.
    Optional,
    /// The emitter writes it, the documentation does not know it.
    Undocumented,
}

/// How an event is built: what the caller gives for a value, and what it is otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Generation {
    /// The caller's key for it, from the outside in: `state.name`. Empty: it follows from what it is.
    pub key: &'static str,
    /// What it is unless it is given; `keys a.b`: the keys of what is given there; `same a.b`: the list that is given there; `{…}`: filled in.
    pub default: Option<&'static str>,
    /// Of a field that is not always there: once the run has been `running`, or has `ended`.
    pub once: &'static str,
    /// What a thing is called in the example; empty: this is no name.
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
    /// What it points at, in words.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        let words: &&str = self.number.of(&statics::FOLLOWS_AUTHORING);
        words
    }
}
