//! Triggers that wait for events that never come: labels, roles and values that the named events do not have.

use crate::catalogue::runs::HEARTBEAT;
use crate::catalogue::{LabelForm, Related};
use crate::diagnostic::Code;
use crate::diagnostic::path::Path;
use crate::json::{Kind, Value};
use crate::text::nearest::nearest;
use crate::text::{order, phrase};

use super::super::model::{EventTrigger, Posture};
use super::Check;
use super::names::{kind_of, nearest_state};
use super::shape::{self, Event, Events, Fit, ID, NAME, ROLE};

/// Which of a trigger's events a finding is about.
struct Side<'n> {
    names: &'n [String],
    field: &'static str,
    events: Events<'n>,
    /// The consequence if none of them matches.
    effect: &'static str,
}

impl Side<'_> {
    /// The events, as part of a sentence.
    fn shown(&self) -> String {
        match self.names {
            [name] => ["`", &phrase::shown(name), "`"].concat(),
            _ => ["the events in `", self.field, "`"].concat(),
        }
    }

    fn primary(&self) -> Option<&'static str> {
        let mut ids = self.events.known.iter().map(|event| primary(*event));
        let first = ids.next()??;
        ids.all(|id| id == Some(first)).then_some(first)
    }

    fn related(&self) -> impl Iterator<Item = &'static Related> {
        self.events.known.iter().flat_map(|event| event.family.related)
    }
}

/// The form of the primary resource's id.
fn primary(event: Event<'_>) -> Option<&'static str> {
    match &shape::find(event.family.labels, ID)?.form {
        LabelForm::Templates([one, ..]) => Some(one.template.text),
        _ => None,
    }
}

/// `prefect.flow-run.{uuid}` → `flow-run`
fn kind(form: &'static str) -> &'static str {
    kind_of(form.split_once('{').map_or(form, |(before, _)| before))
}

type Labels<'v> = Vec<(String, Vec<String>, Value<'v>, Value<'v>)>;

impl Check<'_, '_> {
    pub(super) fn reach(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        let reactive = event.posture == Posture::Reactive;
        let of_expect = match () {
            () if reactive => ", so this trigger never fires",
            () if event.after.is_empty() && !event.for_each.is_empty() => {
                ", so no event opens a window, and this trigger never fires"
            }
            () => ", so no event counts, and this trigger fires at the end of every window",
        };
        let of_after = if reactive || !event.for_each.is_empty() {
            ", so no window opens, and this trigger never fires"
        } else {
            ", so no event opens a window"
        };
        let after = Side { names: &event.after, field: "after", events: Events::of(&event.after), effect: of_after };
        let expect =
            Side { names: &event.expect, field: "expect", events: Events::of(&event.expect), effect: of_expect };
        if !self.never_matches(value, &after, path) {
            self.never_matches(value, &expect, path);
        }
        self.for_each_of_none(value, event, path);
    }

    fn never_matches(&mut self, value: Value<'_>, side: &Side<'_>, path: &Path<'_>) -> bool {
        if !side.events.are_known() {
            return false;
        }
        if let Some(found) = value.get("match")
            && self.match_never(found, side, &Path::Key(path, "match"))
        {
            return true;
        }
        let Some(related) = value.get("match_related") else { return false };
        let path = Path::Key(path, "match_related");
        if related.kind() == Kind::Array {
            return related
                .items()
                .take(10)
                .enumerate()
                .any(|(index, item)| self.related_never(item, side, &Path::Item(&path, index)));
        }
        self.related_never(related, side, &path)
    }

    fn match_never(&mut self, specification: Value<'_>, side: &Side<'_>, path: &Path<'_>) -> bool {
        let mut left: Vec<Event<'_>> = side.events.known.clone();
        if shape::labels(specification).iter().any(|(_, patterns, ..)| patterns.is_empty()) {
            return false;
        }
        for (label, patterns, key, value) in shape::labels(specification) {
            let before = std::mem::take(&mut left);
            left.extend(before.iter().copied().filter(|event| event.label(&label, &patterns) != Fit::Never));
            if !left.is_empty() {
                continue;
            }
            let path = Path::Key(path, &label);
            let pattern = patterns.first().map_or("", String::as_str);
            if label == ID
                && let Some(related) = side.related().find(|one| shape::of_related(one, ID, &patterns) != Fit::Never)
            {
                let resource = side.primary().map_or("another", kind);
                self.add(Code::MATCH_ON_RELATED_RESOURCE, &path, value)
                    .shown("pattern", pattern)
                    .with("events", &side.shown())
                    .with("resource", resource)
                    .with("role", related.role)
                    .with("effect", side.effect);
                return true;
            }
            if label == ROLE {
                self.add(Code::MATCH_ON_RELATED_RESOURCE, &path, value)
                    .shown("pattern", pattern)
                    .with("events", &side.shown())
                    .with("resource", side.primary().map_or("another", kind))
                    .with("role", pattern)
                    .with("effect", side.effect);
                return true;
            }
            let who = ["the resource of ", &side.shown()].concat();
            let known: Vec<&'static str> =
                before.iter().flat_map(|event| event.family.labels).map(|label| label.name).collect();
            if !known.contains(&&*label) {
                let free: Vec<&'static str> =
                    known.into_iter().filter(|known| specification.get(known).is_none()).collect();
                self.label_never(&label, label_hint(&label, pattern, side), &who, &free, side, key, &path);
                return true;
            }
            let forms = before.iter().filter_map(|event| shape::find(event.family.labels, &label));
            let forms: Vec<&'static LabelForm> = forms.map(|label| &label.form).collect();
            self.value_never(&label, pattern, &who, &forms, side, value, &path);
            return true;
        }
        false
    }

    fn related_never(&mut self, specification: Value<'_>, side: &Side<'_>, path: &Path<'_>) -> bool {
        let mut labels: Labels<'_> = shape::labels(specification);
        // The role and the id say which resource is intended.
        order::by_key(&mut labels, &mut |(label, ..)| match label.as_str() {
            ROLE => 0,
            ID => 1,
            _ => 2,
        });
        let mut left: Vec<&'static Related> = side.related().collect();
        let mut role = None;
        for (label, patterns, key, value) in &labels {
            let before = std::mem::take(&mut left);
            left.extend(before.iter().filter(|one| shape::of_related(one, label, patterns) != Fit::Never));
            if label == ROLE {
                role = patterns.first().filter(|_| patterns.len() == 1);
            }
            if !left.is_empty() {
                continue;
            }
            let at = Path::Key(path, label);
            let pattern = patterns.first().map_or("", String::as_str);
            let tag = labels.iter().find(|(label, ..)| is_tag(label));
            if let Some((tag, patterns, key, _)) = tag {
                let (at, pattern) = (Path::Key(path, tag), patterns.first().map_or("", String::as_str));
                self.label_never(tag, Some(tag_hint(pattern)), "a related resource", &[], side, *key, &at);
                return true;
            }
            let is_primary = match label.as_str() {
                ROLE => side.primary().map(kind) == Some(pattern),
                ID => side.events.known.iter().all(|event| event.label(ID, patterns) != Fit::Never),
                _ => false,
            };
            if is_primary {
                self.add(Code::RELATED_ON_PRIMARY_RESOURCE, &at, *value)
                    .shown("pattern", pattern)
                    .with("events", &side.shown())
                    .with("resource", side.primary().map_or("this", kind))
                    .with("effect", side.effect);
                return true;
            }
            if label == ROLE {
                self.role_never(pattern, side, *value, &at);
                return true;
            }
            let who = match role {
                Some(role) => format!("a related resource in the role `{}` of {}", phrase::shown(role), side.shown()),
                None => ["a related resource of ", &side.shown()].concat(),
            };
            let known: Vec<&'static str> =
                before.iter().flat_map(|one| one.labels).map(|label| label.name).chain([ID, ROLE]).collect();
            if known.contains(&label.as_str()) {
                let form = |one: &&'static Related| match label.as_str() {
                    ID => Some(&one.id),
                    _ => shape::find(one.labels, label).map(|label| &label.form),
                };
                let forms: Vec<&'static LabelForm> = before.iter().filter_map(form).collect();
                self.value_never(label, pattern, &who, &forms, side, *value, &at);
            } else {
                let is_name_of_tag = label == NAME && role.is_some_and(|role| role == "tag");
                let hint = if is_name_of_tag { Some(tag_hint(pattern)) } else { label_hint(label, pattern, side) };
                // Labels that are already present are not suggested.
                let free: Vec<&'static str> =
                    known.into_iter().filter(|known| labels.iter().all(|(label, ..)| label != known)).collect();
                self.label_never(label, hint, &who, &free, side, *key, &at);
            }
            return true;
        }
        false
    }

    fn role_never(&mut self, role: &str, side: &Side<'_>, value: Value<'_>, path: &Path<'_>) {
        let mut roles: Vec<&'static str> = Vec::new();
        for one in side.related() {
            if !roles.contains(&one.role) {
                roles.push(one.role);
            }
        }
        if side.names == [HEARTBEAT] {
            self.add(Code::HEARTBEAT_MATCH_RELATED, path, value).shown("role", role);
            return;
        }
        let near = nearest(role, &mut roles.iter().copied());
        let listed = phrase::list(&mut roles.iter().copied(), " and ");
        let finding = self
            .add(Code::ROLE_NEVER_RELATED, path, value)
            .shown("role", role)
            .with("events", &side.shown())
            .with("effect", side.effect);
        match near {
            Some(near) if value.is_string() => {
                finding
                    .say("hint", format_args!("did you mean `{near}`? There are {listed}"))
                    .with("expected", near)
                    .replace(value, near);
            }
            _ if roles.is_empty() => {
                finding.with("hint", "they have no related resources: use `match`");
            }
            _ => {
                finding.say("hint", format_args!("there are {listed}"));
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn label_never(
        &mut self,
        label: &str,
        hint: Option<String>,
        who: &str,
        known: &[&'static str],
        side: &Side<'_>,
        key: Value<'_>,
        path: &Path<'_>,
    ) {
        let near = nearest(label, &mut known.iter().copied());
        let (hint, near) = if let Some(hint) = hint {
            (hint, None)
        } else if let Some(near) = near {
            (format!("did you mean `{near}`?"), Some(near))
        } else {
            let mut names: Vec<&str> = Vec::new();
            for name in known {
                if !names.contains(name) {
                    names.push(name);
                }
            }
            (format!("it has {}", phrase::list(&mut names.into_iter(), " and ")), None)
        };
        let finding = self
            .add(Code::LABEL_NEVER_PRESENT, path, key)
            .shown("label", label)
            .with("who", who)
            .with("hint", &hint)
            .with("effect", side.effect);
        if let Some(near) = near {
            finding.with("expected", near).replace(key, near);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn value_never(
        &mut self,
        label: &str,
        pattern: &str,
        who: &str,
        forms: &[&'static LabelForm],
        side: &Side<'_>,
        value: Value<'_>,
        path: &Path<'_>,
    ) {
        let mut known: Vec<&'static str> = Vec::new();
        for form in forms {
            let all: Vec<&'static str> = match form {
                LabelForm::Values { values, .. } => values.iter().map(|value| value.text).collect(),
                LabelForm::Templates(all) => all.iter().map(|one| one.template.text).collect(),
                _ => Vec::new(),
            };
            for one in all {
                if !known.contains(&one) {
                    known.push(one);
                }
            }
        }
        let states: Vec<&str> = side.events.known.iter().filter_map(|event| event.state).collect();
        let near = nearest(pattern, &mut known.iter().copied())
            .or_else(|| nearest_state(pattern, &mut states.iter().copied()).map(|(near, _)| near));
        let near = near.filter(|near| value.is_string() && !near.contains('{'));
        let finding = self
            .add(Code::LABEL_NEVER_HAS_VALUE, path, value)
            .shown("label", label)
            .shown("pattern", pattern)
            .with("who", who)
            .with("effect", side.effect);
        let finding = match () {
            () if !known.is_empty() => {
                let listed = phrase::list(&mut known.iter().copied(), " or ");
                finding.say("hint", format_args!("it is {listed}"))
            }
            () if !states.is_empty() => {
                let listed = phrase::list(&mut states.iter().copied(), " or ");
                finding.say("hint", format_args!("it is {listed}"))
            }
            () => finding,
        };
        if let Some(near) = near {
            finding.with("expected", near).replace(value, near);
        }
    }

    /// Labels in `for_each` that none of the events has.
    fn for_each_of_none(&mut self, value: Value<'_>, event: &EventTrigger, path: &Path<'_>) {
        let Some(list) = value.get("for_each") else { return };
        let events = if event.after.is_empty() {
            Events::of(&event.expect)
        } else {
            Events::of(&event.expect).both(Events::of(&event.after))
        };
        if !events.are_known() {
            return;
        }
        let path = Path::Key(path, "for_each");
        for (index, item) in list.items().take(100).enumerate() {
            let label = item.string();
            if shape::is_filled_in(&label) {
                continue;
            }
            // As `find_resource_label` reads it.
            let role = label.strip_prefix("related:").and_then(|rest| rest.rsplit_once(':'));
            let has = events.known.iter().any(|event| match role {
                Some((role, label)) => event.family.related.iter().any(|one| {
                    one.role == role && (label == ID || label == ROLE || shape::find(one.labels, label).is_some())
                }),
                None => shape::find(event.family.labels, &label).is_some(),
            });
            if has {
                continue;
            }
            let mut known: Vec<String> = Vec::new();
            for event in &events.known {
                let own = event.family.labels.iter().map(|label| label.name.to_owned());
                let related = event.family.related.iter().flat_map(|one| {
                    let labels = one.labels.iter().map(|label| label.name).chain([ID]);
                    labels.map(|label| ["related:", one.role, ":", label].concat())
                });
                for one in own.chain(related) {
                    if !known.contains(&one) {
                        known.push(one);
                    }
                }
            }
            let near = nearest(&label, &mut known.iter().map(String::as_str)).map(str::to_owned);
            let near = near.or_else(|| meant_label(&label, &known));
            let finding =
                self.add(Code::FOR_EACH_NEVER_PRESENT, &Path::Item(&path, index), item).shown("label", &label);
            match near {
                Some(near) => finding
                    .say("hint", format_args!("did you mean `{near}`?"))
                    .with("expected", &near)
                    .replace(item, &near),
                None => {
                    finding.with(
                        "hint",
                        "write a label of the resource, such as `prefect.resource.id`, or `related:ROLE:LABEL`",
                    );
                }
            }
        }
    }
}

/// `deployment`, `related:deployment`, `prefect.deployment.id` → `related:deployment:prefect.resource.id`
fn meant_label(label: &str, known: &[String]) -> Option<String> {
    let plain = label.strip_prefix("related:").unwrap_or(label).replace('_', "-");
    let plain = plain.strip_prefix("prefect.").unwrap_or(&plain);
    let plain = plain.strip_suffix(".id").or(plain.strip_suffix("-id")).unwrap_or(plain);
    let wanted = ["related:", plain, ":", ID].concat();
    known.iter().find(|one| **one == wanted).cloned()
}

fn is_tag(label: &str) -> bool {
    matches!(label.rsplit('.').next(), Some("tag" | "tags"))
}

/// How a tag of this name is matched.
fn tag_hint(name: &str) -> String {
    let plain = !name.is_empty() && !name.contains(['*', '?', '[', '!', ',', ' ']);
    let tag = phrase::shown(if plain { name } else { "NAME" });
    format!(
        "a tag is a related resource: `match_related: {{prefect.resource.role: tag, prefect.resource.id: prefect.tag.{tag}}}`"
    )
}

/// Hints for labels that people expect.
fn label_hint(label: &str, pattern: &str, side: &Side<'_>) -> Option<String> {
    if is_tag(label) {
        return Some(tag_hint(pattern));
    }
    let plain = label.strip_prefix("prefect.").unwrap_or(label).replace('_', "-");
    let (of, last) = plain.rsplit_once('.').unwrap_or(("", &plain));
    let meant = match last {
        "name" | "names" => NAME,
        "id" | "ids" => ID,
        "state" | "state-name" => "prefect.state-name",
        "type" | "state-type" if side.primary().map(kind) == Some(of) => "prefect.state-type",
        "role" => ROLE,
        _ => return None,
    };
    let own = side.primary().map(kind);
    if (of.is_empty() || own == Some(of) || of == "resource") && label != meant {
        return Some(format!("`{meant}` holds it"));
    }
    let role = side.related().map(|one| one.role).find(|role| *role == of)?;
    Some(format!("`match_related: {{prefect.resource.role: {role}, {meant}: …}}` matches it"))
}
