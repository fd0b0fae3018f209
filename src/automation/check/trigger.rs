//! What the server rejects in triggers.

use crate::diagnostic::display;
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Profile};
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::steps::step;
use crate::text::table::Map;
use crate::time::scalar;

use super::super::fields::{COMPOUND, EVENT, FieldKind, OF_EVENT_TRIGGERS, SEQUENCE};
use super::super::model::{Order, Posture, Trigger};
use super::super::read::{self, MAX_NESTING, PROACTIVE_MINIMUM, TriggerKind};
use super::{Check, cloud};

/// The reader of a trigger: the client fills in more than the server (`events/schemas/automations.py`).
#[derive(Clone, Copy)]
pub(crate) struct Level {
    /// `posture` and the `within` of composites are optional, and `type` is inferred from other keys.
    lenient: bool,
    /// Whether it is the trigger of a deployment, which has more fields.
    deployment: bool,
    depth: usize,
}

impl Level {
    pub(crate) const SERVER: Level = Level { lenient: false, deployment: false, depth: 0 };
    pub(crate) const CLIENT: Level = Level { lenient: true, deployment: false, depth: 0 };
    pub(crate) const DEPLOYMENT: Level = Level { lenient: true, deployment: true, depth: 0 };

    /// Whether the trigger has the fields of a deployment's.
    pub(crate) fn is_deployment(self) -> bool {
        self.deployment && self.depth == 0
    }

    /// One level down.
    pub(crate) fn inner(self) -> Self {
        Level { depth: self.depth.saturating_add(1), ..self }
    }

    /// The posture of a trigger that names none.
    pub(crate) fn default_posture(self) -> Option<Posture> {
        self.lenient.then_some(Posture::Reactive)
    }
}

/// What `type` says of triggers.
const TYPES: [&str; 3] = [EVENT, COMPOUND, SEQUENCE];

impl Check<'_, '_> {
    pub(super) fn trigger(&mut self, value: Value<'_>, path: &Path<'_>, level: Level) {
        if value.kind() != Kind::Object {
            // The list of a deployment is read before templates are resolved.
            let found = display::value(value);
            if level.is_deployment() || !self.is_template(value) {
                self.add(Code::WRONG_AUTOMATION_VALUE, path, value)
                    .shown("field", last(path))
                    .with("expected", "an object")
                    .with("found", &found);
            }
            return;
        }
        if level.depth > MAX_NESTING {
            self.add(Code::TRIGGERS_TOO_DEEP, path, value).opening().count("limit", MAX_NESTING);
            return;
        }
        let posture = value.get("posture");
        let kind = value.get("type");
        if cloud::is_metric(value) {
            if self.options.cloud {
                self.metric_trigger(value, path);
                return;
            }
            let (field, place) = match kind.filter(|kind| kind.is("metric")) {
                Some(kind) => ("type", kind),
                None => ("posture", posture.unwrap_or(value)),
            };
            self.add(Code::METRIC_TRIGGER, &Path::Key(path, field), place);
            return;
        }
        let Some(of_kind) = self.kinds.of(value, level) else {
            let kind = kind.unwrap_or(value);
            if self.is_template(kind) {
                return;
            }
            let name = kind.string();
            let finding = self.add(Code::UNKNOWN_TRIGGER_TYPE, &Path::Key(path, "type"), kind).text("found", kind);
            if kind.is_string()
                && let Some(near) = nearest(&name, &mut TYPES.iter().copied())
            {
                finding.with("expected", near).replace(kind, near);
            }
            return;
        };
        // The client's model has no such field.
        if !level.lenient {
            self.optional(value, "id", path, Self::uuid_field);
        }
        match of_kind {
            TriggerKind::Event => self.event_trigger(value, path, level),
            TriggerKind::Composite(order) => self.composite(value, path, order, level),
        }
    }

    fn event_trigger(&mut self, value: Value<'_>, path: &Path<'_>, level: Level) {
        const WHAT: &str = "the trigger";
        let posture = match value.get("posture") {
            Some(found) => {
                let posture = read::posture(found);
                if posture.is_none() && !self.is_template(found) {
                    let expected = [Posture::Reactive, Posture::Proactive].map(Posture::name);
                    let text = found.string();
                    let finding =
                        self.add(Code::UNKNOWN_POSTURE, &Path::Key(path, "posture"), found).text("found", found);
                    if let Some(near) = nearest(&text, &mut expected.into_iter()) {
                        finding.with("expected", near).replace(found, near);
                    }
                }
                posture
            }
            None if level.lenient => {
                self.rest_api.missing("posture", value);
                Some(Posture::Reactive)
            }
            None => {
                self.missing(WHAT, value, "posture", path);
                None
            }
        };
        self.labels(value, path);
        for field in OF_EVENT_TRIGGERS.iter().filter(|field| field.kind != FieldKind::Uuid) {
            self.optional(value, field.name, path, |check, name, value, path| {
                check.field(field.kind, name, value, path);
            });
        }
        let within = value.get("within");
        let path = Path::Key(path, "within");
        match (within, within.map(scalar::duration)) {
            (Some(within), Some(None)) => self.not_a_duration(within, &path),
            (Some(within), Some(Some(micros))) => {
                let least = match posture {
                    Some(Posture::Proactive) if micros != 0 => PROACTIVE_MINIMUM,
                    _ => 0,
                };
                if micros < least {
                    let expected = if least == 0 { "0 seconds or more" } else { "at least 10 seconds" };
                    let posture = posture.unwrap_or(Posture::Reactive).name();
                    self.add(Code::WITHIN_TOO_SHORT, &path, within)
                        .with("posture", posture)
                        .with("expected", expected)
                        .string("found", within);
                }
            }
            _ => {}
        }
    }

    /// The labels that an event's resources must have.
    pub(super) fn labels(&mut self, value: Value<'_>, path: &Path<'_>) {
        if let Some(found) = value.get("match") {
            self.specification(found, "match", &Path::Key(path, "match"));
        }
        if let Some(found) = value.get("match_related") {
            let path = Path::Key(path, "match_related");
            if found.kind() == Kind::Array {
                for (index, item) in found.items().enumerate() {
                    self.specification(item, "match_related", &Path::Item(&path, index));
                }
            } else {
                self.specification(found, "match_related", &path);
            }
        }
    }

    fn not_a_duration(&mut self, within: Value<'_>, path: &Path<'_>) {
        if self.environment_as_duration("within", within, path) || self.is_template(within) {
            return;
        }
        let digits = within.is_string().then(|| within.string());
        let seconds = digits.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
        let finding = self.add(Code::NOT_A_DURATION, path, within).with("field", "within").text("found", within);
        if let Some(seconds) = seconds {
            finding.with("seconds", &seconds).fix(vec![(within.span(), seconds.into_owned())]);
        }
    }

    fn composite(&mut self, value: Value<'_>, path: &Path<'_>, order: Order, level: Level) {
        let what = if order == Order::Any { "the compound trigger" } else { "the sequence trigger" };
        match value.get("within") {
            None if level.lenient => self.rest_api.missing("within", value),
            None if self.options.profile == Profile::Server && read::composite_window(value, false).is_some() => {}
            None => self.missing(what, value, "within", path),
            Some(within) => {
                if read::composite_within(within).is_none() {
                    self.not_a_duration(within, &Path::Key(path, "within"));
                }
            }
        }
        let triggers = value.get("triggers");
        let list = triggers.filter(|list| list.kind() == Kind::Array);
        match (triggers, list) {
            (None, _) => self.missing(what, value, "triggers", path),
            (Some(found), None) => {
                self.wrong_type("triggers", "a list of triggers", &Path::Key(path, "triggers"), found);
            }
            (_, Some(list)) => {
                let path = Path::Key(path, "triggers");
                let level = level.inner();
                for (index, child) in list.items().enumerate() {
                    self.trigger(child, &Path::Item(&path, index), level);
                }
            }
        }
        if order == Order::Any {
            let children = list.map(|list| list.items().count());
            match value.get("require") {
                None => self.missing(what, value, "require", path),
                Some(require) => self.require(require, children, &Path::Key(path, "require")),
            }
        }
    }

    fn require(&mut self, require: Value<'_>, children: Option<usize>, path: &Path<'_>) {
        if require.is("any") || require.is("all") || self.is_template(require) {
            return;
        }
        let Some(number) = scalar::integer(require) else {
            self.wrong_type("require", "`any`, `all` or a whole number", path, require);
            return;
        };
        let children = children.unwrap_or(usize::MAX);
        if usize::try_from(number).is_ok_and(|number| (1..=children).contains(&number)) {
            return;
        }
        let finding = self.add(Code::REQUIRE_OUT_OF_RANGE, path, require).string("found", require);
        match children {
            usize::MAX | 0 => finding.with("expected", "at least 1"),
            1 => finding.with("expected", "1, because there is one trigger"),
            _ => finding.say("expected", format_args!("between 1 and the number of triggers, {children}")),
        };
    }

    /// Labels, each with a string or a list of strings.
    fn specification(&mut self, value: Value<'_>, field: &str, path: &Path<'_>) {
        if value.kind() != Kind::Object {
            self.wrong_type(field, "an object of labels", path, value);
            return;
        }
        for (key, patterns) in value.members() {
            let label = key.string();
            let path = Path::Key(path, &label);
            if patterns.kind() == Kind::Array {
                for (index, pattern) in patterns.items().enumerate() {
                    if scalar::text(pattern).is_none() && !pattern.has_lone_surrogate() {
                        self.label_pattern(&label, &Path::Item(&path, index), pattern);
                    }
                }
            } else if scalar::text(patterns).is_none() && !patterns.has_lone_surrogate() {
                self.label_pattern(&label, &path, patterns);
            }
        }
    }

    fn label_pattern(&mut self, label: &str, path: &Path<'_>, value: Value<'_>) {
        let finding = self.add(Code::LABEL_PATTERN_NOT_TEXT, path, value).shown("label", label).value("found", value);
        if value.is_number() || matches!(value.kind(), Kind::True | Kind::False) {
            finding.fix(crate::diagnostic::edits::quote(value));
        }
    }
}

/// The kind of one trigger.
pub(crate) fn kind_of(value: Value<'_>, level: Level) -> Option<TriggerKind> {
    Kinds::default().of(value, level)
}

/// The kinds of the triggers of a document, as the server or the more lenient client infers them. What the kind of one
/// without `type` depends on is all that it contains, so that this is read once and kept.
#[derive(Default)]
pub(crate) struct Kinds {
    /// Whether the server reads a trigger as an event trigger. `None`: it rejects it.
    read: Map<u32, Option<bool>>,
    /// Whether some are nested too deeply: then a kind depends on the trigger with which the reading begins.
    deep: bool,
}

impl Kinds {
    fn is_event(&mut self, value: Value<'_>) -> bool {
        let read = self.read(value, 0);
        if self.deep { matches!(read::trigger(value), Some(Trigger::Event(_))) } else { read == Some(true) }
    }

    /// As `read::trigger` does.
    fn read(&mut self, value: Value<'_>, depth: usize) -> Option<bool> {
        if let Some(known) = self.read.get(&value.index()) {
            return *known;
        }
        step(1);
        let event = || read::event_trigger(value, None).map(|_| true);
        let read = match read::trigger_kind(value) {
            Some(TriggerKind::Event) => event(),
            Some(TriggerKind::Composite(order)) => match self.composite(value, order, depth) {
                None if value.get("type").is_none() => event(),
                read => read.map(|()| false),
            },
            None => None,
        };
        self.read.insert(value.index(), read);
        read
    }

    fn composite(&mut self, value: Value<'_>, order: Order, depth: usize) -> Option<()> {
        if depth >= MAX_NESTING {
            self.deep = true;
            return None;
        }
        let child = |item: Value<'_>| self.read(item, depth.saturating_add(1));
        read::composite_of(value, order, false, child).map(drop)
    }

    pub(crate) fn of(&mut self, value: Value<'_>, level: Level) -> Option<TriggerKind> {
        if level.lenient && value.get("type").is_none() {
            // `deployment_trigger_discriminator`, `trigger_discriminator`
            return Some(match (value.get("triggers"), value.get("require")) {
                (Some(_), Some(_)) => TriggerKind::Composite(Order::Any),
                (Some(_), None) => TriggerKind::Composite(Order::Declared),
                (None, _) => TriggerKind::Event,
            });
        }
        let kind = read::trigger_kind(value)?;
        // Without `type` the server uses the first type that fits. One key shows the intention better than none.
        if kind == TriggerKind::Event
            && value.get("type").is_none()
            && value.get("triggers").is_some()
            && value.get("posture").is_none()
        {
            return Some(TriggerKind::Composite(read::guessed_order(value)));
        }
        if value.get("type").is_none() && value.get("posture").is_some() && self.is_event(value) {
            return Some(TriggerKind::Event);
        }
        Some(kind)
    }
}

/// The last step of a path, for messages.
fn last<'p>(path: &Path<'p>) -> &'p str {
    match *path {
        Path::Field(name) | Path::Key(_, name) => name,
        _ => "trigger",
    }
}
