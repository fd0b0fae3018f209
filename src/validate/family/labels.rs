//! The labels and related resources of an event, and its links, against its family.

use std::borrow::Cow;

use crate::catalogue::{self, Family, Label, LabelForm, Match, Missing, Related, Remark};
use crate::diagnostic::{Code, Severity};
use crate::event::{RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Value};

use super::super::cache::Observed;
use super::super::envelope::Holder;
use super::super::form::{self, Fit};
use super::super::parts::Parts;
use crate::diagnostic::edits;
use crate::diagnostic::findings::{Draft, Findings, Subject};
use crate::diagnostic::path::Path;
use crate::text::nearest::is_near;
use crate::text::nearest::nearest;
use crate::text::phrase;
use crate::text::phrase::joined;

/// A label that any resource can have: with it, Prefect adds no related resources from the run.
const LINEAGE_GROUP: &str = "prefect.resource.lineage-group";

/// An event with an unknown name: a user's own, or a mistake.
pub(super) fn unlisted(findings: &mut Findings<'_>, subject: &Subject<'_>, event: &Parts<'_>, name: &str) {
    let lower = name.to_ascii_lowercase();
    let reserved = lower.starts_with("prefect.") || lower.starts_with("prefect-cloud.");
    // Also for names whose first word is almost `prefect`.
    let suggestion = catalogue::suggest(name);
    if !reserved && suggestion.is_none() {
        let id = event.id_label().filter(|id| id.is_string() && !id.is_divided());
        if let Some(id) = id.map(Observed::exposed).filter(|id| !id.raw().is_empty()) {
            findings.add(Code::RESOURCE_ID_NOT_DOTTED, subject, &Path::Label(RESOURCE_ID), id).string("found", id);
        }
        return;
    }
    let Some(value) = event.value.get("event").map(Observed::exposed) else { return };
    // Blocks can emit their own events; the documentation names only one.
    let severity = if lower.starts_with("prefect.block.") { Severity::Info } else { Code::UNKNOWN_EVENT.severity() };
    let finding =
        findings.add_as(severity, Code::UNKNOWN_EVENT, subject, &Path::Field("event"), value).shown("found", name);
    match suggestion {
        Some(suggestion) => did_you_mean(finding, &suggestion),
        None => finding.with(
            "hint",
            "names that begin with `prefect.` are reserved for Prefect: use another prefix for your own events",
        ),
    };
}

pub(super) struct Check<'c, 's> {
    pub(super) findings: &'c mut Findings<'s>,
    pub(super) subject: &'c Subject<'c>,
    pub(super) text: &'c [u8],
    pub(super) family: &'static Family,
    pub(super) name: &'c str,
}

/// A label that the catalogue does not list for its resource.
struct Unlisted<'t> {
    key: Value<'t>,
    name: Cow<'t, str>,
}

impl Check<'_, '_> {
    pub(super) fn add_as(&mut self, severity: Severity, code: Code, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.findings.add_as(severity, code, self.subject, path, value).with("event", self.name)
    }

    /// A finding on a label.
    fn add_to_label(
        &mut self,
        severity: Severity,
        code: Code,
        holder: Holder<'_>,
        label: &str,
        value: Value<'_>,
    ) -> Draft<'_> {
        self.add_as(severity, code, &holder.label(label), value).with("where", &holder.display())
    }

    pub(super) fn remark(&mut self, remark: &Remark, path: &Path<'_>, value: Value<'_>) -> Draft<'_> {
        self.add_as(remark.severity, Code::EMITTER_DIFFERS, path, value).with("remark", &explained(remark.text))
    }

    /// Checks the primary resource. `false`: the event is about something else.
    pub(super) fn resource(&mut self, resource: Observed<'_>) -> bool {
        let Some((id_label, labels)) = self.family.labels.split_first() else { return true };
        let id = resource.get(RESOURCE_ID).filter(|id| id.is_string() && !id.fits(&id_label.form));
        if let Some(id) = id.map(Observed::exposed).filter(|id| !id.raw().is_empty()) {
            let text = id.string();
            let fit = form::fit(&id_label.form, text.as_bytes());
            if let (Fit::Wrong, LabelForm::Templates(templates)) = (&fit, &id_label.form) {
                let same_kind = templates.iter().any(|form| text.trim_start().starts_with(form.template.prefix()));
                let code = if same_kind { Code::WRONG_RESOURCE_ID } else { Code::WRONG_RESOURCE };
                self.wrong_resource(code, &id_label.form, id);
                if !same_kind {
                    return false;
                }
            }
            if let Fit::Remarked(remark) = fit {
                self.remark(remark, &Path::Label(RESOURCE_ID), id);
            }
        }
        self.labels(resource, labels, Holder::Resource);
        true
    }

    #[cold]
    fn wrong_resource(&mut self, code: Code, form: &'static LabelForm, id: Value<'_>) {
        let text = id.string();
        let names = families_about(&text);
        let finding = self
            .add_as(code.severity(), code, &Path::Label(RESOURCE_ID), id)
            .shown("found", &text)
            .with("expected", form::expected(form).trim_matches('`'));
        if names.is_empty() {
            finding.with("hint", "check the event's name and its resource");
        } else {
            let names = phrase::list(&mut names.into_iter(), " and ");
            finding.say("hint", format_args!("check the event's name: events about this resource are {names}"));
        }
    }

    /// Checks the labels of a resource, except its id and its role.
    fn labels(&mut self, resource: Observed<'_>, labels: &'static [Label], holder: Holder<'_>) {
        let mut present = 0_u64;
        let mut unlisted: Vec<Unlisted<'_>> = Vec::new();
        let is_related = matches!(holder, Holder::Related(..));
        // The emitter writes them in the order of the catalogue: the next one is usually intended.
        let mut next = 0;
        for (key, value) in resource.members() {
            match in_order(labels.len(), next, |place| labels.get(place).is_some_and(|label| key.is(label.name))) {
                Some(place) => {
                    next = place.saturating_add(1);
                    present |= 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63));
                    if let Some(label) = labels.get(place).filter(|_| value.is_string()) {
                        self.label(label, value, holder);
                    }
                }
                None if key.is(RESOURCE_ID) || (is_related && key.is(RESOURCE_ROLE)) || key.is(LINEAGE_GROUP) => {}
                None => unlisted.push(Unlisted { key, name: key.string() }),
            }
        }
        // One cause: it has no labels at all.
        if present == 0 && unlisted.is_empty() && self.no_labels(resource, labels, holder) {
            return;
        }
        for (place, label) in labels.iter().enumerate() {
            let missing = present & 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63)) == 0;
            if let (true, Some(missing)) = (missing, label.missing) {
                self.missing_label(resource, label, missing, holder, &mut unlisted);
            }
        }
        let is_free = |place: usize| present & 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63)) == 0;
        for Unlisted { key, name } in unlisted.iter().filter(|unlisted| unlisted.name.starts_with("prefect.")) {
            self.unlisted_label(labels, &is_free, key, name, holder);
        }
    }

    /// Reports all labels of a resource as one finding. `false`: they are few, so each has its own finding.
    #[cold]
    fn no_labels(&mut self, resource: Observed<'_>, labels: &'static [Label], holder: Holder<'_>) -> bool {
        let (mut names, mut severity) = (Vec::new(), None);
        for label in labels {
            if let Some(missing) = label.missing {
                names.push(label.name);
                severity = Some(missing.severity).max(severity);
            }
        }
        if names.len() <= 2 {
            return false;
        }
        let severity = severity.unwrap_or(Code::MISSING_LABEL.severity());
        self.add_as(severity, Code::MISSING_LABEL, &holder.path(), resource.exposed())
            .opening()
            .with("where", &holder.display())
            .with("label", &joined(&mut names.into_iter(), "`, `"))
            .with("meaning", "it has none of its usual labels");
        true
    }

    fn label(&mut self, label: &'static Label, value: Observed<'_>, holder: Holder<'_>) {
        if matches!(label.form, LabelForm::Text) || value.fits(&label.form) {
            return;
        }
        let value = value.exposed();
        let text = value.string();
        match form::fit(&label.form, text.as_bytes()) {
            Fit::Right => {}
            Fit::Remarked(remark) => {
                self.remark(remark, &holder.label(label.name), value);
            }
            _ if label.name == "prefect.state-message" => {
                let code = Code::STATE_MESSAGE_TOO_LONG;
                self.add_to_label(code.severity(), code, holder, label.name, value)
                    .count("count", text.chars().count());
            }
            wrong => {
                let severity = match &label.form {
                    LabelForm::Values { other, .. } => *other,
                    _ => Code::WRONG_LABEL_VALUE.severity(),
                };
                let finding = self
                    .add_to_label(severity, Code::WRONG_LABEL_VALUE, holder, label.name, value)
                    .with("label", label.name)
                    .shown("found", &text)
                    .with("expected", &form::expected(&label.form));
                if let Fit::Near(meant) = wrong {
                    finding.with("value", meant).replace(value, meant);
                }
            }
        }
    }

    fn missing_label(
        &mut self,
        resource: Observed<'_>,
        label: &'static Label,
        Missing { severity, words }: Missing,
        holder: Holder<'_>,
        unlisted: &mut Vec<Unlisted<'_>>,
    ) {
        if let Some(at) = unlisted.iter().position(|other| is_near(&other.name, label.name)) {
            let Unlisted { key, name } = unlisted.swap_remove(at);
            self.add_to_label(severity, Code::MISSPELT_LABEL, holder, &name, key)
                .with("label", label.name)
                .shown("found", &name)
                .replace(key, label.name);
            return;
        }
        let (text, resource) = (self.text, resource.exposed());
        let finding = self
            .add_to_label(severity, Code::MISSING_LABEL, holder, label.name, resource)
            .opening()
            .with("label", label.name)
            .with("meaning", &explained(words));
        if let LabelForm::Values { values: [constant], .. } = label.form {
            finding.fix(edits::insert(text, resource, label.name, constant.text));
        }
    }

    fn unlisted_label(
        &mut self,
        labels: &'static [Label],
        is_free: &dyn Fn(usize) -> bool,
        key: &Value<'_>,
        name: &str,
        holder: Holder<'_>,
    ) {
        let known = || labels.iter().map(|label| label.name);
        let free = labels.iter().enumerate().filter(|(place, _)| is_free(*place)).map(|(_, label)| label.name);
        let similar = nearest(name, &mut { free });
        let finding = self
            .add_to_label(Code::UNKNOWN_LABEL.severity(), Code::UNKNOWN_LABEL, holder, name, *key)
            .shown("found", name);
        match similar {
            Some(similar) => did_you_mean(finding, similar).with("label", similar).replace(*key, similar),
            None if labels.is_empty() => {
                finding.with("hint", "use another prefix than `prefect.` for your own labels");
            }
            None => {
                let known = phrase::list(&mut known(), " and ");
                finding.say(
                    "hint",
                    format_args!("Prefect sets {known}; use another prefix than `prefect.` for your own labels"),
                );
            }
        }
    }

    /// The last part of the name, if it comes from a list.
    pub(super) fn variant(&mut self, event: &Parts<'_>, matched: &Match<'_>) {
        let (Some(severity), Some(found)) = (self.family.other_variants, matched.hole) else { return };
        let known = || self.family.variants.iter().map(|variant| variant.name);
        let Some(name) = event.value.get("event").filter(|_| !known().any(|name| name == found)) else { return };
        let is_state = self.family.variants.iter().any(|variant| variant.state_type.is_some());
        let code = if is_state { Code::CUSTOM_STATE_NAME } else { Code::UNKNOWN_STATUS };
        let finding = self
            .findings
            .add_as(severity, code, self.subject, &Path::Field("event"), name.exposed())
            .shown("found", found)
            .with("event", self.family.name.text)
            .with("expected", &phrase::list(&mut known(), " or "));
        if let Some(similar) = nearest(found, &mut known()) {
            did_you_mean(finding, similar);
        }
    }

    pub(super) fn related(&mut self, event: &Parts<'_>) {
        let family = self.family;
        // The count per listed role, and the resources in no listed role.
        let mut counts = vec![0_u32; family.related.len()];
        let mut strangers: Vec<(usize, Observed<'_>)> = Vec::new();
        let mut next = 0;
        for (index, item) in event.related() {
            let Some(role) = item.get(RESOURCE_ROLE).filter(|role| role.is_string()) else { continue };
            let name = role.bytes();
            let listed =
                |place: usize| family.related.get(place).is_some_and(|related| *name == *related.role.as_bytes());
            let place = in_order(family.related.len(), next, listed);
            next = place.unwrap_or(next);
            match place.and_then(|place| Some((family.related.get(place)?, counts.get_mut(place)?))) {
                Some((related, count)) => {
                    // A resource in another's role does not fill it.
                    if self.related_id(index, item, related) {
                        *count = count.saturating_add(1);
                        if let Some(remark) = &related.remark {
                            self.remark(remark, &Path::Related(index), item.exposed()).opening();
                        }
                        self.labels(item, related.labels, Holder::Related(index, Some(role)));
                    } else {
                        strangers.push((index, item));
                    }
                }
                None => strangers.push((index, item)),
            }
        }
        for (related, count) in family.related.iter().zip(counts) {
            if let (true, Some(missing)) = (count < related.min, related.missing) {
                self.missing_related(event, related, missing, &mut strangers);
            }
            if let Some(max) = related.max.filter(|&max| count > max) {
                let finding = self
                    .add_as(
                        Code::TOO_MANY_IN_ROLE.severity(),
                        Code::TOO_MANY_IN_ROLE,
                        &Path::Field("related"),
                        event.related.unwrap_or(event.value).exposed(),
                    )
                    .opening()
                    .with("role", related.role)
                    .say("count", format_args!("{count}"));
                match max {
                    1 => finding.with("max", "one"),
                    _ => finding.say("max", format_args!("at most {max}")),
                };
            }
        }
        if strangers.is_empty() {
            return;
        }
        let free: Vec<&'static Related> = family
            .related
            .iter()
            .filter(|related| related.max.is_none() || event.in_role(related.role).is_none())
            .collect();
        for (index, item) in strangers {
            self.stranger(&free, index, item.exposed());
        }
    }

    /// Whether the id of a related resource fits its role.
    fn related_id(&mut self, index: usize, item: Observed<'_>, related: &'static Related) -> bool {
        let id = item.get(RESOURCE_ID).filter(|id| id.is_string() && !id.fits(&related.id));
        let Some(id) = id.map(Observed::exposed).filter(|id| !id.raw().is_empty()) else { return true };
        match form::fit(&related.id, &id.bytes()) {
            Fit::Right => true,
            Fit::Remarked(remark) => {
                self.remark(remark, &Path::RelatedLabel(index, RESOURCE_ID), id);
                true
            }
            _ => false,
        }
    }

    fn missing_related(
        &mut self,
        event: &Parts<'_>,
        related: &'static Related,
        Missing { severity, words }: Missing,
        strangers: &mut Vec<(usize, Observed<'_>)>,
    ) {
        // Perhaps it is present in a misspelt role or another's role.
        let meant = strangers.iter().position(|(_, item)| {
            let role = item.get(RESOURCE_ROLE).map(Observed::string).unwrap_or_default();
            if role.is_empty() {
                return false;
            }
            let id = item.get(RESOURCE_ID).map(Observed::string).unwrap_or_default();
            let id_fits =
                matches!(form::fit(&related.id, id.as_bytes()), Fit::Right) && !matches!(related.id, LabelForm::Text);
            id_fits || (is_near(&role, related.role) && role != related.role)
        });
        if let Some(at) = meant {
            let (index, item) = strangers.swap_remove(at);
            let Some(role) = item.get(RESOURCE_ROLE).map(Observed::exposed) else { return };
            self.add_as(severity, Code::MISSPELT_ROLE, &Path::RelatedLabel(index, RESOURCE_ROLE), role)
                .with("role", related.role)
                .string("found", role)
                .replace(role, related.role);
            return;
        }
        // An unreadable resource may be the missing one, and is already reported.
        let readable = |item: Observed<'_>| {
            item.get(RESOURCE_ROLE).is_some_and(|role| role.is_string() && !role.bytes().is_empty())
        };
        if (event.related.is_none() && event.value.get("related").is_some())
            || event.related().any(|(_, item)| !readable(item))
        {
            return;
        }
        // A resource in this role with a wrong id is already reported.
        if strangers.iter().any(|(_, item)| item.get(RESOURCE_ROLE).is_some_and(|role| role.is(related.role))) {
            return;
        }
        self.add_as(
            severity,
            Code::MISSING_RELATED,
            &Path::Field("related"),
            event.related.unwrap_or(event.value).exposed(),
        )
        .opening()
        .with("role", related.role)
        .with("when", &explained(words));
    }

    /// A related resource in an unknown role, or with an id that does not fit its role.
    fn stranger(&mut self, free: &[&'static Related], index: usize, item: Value<'_>) {
        let Some(role) = item.get(RESOURCE_ROLE) else { return };
        let name = role.string();
        if let Some(related) = self.family.related.iter().find(|related| related.role == name) {
            let Some(id) = item.get(RESOURCE_ID) else { return };
            let code = Code::WRONG_RELATED_ID;
            self.add_as(code.severity(), code, &Path::RelatedLabel(index, RESOURCE_ID), id)
                .with("role", related.role)
                .string("found", id)
                .with("expected", &form::expected(&related.id));
            return;
        }
        let Some(severity) = self.family.other_roles else { return };
        let id = item.get(RESOURCE_ID).map(Value::string).unwrap_or_default();
        // A free role for such a resource.
        let possible = free.iter().filter(|related| !matches!(form::fit(&related.id, id.as_bytes()), Fit::Wrong));
        let similar = nearest(&name, &mut possible.map(|related| related.role));
        let listed = self.family.related;
        let finding = self
            .add_as(severity, Code::UNKNOWN_ROLE, &Path::RelatedLabel(index, RESOURCE_ROLE), role)
            .shown("found", &name);
        match similar {
            Some(similar) => did_you_mean(finding, similar).with("role", similar).replace(role, similar),
            None if listed.is_empty() => {
                finding.with("hint", "it has no documented related resources");
            }
            None => {
                let known = phrase::list(&mut listed.iter().map(|related| related.role), " and ");
                finding.say("hint", format_args!("its roles are {known}"));
            }
        }
    }

    /// `follows`, where it is always written, possibly as null.
    pub(super) fn follows(&mut self, event: &Parts<'_>) {
        let Some(follows) = self.family.follows.as_ref() else { return };
        if let (Some(Missing { severity, words }), None) = (follows.missing, event.value.get("follows")) {
            self.add_as(severity, Code::MISSING_FOLLOWS, &Path::Field("follows"), event.value.exposed())
                .opening()
                .with("text", &explained(words));
        }
    }
}

pub(super) fn did_you_mean<'f>(finding: Draft<'f>, similar: &str) -> Draft<'f> {
    finding.say("hint", format_args!("did you mean `{similar}`?"))
}

/// The first fitting place, from `start` on and then from the beginning.
pub(super) fn in_order(length: usize, start: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    (start..length).chain(0..start.min(length)).find(|&place| fits(place))
}

/// The names of the families whose resource has this id.
fn families_about(id: &str) -> Vec<&'static str> {
    let about = |family: &&Family| match family.labels.first().map(|label| &label.form) {
        Some(LabelForm::Templates(forms)) => {
            forms.iter().any(|form| !form.template.prefix().is_empty() && form.template.matches(id.as_bytes()))
        }
        _ => false,
    };
    catalogue::families().iter().filter(about).map(|family| family.name.text).take(6).collect()
}

/// A sentence of the catalogue within another sentence.
pub(super) fn explained(text: &str) -> String {
    let text = text.trim_end_matches('.');
    let mut letters = text.bytes();
    let (first, second) = (letters.next(), letters.next());
    // `RFC`, `ID` and the name of Prefect stay as they are.
    if second.is_some_and(|letter| letter.is_ascii_uppercase()) || text.starts_with("Prefect") {
        return text.to_owned();
    }
    match first {
        Some(first) if first.is_ascii() => {
            format!("{}{}", char::from(first.to_ascii_lowercase()), text.get(1..).unwrap_or_default())
        }
        _ => text.to_owned(),
    }
}

/// Whether a value is `null`.
pub(super) fn is_null(value: Observed<'_>) -> bool {
    value.kind() == Kind::Null
}
