//! Fields of documents: whether they are present, and whether pydantic accepts their values.

use crate::diagnostic::Code;
use crate::diagnostic::display;
use crate::diagnostic::findings::Draft;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::uuid::read_uuid;
use crate::time::scalar;

use super::super::fields::FieldKind;
use super::Check;
use super::fields::meant;

impl Check<'_, '_> {
    pub(super) fn missing(&mut self, what: &str, object: Value<'_>, field: &str, path: &Path<'_>) {
        // Terraform's plan lacks values that are known only after `apply`.
        if self.is_plan {
            return;
        }
        let meant_for_it = |key: &Value<'_>| meant(&key.string(), &mut std::iter::once(field)).is_some();
        let near = object.members().map(|(key, _)| key).find(meant_for_it).map(|key| (key, key.string()));
        let finding = self
            .add(Code::MISSING_AUTOMATION_FIELD, &Path::Key(path, field), object)
            .opening()
            .with("what", what)
            .with("field", field);
        if let Some((key, near)) = near {
            let finding = finding.say("hint", format_args!("did you mean `{near}`?")).with("similar", &near);
            if nearest(&near, &mut std::iter::once(field)).is_some() {
                finding.replace(key, field);
            }
        }
    }

    pub(super) fn wrong_type(&mut self, field: &str, expected: &str, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        if self.is_template(value) {
            return Draft::none();
        }
        self.add(Code::WRONG_AUTOMATION_VALUE, path, value)
            .shown("field", field)
            .with("expected", expected)
            .value("found", value)
    }

    /// The value of a field, by its kind alone. Rules about several fields are checked elsewhere.
    pub(super) fn field(&mut self, kind: FieldKind, field: &str, value: Value<'_>, path: &Path<'_>) {
        match kind {
            FieldKind::Text => self.text_field(field, value, path),
            FieldKind::TextOrNull => self.text_or_null_field(field, value, path),
            FieldKind::Boolean => self.boolean_field(field, value, path),
            FieldKind::Texts | FieldKind::EventNames | FieldKind::LabelNames => self.texts_field(field, value, path),
            FieldKind::Uuid => self.uuid_field(field, value, path),
            FieldKind::Integer => self.integer_field(field, value, path),
            FieldKind::Parameters => self.parameters(value, path),
            FieldKind::ObjectOrNull => self.object_or_null(value, field, path),
            FieldKind::Delay => self.delay_field(field, value, path),
            FieldKind::StateType => self.state_type(value, path),
            FieldKind::Template => self.template_field(field, value, path),
            FieldKind::Payload => self.payload(field, value, path),
            FieldKind::Labels
            | FieldKind::RelatedLabels
            | FieldKind::TriggerType
            | FieldKind::Posture
            | FieldKind::Within
            | FieldKind::CompositeWithin
            | FieldKind::Require
            | FieldKind::Trigger
            | FieldKind::Triggers
            | FieldKind::Actions
            | FieldKind::TargetSource
            | FieldKind::TargetId => {}
        }
    }

    fn integer_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if scalar::integer(value).is_none() {
            let is_large = scalar::is_beyond_64_bits(value);
            self.wrong_type(field, if is_large { "a whole number of 64 bits" } else { "a whole number" }, path, value);
        }
    }

    /// Calls a check with the value of a field, if present.
    pub(super) fn optional(
        &mut self,
        object: Value<'_>,
        field: &str,
        path: &Path<'_>,
        check: impl Fn(&mut Self, &str, Value<'_>, &Path<'_>),
    ) {
        if let Some(value) = object.get(field) {
            check(self, field, value, &Path::Key(path, field));
        }
    }

    /// The same for a required field.
    pub(super) fn required(
        &mut self,
        what: &str,
        object: Value<'_>,
        field: &str,
        path: &Path<'_>,
        check: impl Fn(&mut Self, &str, Value<'_>, &Path<'_>),
    ) {
        match object.get(field) {
            Some(value) => check(self, field, value, &Path::Key(path, field)),
            None => self.missing(what, object, field, path),
        }
    }

    pub(super) fn text_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        // A lone surrogate has already been reported.
        if scalar::text(value).is_none() && !value.has_lone_surrogate() {
            self.wrong_type(field, "a string", path, value);
        }
    }

    pub(super) fn text_or_null_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if value.kind() != Kind::Null {
            self.text_field(field, value, path);
        }
    }

    pub(super) fn boolean_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if scalar::boolean(value).is_none() {
            self.wrong_type(field, "`true` or `false`", path, value);
        }
    }

    pub(super) fn texts_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if value.kind() != Kind::Array {
            self.wrong_type(field, "a list of strings", path, value);
            return;
        }
        for (index, item) in value.items().enumerate() {
            if scalar::text(item).is_none() && !item.has_lone_surrogate() {
                let found = display::value(item);
                self.add(Code::WRONG_AUTOMATION_VALUE, &Path::Item(path, index), item)
                    .shown("field", field)
                    .with("expected", "a list of strings")
                    .say("found", format_args!("one with {found}"));
            }
        }
    }

    pub(super) fn uuid_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if !value.is_string() || read_uuid(&value.bytes()).is_none() {
            self.wrong_type(field, "a UUID", path, value);
        }
    }

    /// A duration that is not negative (`NonNegativeTimeDelta`).
    pub(super) fn delay_field(&mut self, field: &str, value: Value<'_>, path: &Path<'_>) {
        if self.environment_as_duration(field, value, path) {
            return;
        }
        match scalar::duration(value) {
            None => {
                self.wrong_type(field, "a number of seconds or a duration such as `PT90S`", path, value);
            }
            Some(..0) => {
                self.wrong_type(field, "0 seconds or more", path, value);
            }
            Some(_) => {}
        }
    }

    pub(super) fn object_or_null(&mut self, value: Value<'_>, field: &str, path: &Path<'_>) {
        if !matches!(value.kind(), Kind::Object | Kind::Null) {
            self.wrong_type(field, "an object", path, value);
        }
    }
}
