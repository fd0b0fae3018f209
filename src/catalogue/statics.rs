//! The catalogue from the build script: the pages, checked and resolved into statics.

use super::authoring::{Authoring, Generation, Presence};
use super::description::{Description, FamilyDescription, RelatedDescription, Source};
use super::hole::Hole;
use super::model::{
    AllowedValue, Alternative, Choice, Compare, Emitter, Equal, Family, Field, Follows, Label, LabelForm, Missing,
    Object, Related, Remark, Term, ValueKind, Variant,
};
use super::template::{Part, Template};
use crate::diagnostic::Severity;
use crate::text::number::Number;

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));
