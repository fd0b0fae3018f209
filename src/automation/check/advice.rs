//! Advice: what the server accepts, but probably isn't what the author intended.
//!
//! Sources: `server/events/triggers.py`, and `EventTrigger` in `server/events/schemas/automations.py`.

use crate::catalogue;
use crate::catalogue::runs::{FLOW_RUN, TASK_RUN};
use crate::diagnostic::edits::Edits;
use crate::diagnostic::path::Path;
use crate::diagnostic::{Code, Severity};
use crate::json::{Kind, Value, write};
use crate::text::steps::step;
use crate::time::scalar;
use crate::time::units::SECOND;
use crate::yaml;

use super::super::fields::{OF_COMPOSITE_TRIGGERS, OF_DEPLOYMENT_TRIGGERS, OF_EVENT_TRIGGERS, STATE_TYPES, names};
use super::super::model::{EventTrigger, Order, Posture};
use super::super::read::{self, MAX_NESTING, TriggerKind};
use super::options::PrefectVersion;
use super::trigger::Level;
use super::{Check, cloud};

/// The lists of actions of an automation, each with its name.
pub(super) type Actions<'a, 't> = &'a [(&'static str, Option<Value<'t>>)];

/// The most names in `after` that are compared with patterns in `expect`.
const MOST_COMPARISONS: usize = 100_000;

/// The fields whose values are booleans.
const BOOLEANS: [&str; 2] = ["enabled", "force"];

impl Check<'_, '_> {
    /// All advice on a trigger, and on the actions that belong to it.
    pub(super) fn advise(&mut self, trigger: Value<'_>, path: &Path<'_>, level: Level, actions: Actions<'_, '_>) {
        if !self.advises() {
            return;
        }
        self.advise_trigger(trigger, path, level, None, 0);
        self.acts_on_itself(trigger, level, actions);
        for (field, list) in actions {
            let list_path = Path::Field(field);
            for (index, action) in list.iter().flat_map(|list| list.items()).enumerate() {
                self.ignored_of_action(action, &Path::Item(&list_path, index));
            }
        }
        if let Some(event) = read::event_trigger(trigger, level.default_posture())
            && super::heartbeat::is_about(&event)
        {
            self.forced(actions);
        }
    }

    /// `around`: the kind of the composite trigger that contains it, if that trigger needs others too.
    fn advise_trigger(&mut self, value: Value<'_>, path: &Path<'_>, level: Level, around: Option<Order>, depth: usize) {
        if value.kind() != Kind::Object || depth > MAX_NESTING || cloud::is_metric(value) {
            return;
        }
        let of_deployments = names(&OF_DEPLOYMENT_TRIGGERS);
        let own: &[&'static str] = if level.is_deployment() { &of_deployments } else { &[] };
        match self.kinds.of(value, level) {
            Some(TriggerKind::Composite(order)) => {
                self.ignored_fields(value, path, "triggers", &[&names(&OF_COMPOSITE_TRIGGERS), own]);
                self.advise_composite(value, path, order);
                // If one trigger is enough, nothing is mixed.
                let around = around.or(Some(order).filter(|_| needs_several(value, order)));
                if let Some(list) = value.get("triggers") {
                    let path = Path::Key(path, "triggers");
                    for (index, child) in list.items().enumerate() {
                        self.advise_trigger(
                            child,
                            &Path::Item(&path, index),
                            level.inner(),
                            around,
                            depth.saturating_add(1),
                        );
                    }
                }
            }
            Some(TriggerKind::Event) => {
                self.ignored_fields(value, path, "triggers", &[&names(&OF_EVENT_TRIGGERS), own]);
                // The value of a template is unknown.
                if self.has_templates(value) {
                    return;
                }
                if let Some(event) = read::event_trigger(value, level.default_posture()) {
                    self.advise_event(value, &event, path, around);
                }
            }
            None => {}
        }
    }

    fn advise_composite(&mut self, value: Value<'_>, path: &Path<'_>, order: Order) {
        let kind = if order == Order::Any { "compound" } else { "sequence" };
        if let Some(list) = value.get("triggers").filter(|list| list.kind() == Kind::Array)
            && list.items().next().is_none()
        {
            self.add(Code::EMPTY_COMPOSITE, &Path::Key(path, "triggers"), list).with("kind", kind);
        }
        if let Some(within) = value.get("within")
            && let Some(Some(..0)) = read::composite_within(within)
        {
            self.add(Code::NEGATIVE_WITHIN, &Path::Key(path, "within"), within);
        }
    }

    fn advise_event(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>, around: Option<Order>) {
        if !self.is_mixed
            && let Some(order) = around
            && let Some(for_each) = value.get("for_each").filter(|_| !event.for_each.is_empty())
        {
            self.is_mixed = true;
            let kind = if order == Order::Any { "compound" } else { "sequence" };
            self.add(Code::FOR_EACH_IN_COMPOSITE, &Path::Key(path, "for_each"), for_each).with("kind", kind);
        }
        self.patterns_of_labels(value, path);
        self.names_of_events(value, path);
        self.reach(value, event, path);
        let threshold = value.get("threshold");
        if let (Some(threshold), ..=0) = (threshold, event.threshold) {
            let effect = match event.posture {
                Posture::Reactive => "fires on its first event, as with `threshold: 1`",
                Posture::Proactive => "never fires: fewer than 0 events cannot arrive",
            };
            self.add(Code::THRESHOLD_NOT_POSITIVE, &Path::Key(path, "threshold"), threshold)
                .say("found", format_args!("{}", event.threshold))
                .with("effect", effect);
        }
        match event.posture {
            Posture::Reactive => self.advise_reactive(value, event, path, around),
            Posture::Proactive => self.advise_proactive(value, event, path),
        }
    }

    fn advise_reactive(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>, around: Option<Order>) {
        // A trigger that waits for others does not fire alone.
        if around.is_some() || !self.fires_itself(value, event, path) {
            self.empty_expect(value, event, path);
        }
        if event.within != 0 {
            return;
        }
        if !event.after.is_empty() {
            // Both are sorted.
            let both = event.after.iter().all(|name| event.expect.binary_search(name).is_ok());
            let effect = if both && event.threshold > 0 {
                "never fires: with a window of 0 seconds, an event in both lists does not count"
            } else {
                "waits only for about a minute, until the server deletes its window"
            };
            let place = value.get("after").unwrap_or(value);
            self.add(Code::AFTER_WITHOUT_WITHIN, &Path::Key(path, "after"), place).with("effect", effect);
        } else if let (Some(threshold), 2..) = (value.get("threshold"), event.threshold) {
            self.add(Code::THRESHOLD_WITHOUT_WITHIN, &Path::Key(path, "threshold"), threshold)
                .say("threshold", format_args!("{}", event.threshold));
        }
    }

    fn advise_proactive(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        let heartbeats = super::heartbeat::is_about(event);
        let within = value.get("within");
        if within.is_none_or(|within| scalar::duration(within) == Some(0)) {
            let (place, at) = within.map_or((value, path), |within| (within, path));
            let draft = self.add(Code::WITHIN_BY_DEFAULT, &Path::Key(at, "within"), place);
            if within.is_none() {
                draft.opening();
            }
        } else if let Some(within) = within.filter(|within| within.is_string()) {
            let old = self.options.server_version.map(|version| version < PrefectVersion(3, 9, 0));
            let severity = match old {
                Some(false) => None,
                Some(true) => Some(Severity::Error),
                None => Some(Code::WITHIN_TEXT_BEFORE_3_9.severity()),
            };
            if let Some(severity) = severity {
                let seconds = seconds(event.within);
                self.findings
                    .add_as(severity, Code::WITHIN_TEXT_BEFORE_3_9, &self.subject, &Path::Key(path, "within"), within)
                    .fix(vec![(within.span(), seconds)]);
            }
        }
        if heartbeats {
            self.advise_heartbeats(value, event, path);
            return;
        }
        if !self.heartbeats_end_the_watch(value, event, path) {
            self.empty_expect(value, event, path);
        }
        if event.for_each.is_empty() {
            let effect = if event.after.is_empty() {
                "it fires whenever no resource had an event"
            } else {
                "it fires again and again, even if no event of `after` ever arrives"
            };
            let edits = self.insert_for_each(value);
            self.add(Code::PROACTIVE_WITHOUT_FOR_EACH, path, value).opening().with("effect", effect).fix(edits);
        } else if event.after.is_empty() && event.threshold > 0 {
            let effect = if event.threshold == 1 {
                "never fires: the event that opens the window also counts in it"
            } else {
                "fires after the first event of a resource, and then again after each window, forever"
            };
            let place = value.get("for_each").unwrap_or(value);
            self.add(Code::PROACTIVE_WITHOUT_AFTER, &Path::Key(path, "for_each"), place).with("effect", effect);
        } else if let [_, _, ..] = event.after.as_slice() {
            let wildcards: Vec<&String> = event.expect.iter().filter(|pattern| pattern.contains('*')).collect();
            // Looks at no more than that: it is only advice, and nobody writes so many.
            let is_bounded = wildcards.len().saturating_mul(event.after.len()) <= MOST_COMPARISONS;
            let expected = |name: &String| {
                event.expect.is_empty()
                    || event.expect.binary_search(name).is_ok()
                    || wildcards.iter().any(|pattern| covers(pattern, name))
            };
            let fixed = event.after.iter().filter(|_| is_bounded).find(|name| !expected(name));
            if let (Some(fixed), Some(after)) = (fixed, value.get("after")) {
                self.add(Code::SEVERAL_AFTER, &Path::Key(path, "after"), after).shown("found", fixed);
            }
        }
    }

    fn empty_expect(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        if !event.expect.is_empty() {
            return;
        }
        let detail = if event.after.is_empty() { "" } else { ", including the one of `after`" };
        let (place, is_there) = value.get("expect").map_or((value, false), |expect| (expect, true));
        let draft = self.add(Code::EMPTY_EXPECT, &Path::Key(path, "expect"), place).with("detail", detail);
        if !is_there {
            draft.opening();
        }
    }

    /// Lists of patterns in `match` and `match_related`.
    fn patterns_of_labels(&mut self, value: Value<'_>, path: &Path<'_>) {
        for field in ["match", "match_related"] {
            let Some(found) = value.get(field) else { continue };
            let path = Path::Key(path, field);
            if found.kind() == Kind::Array {
                for (index, item) in found.items().enumerate() {
                    self.patterns_of_specification(item, &Path::Item(&path, index));
                }
            } else {
                self.patterns_of_specification(found, &path);
            }
        }
    }

    fn patterns_of_specification(&mut self, specification: Value<'_>, path: &Path<'_>) {
        for (key, patterns) in specification.members().filter(|(_, patterns)| patterns.kind() == Kind::Array) {
            let label = key.string();
            let path = Path::Key(path, &label);
            let is_negated = |item: &(usize, Value<'_>)| item.1.string().starts_with('!');
            let count = patterns.items().count();
            if count == 0 {
                self.add(Code::EMPTY_PATTERN_LIST, &path, patterns).shown("label", &label);
            } else if count > 1
                && let Some((index, negated)) = patterns.items().enumerate().find(is_negated)
            {
                let others = patterns.items().enumerate().filter(is_negated).count();
                let effect = if others > 1 {
                    "also matches what another negated pattern excludes"
                } else {
                    "also matches nearly everything that the others do not name"
                };
                self.add(Code::NEGATED_PATTERN_IN_LIST, &Path::Item(&path, index), negated)
                    .shown("label", &label)
                    .string("pattern", negated)
                    .with("effect", effect);
            }
        }
    }

    /// The names and patterns in `expect` and `after`.
    fn names_of_events(&mut self, value: Value<'_>, path: &Path<'_>) {
        for field in ["expect", "after"] {
            let path = Path::Key(path, field);
            for (index, item) in value.get(field).into_iter().flat_map(Value::items).enumerate() {
                self.name_of_event(item, field, &Path::Item(&path, index));
            }
        }
    }

    fn name_of_event(&mut self, item: Value<'_>, field: &str, path: &Path<'_>) {
        let name = item.string();
        // Three matchers must agree (`EventTrigger.covers`, `.expects`, and the index of triggers).
        let reason = match () {
            () if name.is_empty() => Some("it is empty"),
            () if name.starts_with('!') => Some("names cannot be negated"),
            () if name.contains('?') => Some("`?` is not a wildcard in names"),
            () if name.contains('[') => Some("`[…]` is not a wildcard in names"),
            () => None,
        };
        if let Some(reason) = reason {
            self.add(Code::EVENT_PATTERN_NEVER_MATCHES, path, item)
                .shown("pattern", &name)
                .with("field", field)
                .with("reason", reason);
            return;
        }
        if let Some((before, _)) = name.split_once('*') {
            if self.pattern_without_events(item, &name, field, path) {
                return;
            }
            if before.len().saturating_add(1) != name.len() {
                self.add(Code::UNDOCUMENTED_WILDCARD, path, item).shown("pattern", &name).with("field", field);
            }
            return;
        }
        for run in [FLOW_RUN, TASK_RUN] {
            if let Some(state) = name.strip_prefix(run)
                && let Some(state_type) = STATE_TYPES.iter().find(|known| **known == state)
            {
                let expected = [run, &capitalised(state_type)].concat();
                self.add(Code::STATE_TYPE_AS_NAME, path, item)
                    .shown("pattern", &name)
                    .with("field", field)
                    .with("expected", &expected)
                    .replace(item, &expected);
                return;
            }
        }
        if name.starts_with("prefect")
            && let Some(expected) = catalogue::suggest(&name)
            // A state can have any name, but hardly one that differs only in case.
            && (catalogue::find(&name).is_none() || expected.eq_ignore_ascii_case(&name))
        {
            self.add(Code::MISSPELT_EVENT, path, item)
                .shown("pattern", &name)
                .with("expected", &expected)
                .replace(item, &expected);
            return;
        }
        self.name_without_event(item, &name, field, path);
    }

    /// Plain values that YAML 1.1 and 1.2 read differently.
    pub(super) fn yaml_scalars(&mut self, value: Value<'_>) {
        if self.advises() {
            self.yaml_scalar(value, &Path::Root, 0);
        }
    }

    fn yaml_scalar(&mut self, value: Value<'_>, path: &Path<'_>, depth: usize) {
        if depth > MAX_NESTING.saturating_mul(2) {
            return;
        }
        let depth = depth.saturating_add(1);
        for (key, member) in value.members() {
            let name = key.string();
            // The field is a boolean: then both mean the same.
            if !(BOOLEANS.contains(&&*name) && scalar::boolean(member).is_some()) {
                self.yaml_scalar(member, &Path::Key(path, &name), depth);
            }
        }
        for (index, item) in value.items().enumerate() {
            self.yaml_scalar(item, &Path::Item(path, index), depth);
        }
        // If the value is an error anyway, this advice adds nothing.
        if let Some((raw, meaning)) = yaml_1_1(value)
            && !self.findings.has(&path.pointer())
        {
            self.add(Code::YAML_1_1_VALUE, path, value).shown("found", raw).with("meaning", meaning);
        }
    }

    /// Adds `for_each: ["prefect.resource.id"]` to a trigger, in its style.
    pub(super) fn insert_for_each(&self, trigger: Value<'_>) -> Edits {
        const LIST: &str = "[\"prefect.resource.id\"]";
        if let Some(for_each) = trigger.get("for_each") {
            return vec![(for_each.span(), LIST.to_owned())];
        }
        crate::diagnostic::edits::insert_raw(self.text, trigger, "for_each", LIST)
    }
}

/// A plain value of YAML and its meaning in YAML 1.1, if that differs.
pub(super) fn yaml_1_1(value: Value<'_>) -> Option<(&str, &'static str)> {
    let raw = std::str::from_utf8(value.written()).ok().filter(|_| value.is_bare())?;
    Some((raw, yaml::yaml_1_1(raw)?))
}

/// Whether a composite trigger fires only when several of its triggers have fired.
fn needs_several(value: Value<'_>, order: Order) -> bool {
    let children = value.get("triggers").map_or(0, |list| list.items().count());
    let require = match order {
        Order::Any => value.get("require").and_then(|require| read::require(require, children)),
        Order::Declared => Some(children),
    };
    require.is_none_or(|require| require > 1)
}

/// Whether an event of this name is expected.
pub(super) fn expects(event: &EventTrigger, name: &str) -> bool {
    event.expect.is_empty() || event.expect.iter().any(|pattern| covers(pattern, name))
}

/// Whether a pattern matches a name. Each `*` matches at least one character; other wildcards are not supported.
pub(super) fn covers(pattern: &str, name: &str) -> bool {
    step(1);
    let Some((start, mut rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    loop {
        step(1);
        let mut characters = name.chars();
        if characters.next().is_none() {
            return false;
        }
        name = characters.as_str();
        // The earliest match of a piece between two wildcards is always sufficient.
        let Some((piece, after)) = rest.split_once('*') else { return name.ends_with(rest) };
        let Some(at) = name.find(piece) else { return false };
        name = name.get(at.saturating_add(piece.len())..).unwrap_or_default();
        rest = after;
    }
}

/// Microseconds as a number of seconds.
fn seconds(micros: i64) -> String {
    let (whole, rest) = (micros.div_euclid(SECOND), micros.rem_euclid(SECOND));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:06}").trim_end_matches('0').to_owned() }
}

/// `COMPLETED` → `Completed`.
pub(super) fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at_checked(1).unwrap_or_default();
    [first, &rest.to_ascii_lowercase()].concat()
}

/// A list of one text, as JSON and YAML write it.
pub(super) fn list_of_one(text: &str) -> String {
    ["[", &write::quoted(text), "]"].concat()
}
