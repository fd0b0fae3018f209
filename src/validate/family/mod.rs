//! What the catalogue says of an event's family: labels, related resources, payload.

mod form;
mod payload;

use std::borrow::Cow;

use crate::catalogue::{self, Family, Form, Label, Match, Presence, Related, Remark};
use crate::diagnostic::{Code, Severity};
use crate::event::{Event, RESOURCE_ID, RESOURCE_ROLE};
use crate::json::{Kind, Span, Value};

use super::edits;
use super::envelope::Holder;
use super::findings::{Findings, Location, Subject};
use super::opening;
use super::path::Path;
use super::precedent::Fact;
use super::words::{self, nearest, shown};

use form::Fit;
pub(super) use form::fits;
pub(super) use payload::is_kind;

/// A label that any resource can carry: with it, Prefect adds no related resources from the run.
const LINEAGE_GROUP: &str = "prefect.resource.lineage-group";

/// Checks an event against its family. `false`: it has none, or is not about what its name says,
/// so that there is nothing to compare within it.
pub(super) fn check(
    findings: &mut Findings<'_>,
    subject: &Subject<'_>,
    text: &[u8],
    event: &Event<'_>,
    matched: Option<&Match<'_>>,
) -> bool {
    let Some(name) = event.name.as_deref() else { return false };
    let Some(matched) = matched else {
        findings.rests_on_more();
        unlisted(findings, subject, event, name);
        return false;
    };
    let mut check = Check { findings, subject, text, family: matched.family, name };
    let about_it = match event.resource {
        Some(resource) => check.resource(resource),
        None => true,
    };
    if !about_it {
        return false;
    }
    check.variant(event, matched);
    check.related(event);
    payload::check(&mut check, event);
    check.follows(event);
    true
}

/// An event whose name is in no list: a user's own, or a mistake.
fn unlisted(findings: &mut Findings<'_>, subject: &Subject<'_>, event: &Event<'_>, name: &str) {
    let lower = name.to_ascii_lowercase();
    let id = event.label(RESOURCE_ID).filter(|id| id.is_string());
    let reserved = lower.starts_with("prefect.") || lower.starts_with("prefect-cloud.");
    // Also of a name whose first word is all but `prefect`.
    let suggestion = catalogue::suggest(name);
    if !reserved && suggestion.is_none() {
        if let Some(id) = id
            && !id.raw().is_empty()
            && !id.raw().iter().any(|byte| matches!(byte, b'.' | b'/' | b':' | b' '))
        {
            let found = shown(&id.string());
            findings.add(
                Code::ResourceIdNotDotted,
                subject,
                Path::Label(RESOURCE_ID),
                Location::Bytes(id.span()),
                &[("found", &found)],
            );
        }
        return;
    }
    let Some(value) = event.value.get("event") else { return };
    let hint = match suggestion {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => {
            "names that begin with `prefect.` are reserved for Prefect: let those of your own events begin otherwise"
                .to_owned()
        }
    };
    // Blocks can emit events of their own, of which the documentation names but one.
    let severity = if lower.starts_with("prefect.block.") { Severity::Info } else { Code::UnknownEvent.severity() };
    let found = shown(name);
    let arguments = [("found", &*found), ("hint", &*hint)];
    findings.add_as(
        severity,
        Code::UnknownEvent,
        subject,
        Path::Field("event"),
        Location::Bytes(value.span()),
        &arguments,
    );
}

struct Check<'c, 's> {
    findings: &'c mut Findings<'s>,
    subject: &'c Subject<'c>,
    text: &'c [u8],
    family: &'static Family,
    name: &'c str,
}

/// A label that the catalogue does not give to its resource.
struct Unlisted<'t> {
    key: Value<'t>,
    name: Cow<'t, str>,
}

impl Check<'_, '_> {
    fn add_as(
        &mut self,
        severity: Severity,
        code: Code,
        path: Path<'_>,
        span: Span,
        arguments: &[(&str, &str)],
    ) -> Option<&mut super::findings::Found> {
        self.findings.add_as(severity, code, self.subject, path, Location::Bytes(span), arguments)
    }

    fn remark(&mut self, remark: &Remark, path: Path<'_>, span: Span) {
        self.add_as(remark.severity, Code::EmitterDiffers, path, span, &[("remark", &explained(remark.text))]);
    }

    /// Checks the primary resource. `false`: the event is about something else.
    fn resource(&mut self, resource: Value<'_>) -> bool {
        let Some((id_label, labels)) = self.family.labels.split_first() else { return true };
        if let Some(id) = resource.get(RESOURCE_ID).filter(|id| id.is_string() && !id.raw().is_empty()) {
            let text = id.string();
            let fit = form::fit(&id_label.form, text.as_bytes());
            if let (Fit::Wrong, Form::Templates(templates)) = (&fit, &id_label.form) {
                let same_kind = templates.iter().any(|form| text.trim_start().starts_with(form.template.prefix()));
                let (found, expected) = (shown(&text), form::expected(&id_label.form));
                let hint = match families_about(&text) {
                    names if names.is_empty() => {
                        "is the event's name right? Is it this resource that it is about?".to_owned()
                    }
                    names => format!(
                        "is the event's name right? Events about this resource are {}",
                        words::list(names, "and")
                    ),
                };
                let code = if same_kind { Code::WrongResourceId } else { Code::WrongResource };
                let expected = if same_kind { expected } else { expected.trim_matches('`').to_owned() };
                let expected = if same_kind { expected.trim_matches('`') } else { &*expected };
                let arguments = [("event", self.name), ("found", &*found), ("expected", expected), ("hint", &*hint)];
                self.add_as(code.severity(), code, Path::Label(RESOURCE_ID), id.span(), &arguments);
                if !same_kind {
                    return false;
                }
            }
            match fit {
                Fit::Remarked(remark) => self.remark(remark, Path::Label(RESOURCE_ID), id.span()),
                _ => self.findings.rests_on(id, Fact::Fits(&id_label.form)),
            }
        }
        self.labels(resource, labels, Holder::Resource);
        true
    }

    /// Checks the labels of a resource, but for its id and its role.
    fn labels(&mut self, resource: Value<'_>, labels: &'static [Label], holder: Holder<'_>) {
        let mut present = 0_u64;
        let mut unlisted: Vec<Unlisted<'_>> = Vec::new();
        let is_related = matches!(holder, Holder::Related(..));
        // The emitter writes them in the order of the catalogue: the next one is most often meant.
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
        let required = || {
            let listed = labels.iter().filter(|label| label.presence == Presence::Required);
            listed.filter_map(|label| Some((label, label.missing?)))
        };
        // One cause: there are no labels at all.
        if present == 0 && unlisted.is_empty() && required().count() > 2 {
            let names = required().map(|(label, _)| label.name).collect::<Vec<_>>().join("`, `");
            let severity = required().map(|(_, severity)| severity).max().unwrap_or(Code::MissingLabel.severity());
            let place = holder.words();
            let arguments =
                [("where", &*place), ("label", &*names), ("meaning", "it has none of the labels of its kind")];
            self.add_as(severity, Code::MissingLabel, holder.path(), opening(resource.span()), &arguments);
            return;
        }
        for (place, label) in labels.iter().enumerate() {
            let missing = present & 1_u64.wrapping_shl(u32::try_from(place).unwrap_or(63)) == 0;
            if let (true, Presence::Required, Some(severity)) = (missing, label.presence, label.missing) {
                self.missing_label(resource, label, severity, holder, &mut unlisted);
            }
        }
        for Unlisted { key, name } in unlisted.iter().filter(|unlisted| unlisted.name.starts_with("prefect.")) {
            self.unlisted_label(resource, labels, key, name, holder);
        }
    }

    fn label(&mut self, label: &'static Label, value: Value<'_>, holder: Holder<'_>) {
        if matches!(label.form, Form::Text) {
            return;
        }
        let text = value.string();
        match form::fit(&label.form, text.as_bytes()) {
            Fit::Right => self.findings.rests_on(value, Fact::Fits(&label.form)),
            Fit::Remarked(remark) => self.remark(remark, holder.label(label.name), value.span()),
            _ if label.name == "prefect.state-message" => {
                let count = words::count(text.chars().count());
                let code = Code::StateMessageTooLong;
                self.add_as(code.severity(), code, holder.label(label.name), value.span(), &[("count", &count)]);
            }
            wrong => {
                let severity = match &label.form {
                    Form::Values { other, .. } => *other,
                    _ => Code::WrongLabelValue.severity(),
                };
                let (place, found, expected) = (holder.words(), shown(&text), form::expected(&label.form));
                let meant = if let Fit::Near(meant) = wrong { meant } else { "" };
                let arguments = [
                    ("label", label.name),
                    ("where", &*place),
                    ("found", &*found),
                    ("expected", &*expected),
                    ("value", meant),
                ];
                if let Some(finding) =
                    self.add_as(severity, Code::WrongLabelValue, holder.label(label.name), value.span(), &arguments)
                    && !meant.is_empty()
                {
                    finding.fix(Code::WrongLabelValue, &arguments, edits::replace(value, meant));
                }
            }
        }
    }

    fn missing_label(
        &mut self,
        resource: Value<'_>,
        label: &'static Label,
        severity: Severity,
        holder: Holder<'_>,
        unlisted: &mut Vec<Unlisted<'_>>,
    ) {
        let place = holder.words();
        if let Some(at) = unlisted.iter().position(|other| nearest(&other.name, [label.name]).is_some()) {
            let Unlisted { key, name } = unlisted.swap_remove(at);
            let found = shown(&name);
            let arguments = [("where", &*place), ("label", label.name), ("found", &*found)];
            if let Some(finding) =
                self.add_as(severity, Code::MisspeltLabel, holder.label(&name), key.span(), &arguments)
            {
                finding.fix(Code::MisspeltLabel, &arguments, edits::replace(key, label.name));
            }
            return;
        }
        let meaning = explained(label.meaning);
        let arguments = [("where", &*place), ("label", label.name), ("meaning", &*meaning)];
        let text = self.text;
        if let Some(finding) =
            self.add_as(severity, Code::MissingLabel, holder.label(label.name), opening(resource.span()), &arguments)
            && let Form::Values { values: [constant], .. } = label.form
        {
            finding.fix(Code::MissingLabel, &arguments, edits::insert(text, resource, label.name, constant.text));
        }
    }

    fn unlisted_label(
        &mut self,
        resource: Value<'_>,
        labels: &'static [Label],
        key: &Value<'_>,
        name: &str,
        holder: Holder<'_>,
    ) {
        let free = labels.iter().map(|label| label.name).filter(|label| resource.get(label).is_none());
        let similar = nearest(name, free);
        let known = labels.iter().map(|label| label.name);
        let hint = match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None if labels.is_empty() => "labels of your own are better named without `prefect.`".to_owned(),
            None => format!(
                "Prefect gives it {}; labels of your own are better named without `prefect.`",
                words::list(known, "and")
            ),
        };
        let (place, found) = (holder.words(), shown(name));
        let arguments =
            [("where", &*place), ("found", &*found), ("hint", &*hint), ("label", similar.unwrap_or_default())];
        if let Some(finding) =
            self.add_as(Code::UnknownLabel.severity(), Code::UnknownLabel, holder.label(name), key.span(), &arguments)
            && let Some(similar) = similar
        {
            finding.fix(Code::UnknownLabel, &arguments, edits::replace(*key, similar));
        }
    }

    /// The last part of the name, where it is one of a list.
    fn variant(&mut self, event: &Event<'_>, matched: &Match<'_>) {
        let (Some(severity), Some(found)) = (self.family.other_variants, matched.hole) else { return };
        let known = || self.family.variants.iter().map(|variant| variant.name);
        let Some(name) = event.value.get("event").filter(|_| !known().any(|name| name == found)) else { return };
        let is_state = self.family.variants.iter().any(|variant| variant.state_type.is_some());
        let code = if is_state { Code::CustomStateName } else { Code::UnknownStatus };
        let (shown, expected) = (shown(found), words::list(known(), "or"));
        let similar = nearest(found, known());
        let arguments = [("found", &*shown), ("event", self.family.name.text), ("expected", &*expected)];
        if let Some(finding) = self.add_as(severity, code, Path::Field("event"), name.span(), &arguments)
            && let Some(similar) = similar
        {
            finding.help(format!("did you mean `{similar}`?"));
        }
    }

    fn related(&mut self, event: &Event<'_>) {
        let family = self.family;
        // Per listed role: how many there are. And those in no listed role.
        let mut counts = vec![0_u32; family.related.len()];
        let mut strangers: Vec<(usize, Value<'_>)> = Vec::new();
        let mut next = 0;
        for (index, item) in event.related() {
            let Some(role) = item.get(RESOURCE_ROLE).filter(|role| role.is_string()) else { continue };
            self.findings.rests_on(role, Fact::Same(role.raw().into()));
            let listed = |place: usize| family.related.get(place).is_some_and(|related| role.is(related.role));
            let place = in_order(family.related.len(), next, listed);
            next = place.unwrap_or(next);
            match place.and_then(|place| Some((family.related.get(place)?, counts.get_mut(place)?))) {
                Some((related, count)) => {
                    // In another's role: it does not fill it.
                    if self.related_id(index, item, related) {
                        *count = count.saturating_add(1);
                        if let Some(remark) = &related.remark {
                            self.remark(remark, Path::Related(index), opening(item.span()));
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
            if let (true, Some(severity)) = (count < related.min, related.missing) {
                self.missing_related(event, related, severity, &mut strangers);
            }
            if let Some(max) = related.max.filter(|&max| count > max) {
                let at_most = if max == 1 { "one".to_owned() } else { format!("at most {max}") };
                let arguments =
                    [("event", self.name), ("role", related.role), ("count", &*count.to_string()), ("max", &*at_most)];
                let place = event.related.map(Value::span).unwrap_or_default();
                self.add_as(
                    Code::TooManyInRole.severity(),
                    Code::TooManyInRole,
                    Path::Field("related"),
                    opening(place),
                    &arguments,
                );
            }
        }
        for (index, item) in strangers {
            self.stranger(event, index, item);
        }
    }

    /// Whether the id of a related resource fits its role.
    fn related_id(&mut self, index: usize, item: Value<'_>, related: &'static Related) -> bool {
        let Some(id) = item.get(RESOURCE_ID).filter(|id| id.is_string() && !id.raw().is_empty()) else { return true };
        match form::fit(&related.id, &id.bytes()) {
            Fit::Right => {
                self.findings.rests_on(id, Fact::Fits(&related.id));
                true
            }
            Fit::Remarked(remark) => {
                self.remark(remark, Path::RelatedLabel(index, RESOURCE_ID), id.span());
                true
            }
            _ => false,
        }
    }

    fn missing_related(
        &mut self,
        event: &Event<'_>,
        related: &'static Related,
        severity: Severity,
        strangers: &mut Vec<(usize, Value<'_>)>,
    ) {
        // Perhaps it is there, in a role that is misspelt or another's.
        let meant = strangers.iter().position(|(_, item)| {
            let role = item.get(RESOURCE_ROLE).map(Value::string).unwrap_or_default();
            if role.is_empty() {
                return false;
            }
            let id = item.get(RESOURCE_ID).map(Value::string).unwrap_or_default();
            let id_fits =
                matches!(form::fit(&related.id, id.as_bytes()), Fit::Right) && !matches!(related.id, Form::Text);
            id_fits || (nearest(&role, [related.role]).is_some() && role != related.role)
        });
        if let Some(at) = meant {
            let (index, item) = strangers.swap_remove(at);
            let Some(role) = item.get(RESOURCE_ROLE) else { return };
            let found = shown(&role.string());
            let arguments = [("event", self.name), ("role", related.role), ("found", &*found)];
            if let Some(finding) = self.add_as(
                severity,
                Code::MisspeltRole,
                Path::RelatedLabel(index, RESOURCE_ROLE),
                role.span(),
                &arguments,
            ) {
                finding.fix(Code::MisspeltRole, &arguments, edits::replace(role, related.role));
            }
            return;
        }
        // What cannot be read may be it, and is reported as that.
        let readable =
            |item: Value<'_>| item.get(RESOURCE_ROLE).is_some_and(|role| role.is_string() && !role.raw().is_empty());
        if (event.related.is_none() && event.value.get("related").is_some())
            || event.related().any(|(_, item)| !readable(item))
        {
            return;
        }
        // One in this role whose id is wrong is reported as that.
        if strangers.iter().any(|(_, item)| item.get(RESOURCE_ROLE).is_some_and(|role| role.is(related.role))) {
            return;
        }
        let when = explained(related.when);
        let arguments = [("event", self.name), ("role", related.role), ("when", &*when)];
        let place = event.related.unwrap_or(event.value).span();
        self.add_as(severity, Code::MissingRelated, Path::Field("related"), opening(place), &arguments);
    }

    /// A related resource in no role of the family, or with an id that does not fit its role.
    fn stranger(&mut self, event: &Event<'_>, index: usize, item: Value<'_>) {
        let Some(role) = item.get(RESOURCE_ROLE) else { return };
        let name = role.string();
        let holder = Holder::Related(index, None);
        if let Some(related) = self.family.related.iter().find(|related| related.role == name) {
            let Some(id) = item.get(RESOURCE_ID) else { return };
            let (found, expected) = (shown(&id.string()), form::expected(&related.id));
            let arguments = [("role", related.role), ("found", &*found), ("expected", &*expected)];
            self.add_as(
                Code::WrongRelatedId.severity(),
                Code::WrongRelatedId,
                Path::RelatedLabel(index, RESOURCE_ID),
                id.span(),
                &arguments,
            );
            return;
        }
        let Some(severity) = self.family.other_roles else { return };
        let roles = || self.family.related.iter().map(|related| related.role);
        let id = item.get(RESOURCE_ID).map(Value::string).unwrap_or_default();
        // A role that is free, and for such a resource.
        let possible = self.family.related.iter().filter(|related| {
            (related.max.is_none() || event.in_role(related.role).is_none())
                && !matches!(form::fit(&related.id, id.as_bytes()), Fit::Wrong)
        });
        let similar = nearest(&name, possible.map(|related| related.role));
        let hint = match similar {
            Some(similar) => format!("did you mean `{similar}`?"),
            None if self.family.related.is_empty() => "it is documented without related resources".to_owned(),
            None => format!("its roles are {}", words::list(roles(), "and")),
        };
        let found = shown(&name);
        let arguments =
            [("event", self.name), ("found", &*found), ("hint", &*hint), ("role", similar.unwrap_or_default())];
        if let Some(finding) =
            self.add_as(severity, Code::UnknownRole, holder.label(RESOURCE_ROLE), role.span(), &arguments)
            && let Some(similar) = similar
        {
            finding.fix(Code::UnknownRole, &arguments, edits::replace(role, similar));
        }
    }

    /// `follows` where it is always written, be it as null.
    fn follows(&mut self, event: &Event<'_>) {
        let Some(follows) = self.family.follows.as_ref() else { return };
        if let (Some(severity), None) = (follows.missing, event.value.get("follows")) {
            let text = explained(follows.text);
            let place = opening(event.value.span());
            self.add_as(
                severity,
                Code::MissingFollows,
                Path::Field("follows"),
                place,
                &[("event", self.name), ("text", &text)],
            );
        }
    }
}

/// The first place that fits, from `start` on and then from the beginning.
pub(super) fn in_order(length: usize, start: usize, fits: impl Fn(usize) -> bool) -> Option<usize> {
    (start..length).chain(0..start.min(length)).find(|&place| fits(place))
}

/// The names of the families whose resource has this id.
fn families_about(id: &str) -> Vec<&'static str> {
    let about = |family: &&Family| match family.labels.first().map(|label| &label.form) {
        Some(Form::Templates(forms)) => {
            forms.iter().any(|form| !form.template.prefix().is_empty() && form.template.matches(id.as_bytes()))
        }
        _ => false,
    };
    catalogue::families().iter().filter(about).map(|family| family.name.text).take(6).collect()
}

/// A sentence of the catalogue within another sentence.
fn explained(text: &str) -> String {
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
fn is_null(value: Value<'_>) -> bool {
    value.kind() == Kind::Null
}
