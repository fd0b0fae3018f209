//! One error at a time in valid events: is it found once, at its place?

use std::collections::{BTreeMap, BTreeSet};

use prefect_events::catalogue::{
    Compare, Equal, Family, Field, Label, LabelForm, Object, Part, Presence, Term, ValueKind, example, families,
};
use prefect_events::diagnostic::TextOptions;
use prefect_events::diagnostic::{Diagnostic, Report, Severity};
use prefect_events::validate::{ValidateOptions, validate};
use serde_json::{Value, json};

use super::cache;

/// A UUID that is in no example.
const OTHER_UUID: &str = "1d1f6c2e-9b0a-4f57-8c3d-2e7a5b904613";
const ID: &str = "prefect.resource.id";
const ROLE: &str = "prefect.resource.role";
/// The states whose events are mutated: without a state before, in the middle, at the end.
const STATES: [&str; 3] = ["Scheduled", "Running", "Completed"];

/// A mutation that is correctly not found: family, place and mutation (`*` matches anything), and why.
const SURVIVORS: &[(&str, &str, &str, &str)] = &[
    (
        "*",
        "*/prefect.resource.name",
        "another word",
        "a deployment can have any name; its forms only tell apart those with a slash",
    ),
    (
        "*",
        "*/prefect.resource.name",
        "of another kind",
        "a deployment can have any name; its forms only tell apart those with a slash",
    ),
    (
        "prefect.asset.materialization.*",
        "/related/*/prefect.resource.id",
        "another word",
        "an asset can be materialized by any tool",
    ),
    (
        "prefect.asset.materialization.*",
        "/related/*/prefect.resource.id",
        "of another kind",
        "an asset can be materialized by any tool",
    ),
];

/// A mutation that correctly causes more than one error.
const SEVERAL: &[(&str, &str, &str, &str)] = &[];

fn check(text: &str) -> Report {
    validate(text.as_bytes(), TextOptions::default(), &ValidateOptions::default())
}

/// The values of the placeholder that are worth an example each; of a name without one: none.
fn variants(family: &Family) -> Vec<Option<&'static str>> {
    if family.variants.is_empty() {
        vec![None]
    } else {
        family.variants.iter().map(|variant| Some(variant.name)).collect()
    }
}

/// Those of them that are mutated.
fn mutated(family: &Family) -> Vec<Option<&'static str>> {
    let all = variants(family);
    let states: Vec<_> = all.iter().copied().filter(|name| name.is_some_and(|name| STATES.contains(&name))).collect();
    if states.is_empty() { vec![all[0]] } else { states }
}

#[test]
fn examples_of_every_family_and_variant_are_without_findings() {
    let (mut count, mut wrong) = (0, Vec::new());
    for family in families() {
        for variant in variants(family).into_iter().chain([None]) {
            count += 1;
            let text = example(family, variant);
            // The order of the members does not matter.
            let value: Value = serde_json::from_str(&text).unwrap();
            for text in [text, value.to_string()] {
                let report = check(&text);
                assert_eq!(report.count, 1);
                wrong.extend(
                    report
                        .diagnostics
                        .iter()
                        .map(|found| format!("{} {variant:?}: {}", family.name.text, sentence(found))),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > 150, "{count}");
}

// ---- mutants

pub(crate) struct Mutant {
    pub family: &'static str,
    /// The JSON Pointer of what is changed.
    pub place: String,
    pub mutation: &'static str,
    pub event: Value,
    /// The pointers at which it may be reported.
    accepted: Vec<String>,
}

/// All mutants of all families.
pub(crate) fn each_mutant(mut run: impl FnMut(Mutant)) {
    for family in families() {
        for variant in mutated(family) {
            Maker::new(family, variant).make().into_iter().for_each(&mut run);
        }
    }
}

struct Maker {
    family: &'static Family,
    right: Value,
    mutants: Vec<Mutant>,
}

fn key(parent: &str, name: &str) -> String {
    format!("{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn misspelt(name: &str) -> String {
    let half = name.len() / 2;
    let letter = &name[half..=half];
    format!("{}{letter}{}", &name[..half], &name[half..])
}

/// The value in the other case.
fn other_case(text: &str) -> String {
    let upper = text.to_uppercase();
    if upper == text { text.to_lowercase() } else { upper }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Maker {
    fn new(family: &'static Family, variant: Option<&str>) -> Maker {
        let right = serde_json::from_str(&example(family, variant)).unwrap();
        Maker { family, right, mutants: Vec::new() }
    }

    fn add(&mut self, place: &str, mutation: &'static str, accepted: Vec<String>, change: impl FnOnce(&mut Value)) {
        let mut event = self.right.clone();
        change(&mut event);
        assert_ne!(event, self.right, "{} {place} {mutation} changes nothing", self.family.name.text);
        self.mutants.push(Mutant { family: self.family.name.text, place: place.to_owned(), mutation, event, accepted });
    }

    /// Replaces (or inserts) a member.
    fn set(&mut self, parent: &str, name: &str, mutation: &'static str, value: Value) {
        let place = key(parent, name);
        self.add(&place, mutation, vec![place.clone()], |event| {
            event.pointer_mut(parent).unwrap()[name] = value;
        });
    }

    /// Removes and renames a member.
    fn names(&mut self, parent: &str, name: &str, also: &[String]) {
        let place = key(parent, name);
        let mut accepted = vec![place.clone(), parent.to_owned()];
        accepted.extend_from_slice(also);
        let members = |event: &mut Value| event.pointer_mut(parent).unwrap().as_object_mut().unwrap().clone();
        let without = |event: &mut Value| {
            let mut members = members(event);
            let old = members.remove(name).unwrap();
            (members, old)
        };
        self.add(&place, "removed", accepted.clone(), |event| {
            *event.pointer_mut(parent).unwrap() = without(event).0.into()
        });
        for (mutation, new) in [("misspelt", misspelt(name)), ("renamed", "zzz".to_owned())] {
            let mut accepted = accepted.clone();
            accepted.push(key(parent, &new));
            self.add(&place, mutation, accepted, |event| {
                let (mut members, old) = without(event);
                members.insert(new, old);
                *event.pointer_mut(parent).unwrap() = members.into();
            });
        }
    }

    /// Values of kinds that are not allowed.
    fn kinds(&mut self, parent: &str, name: &str, allowed: &[&str]) {
        for (mutation, value) in [
            ("a number", json!(7.5)),
            ("null", Value::Null),
            ("an object", json!({"zzz": "zzz"})),
            ("an array", json!([["zzz"]])),
            ("a string", json!("zzz zzz")),
            ("a boolean", json!(true)),
        ] {
            if !allowed.contains(&kind_of(&value)) {
                self.set(parent, name, mutation, value);
            }
        }
    }

    fn make(mut self) -> Vec<Mutant> {
        self.envelope();
        let family = self.family;
        let (id, labels) = family.labels.split_first().unwrap();
        self.form("/resource", id, &[]);
        for label in labels {
            self.label("/resource", label);
        }
        for related in family.related {
            self.related(related);
        }
        if let Some(object) = family.payload.first() {
            self.object("/payload", object);
        }
        self.mutants
    }

    fn envelope(&mut self) {
        for field in ["occurred", "event", "resource", "id"] {
            self.names("", field, &[]);
        }
        self.kinds("", "occurred", &["string", "number"]);
        self.kinds("", "event", &["string"]);
        self.kinds("", "id", &["string"]);
        self.kinds("", "follows", &["string", "null"]);
        self.kinds("", "resource", &["object"]);
        self.kinds("", "payload", &["object"]);
        self.kinds("", "related", &["array"]);
        self.set("", "occurred", "wrong value", json!("2026-13-31T18:30:00Z"));
        for id in ["id", "follows"] {
            self.set("", id, "bad uuid", json!("1d1f6c2e-9b0a-4f57-8c3d-2e7a5b90461g"));
        }
        let name = self.right["event"].as_str().unwrap().to_owned();
        self.set("", "event", "misspelt", json!(name.replacen("prefect", "prefectt", 1)));
        self.set("", "event", "wrong case", json!(name.to_uppercase()));
        let literal = self.family.name.prefix();
        self.set("", "event", "one letter", json!(misspelt(literal) + &name[literal.len()..]));
        self.names("/resource", ID, &[]);
        self.kinds("/resource", ID, &["string"]);
        self.set("/resource", ID, "empty", json!(""));
    }

    fn label(&mut self, parent: &str, label: &Label) {
        if label.presence() == Presence::Required {
            self.names(parent, label.name, &[]);
        }
        self.kinds(parent, label.name, &["string"]);
        self.form(parent, label, &[]);
    }

    /// Texts without the form of a label.
    fn form(&mut self, parent: &str, label: &Label, also: &[String]) {
        self.texts(parent, label.name, &label.form, also);
    }

    fn texts(&mut self, parent: &str, name: &str, form: &LabelForm, also: &[String]) {
        let place = key(parent, name);
        let mut accepted = vec![place.clone()];
        accepted.extend_from_slice(also);
        let mut wrong: Vec<(&'static str, String)> = Vec::new();
        match form {
            LabelForm::Text => {}
            LabelForm::Integer => wrong.extend([
                ("wrong value", "1.5".to_owned()),
                ("negative", "-1".to_owned()),
                ("empty", String::new()),
            ]),
            LabelForm::SignedInteger => wrong.extend([("wrong value", "1.5".to_owned()), ("empty", String::new())]),
            LabelForm::Timestamp => wrong.extend([
                ("wrong value", "yesterday".to_owned()),
                ("wrong value", "2026-03-31".to_owned()),
                ("empty", String::new()),
            ]),
            LabelForm::Uuid => wrong.push(("bad uuid", OTHER_UUID.replace('1', "g"))),
            LabelForm::JsonStrings => wrong.extend([
                ("wrong value", "[1]".to_owned()),
                ("wrong value", "a, b".to_owned()),
                ("wrong value", "{}".to_owned()),
            ]),
            LabelForm::AtMost(most) => wrong.push(("wrong value", "é".repeat(most + 1))),
            LabelForm::Values { values, .. } => {
                wrong.extend([("wrong value", "zzz".to_owned()), ("empty", String::new())]);
                let other = other_case(values[0].text);
                if values.iter().all(|value| value.text != other) {
                    wrong.push(("wrong case", other));
                }
            }
            LabelForm::Templates(templates) => {
                wrong.push(("of another kind", format!("prefect.zzz.{OTHER_UUID}")));
                wrong.push(("another word", "zzz".to_owned()));
                for own in *templates {
                    let prefix = own.template.prefix();
                    if prefix.is_empty() {
                        continue;
                    }
                    wrong.push(("nothing after its kind", prefix.to_owned()));
                    wrong.push(("misspelt", misspelt(prefix) + OTHER_UUID));
                    if own.template.parts.iter().any(|part| matches!(part, Part::Hole { name: "uuid", .. })) {
                        wrong.push((
                            "bad uuid",
                            own.template.text.replace("{uuid}", "1d1f6c2e-9b0a-4f57-8c3d-2e7a5b90461g"),
                        ));
                        wrong.push(("bad uuid", own.template.text.replace("{uuid}", &OTHER_UUID.replace('-', ""))));
                        wrong.push(("bad uuid", own.template.text.replace("{uuid}", "42")));
                    }
                }
            }
        }
        for (mutation, text) in wrong {
            self.add(&place, mutation, accepted.clone(), |event| {
                event.pointer_mut(parent).unwrap()[name] = text.into()
            });
        }
    }

    fn related(&mut self, related: &prefect_events::catalogue::Related) {
        let list = "/related".to_owned();
        let items = self.right["related"].as_array().unwrap();
        let Some(index) = items.iter().position(|item| item[ROLE] == related.role) else {
            // The example leaves it out: one with another's id is put in.
            let index = items.len();
            let parent = format!("/related/{index}");
            if let LabelForm::Templates(_) = related.id {
                let place = key(&parent, ID);
                self.add(&place, "of another kind", vec![place.clone()], |event| {
                    event["related"]
                        .as_array_mut()
                        .unwrap()
                        .push(json!({ID: format!("prefect.zzz.{OTHER_UUID}"), ROLE: related.role}));
                });
            }
            return;
        };
        let parent = format!("/related/{index}");
        let role = key(&parent, ROLE);
        if related.min > 0 {
            self.add(&parent, "removed", vec![list.clone(), parent.clone()], |event| {
                drop(event["related"].as_array_mut().unwrap().remove(index))
            });
        }
        for (mutation, new) in [
            ("misspelt role", misspelt(related.role)),
            ("wrong role", "zzz".to_owned()),
            ("wrong case", related.role.to_uppercase()),
        ] {
            self.add(&role, mutation, vec![list.clone(), parent.clone(), role.clone()], |event| {
                event["related"][index][ROLE] = new.into()
            });
        }
        self.set(&parent, ROLE, "empty", json!(""));
        self.set(&parent, ID, "empty", json!(""));
        for name in [ROLE, ID] {
            self.names(&parent, name, std::slice::from_ref(&list));
            self.kinds(&parent, name, &["string"]);
        }
        self.texts(&parent, ID, &related.id, &[]);
        for label in related.labels {
            self.label(&parent, label);
        }
        for (mutation, item) in
            [("null", Value::Null), ("a number", json!(1)), ("a string", json!("zzz")), ("an array", json!([]))]
        {
            self.add(&parent, mutation, vec![parent.clone()], |event| event["related"][index] = item);
        }
    }

    fn object(&mut self, parent: &str, object: &Object) {
        for field in object.fields {
            let place = key(parent, field.name);
            let Some(value) = self.right.pointer(&place).cloned() else {
                self.field(parent, field);
                continue;
            };
            if field.presence() == Presence::Required {
                self.names(parent, field.name, &[]);
            }
            self.field(parent, field);
            match (&value, field.object) {
                (Value::Object(_), Some(inner)) => self.object(&place, inner),
                (Value::Array(items), Some(inner)) if !items.is_empty() => self.object(&key(&place, "0"), inner),
                _ => {}
            }
        }
        if object.other.is_some() {
            self.set(parent, "zzz_zzz", "unknown", json!(1));
        }
    }

    fn field(&mut self, parent: &str, field: &Field) {
        let mut allowed = match field.kind {
            ValueKind::Any => return,
            ValueKind::String | ValueKind::Uuid | ValueKind::Timestamp => vec!["string"],
            ValueKind::Integer | ValueKind::Number => vec!["number"],
            ValueKind::Boolean => vec!["boolean"],
            ValueKind::Object | ValueKind::StringMap => vec!["object"],
            ValueKind::Array => vec!["array"],
        };
        if field.nullable {
            allowed.push("null");
        }
        self.kinds(parent, field.name, &allowed);
        let place = key(parent, field.name);
        match field.kind {
            ValueKind::Uuid => {
                for text in ["zzz", "1d1f6c2e-9b0a-4f57-8c3d-2e7a5b90461g"] {
                    self.set(parent, field.name, "bad uuid", json!(text));
                }
            }
            ValueKind::Timestamp => self.set(parent, field.name, "wrong value", json!("yesterday")),
            ValueKind::Integer => self.set(parent, field.name, "wrong value", json!(1.5)),
            ValueKind::StringMap => {
                let accepted = vec![place.clone(), key(&place, "zzz")];
                self.add(&place, "wrong item", accepted, |event| {
                    event.pointer_mut(parent).unwrap()[field.name] = json!({"zzz": 1})
                });
            }
            ValueKind::Array if field.items.is_some_and(|kind| kind != ValueKind::Any) => {
                let wrong = if field.items == Some(ValueKind::Integer) { json!("zzz") } else { json!(7.5) };
                let accepted = vec![key(&place, "0")];
                self.add(&place, "wrong item", accepted, |event| {
                    event.pointer_mut(parent).unwrap()[field.name] = json!([wrong])
                });
            }
            _ => {}
        }
        if let Some(value) = field.values.first() {
            let is_list = field.kind == ValueKind::Array;
            let as_field = |text: &str| if is_list { json!([text]) } else { json!(text) };
            let accepted = vec![if is_list { key(&place, "0") } else { place.clone() }];
            let other = other_case(value.text);
            let mut wrong = vec![("wrong value", "zzz".to_owned()), ("empty", String::new())];
            if field.values.iter().all(|value| value.text != other) {
                wrong.push(("wrong case", other));
            }
            for (mutation, text) in wrong {
                self.add(&place, mutation, accepted.clone(), |event| {
                    event.pointer_mut(parent).unwrap()[field.name] = as_field(&text)
                });
            }
        }
    }
}

/// Whether a text matches a pattern in which `*` matches anything.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).filter(|&at| rest.is_char_boundary(at)).any(|at| fits(after, &rest[at..]))
        }),
    }
}

/// The first entry of a list that speaks of this mutation; it counts as used.
fn listed(list: &[(&str, &str, &str, &str)], used: &mut BTreeSet<usize>, mutant: (&str, &str, &str)) -> bool {
    let speaks = |(family, place, mutation, _): &(&str, &str, &str, &str)| {
        fits(family, mutant.0) && fits(place, mutant.1) && fits(mutation, mutant.2)
    };
    let found = list.iter().position(speaks);
    used.extend(found);
    found.is_some()
}

fn sentence(diagnostic: &Diagnostic) -> String {
    format!("{:?} {} at {}: {}", diagnostic.severity, diagnostic.code, diagnostic.path, diagnostic.message)
}

#[test]
fn every_mutant_is_found_at_its_place_and_once() {
    let (mut table, mut survivors, mut several) = (BTreeMap::<&str, (u32, u32)>::new(), Vec::new(), Vec::new());
    let (mut used, mut used_several) = (BTreeSet::new(), BTreeSet::new());
    let mut otherwise = Vec::new();
    for family in families() {
        for variant in mutated(family) {
            let maker = Maker::new(family, variant);
            let right = maker.right.clone();
            for Mutant { family, place, mutation, event, accepted } in maker.make() {
                cache::compare(&right, &event, &mut otherwise);
                let report = check(&event.to_string());
                let found = report.diagnostics.iter().any(|diagnostic| accepted.contains(&diagnostic.path));
                let row = table.entry(mutation).or_default();
                row.0 += 1;
                row.1 += u32::from(found);
                let sentences = || report.diagnostics.iter().map(sentence).collect::<Vec<_>>();
                if !found && !listed(SURVIVORS, &mut used, (family, &place, mutation)) {
                    survivors.push(format!(
                        "{family} {variant:?} | {place} | {mutation} | {} | {:#?}",
                        event.pointer(&place).unwrap_or(&Value::Null),
                        sentences()
                    ));
                }
                if report.errors > 1 && !listed(SEVERAL, &mut used_several, (family, &place, mutation)) {
                    several.push(format!(
                        "{family} {variant:?} | {place} | {mutation} | {} | {:#?}",
                        event.pointer(&place).unwrap_or(&Value::Null),
                        sentences()
                    ));
                }
            }
        }
    }
    let (made, found) = table.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{found} of {made} mutants found: {:.2} %", f64::from(found) * 100.0 / f64::from(made));
    for (mutation, (made, found)) in &table {
        println!("  {mutation:24} {found:6} of {made:6}");
    }
    assert!(otherwise.is_empty(), "found otherwise behind an event that is right:\n{}", otherwise.join("\n"));
    let wrong = [survivors.join("\n"), several.join("\n")];
    assert!(
        wrong == ["", ""],
        "{} survive:\n{}\n{} give several errors:\n{}",
        survivors.len(),
        wrong[0],
        several.len(),
        wrong[1]
    );
    let unused = |list: &'static [(&str, &str, &str, &str)], used: &BTreeSet<usize>| {
        list.iter().enumerate().filter(|(place, _)| !used.contains(place)).map(|(_, entry)| *entry).collect::<Vec<_>>()
    };
    assert_eq!(unused(SURVIVORS, &used), [], "these no longer survive");
    assert_eq!(unused(SEVERAL, &used_several), [], "these no longer give several errors");
    assert!(made > 10_000, "{made}");
}

// ---- places that must agree

/// Another value of the same form.
fn altered(compare: Compare, value: &Value) -> Value {
    match value {
        Value::Null => json!("PENDING"),
        Value::Number(number) => json!(number.as_i64().unwrap() + 1),
        Value::String(text) => match (compare, text.as_str()) {
            (Compare::Integer, _) => json!((text.parse::<i64>().unwrap() + 1).to_string()),
            (Compare::Uuid, _) => json!(OTHER_UUID),
            (Compare::Instant, _) => json!(text.replacen("18:30", "18:29", 1)),
            (_, "RUNNING") => json!("PENDING"),
            (_, "PENDING" | "SCHEDULED" | "COMPLETED") => json!("RUNNING"),
            _ => json!(format!("{text}-zzz")),
        },
        _ => unreachable!("{value}"),
    }
}

/// The pointer of a place, and a changed text for it; `None`: it is not in this event.
fn change(family: &Family, event: &Value, term: &Term, compare: Compare) -> Option<(String, Value)> {
    let in_role = |role: &str| event["related"].as_array().unwrap().iter().position(|item| item[ROLE] == role);
    let at = |pointer: String| Some((pointer.clone(), altered(compare, event.pointer(&pointer)?)));
    let part = |pointer: String, part: &str, form: Option<&LabelForm>| {
        let text = event.pointer(&pointer)?.as_str()?;
        let Some(LabelForm::Templates(forms)) = form else { return None };
        let value = forms.iter().find_map(|form| form.template.part(text.as_bytes(), part))?;
        let value = std::str::from_utf8(value).ok()?;
        let other = if part == "uuid" { OTHER_UUID } else { "zzz" };
        Some((pointer.clone(), json!(text.replacen(value, other, 1))))
    };
    match *term {
        Term::Name(hole) => {
            let text = event["event"].as_str()?;
            let value = std::str::from_utf8(family.name.part(text.as_bytes(), hole)?).ok()?;
            let choice = family
                .choices
                .iter()
                .find(|choice| choice.hole == hole)
                .and_then(|choice| choice.values.iter().find(|other| **other != value));
            Some(("/event".to_owned(), json!(text.replacen(value, choice.copied().unwrap_or("Zzz"), 1))))
        }
        Term::Label(label) => at(key("/resource", label)),
        Term::IdPart(name) => part(key("/resource", ID), name, family.labels.first().map(|label| &label.form)),
        Term::Payload { path, .. } => at(path.iter().fold("/payload".to_owned(), |parent, name| key(&parent, name))),
        Term::RelatedLabel { role, label } => at(key(&format!("/related/{}", in_role(role)?), label)),
        Term::RelatedIdPart { role, part: name } => {
            let form = family.related.iter().find(|related| related.role == role).map(|related| &related.id);
            part(key(&format!("/related/{}", in_role(role)?), ID), name, form)
        }
        Term::Occurred => at("/occurred".to_owned()),
    }
}

/// One place after the other differs from those with which it must agree.
pub(crate) fn each_disagreement(mut run: impl FnMut(&'static Family, &'static Equal, &'static Term, Value)) {
    for family in families() {
        for variant in mutated(family) {
            let right: Value = serde_json::from_str(&example(family, variant)).unwrap();
            for rule in family.equal {
                for term in rule.terms {
                    let mut event = right.clone();
                    if let Term::Payload { path: ["task_run", name @ ("id" | "flow_run_id")], .. } = term {
                        event["payload"]["task_run"][name] = json!(OTHER_UUID);
                    } else {
                        let others = rule
                            .terms
                            .iter()
                            .filter(|other| change(family, &right, other, rule.compare).is_some())
                            .count();
                        let Some((pointer, value)) = change(family, &right, term, rule.compare).filter(|_| others > 1)
                        else {
                            continue;
                        };
                        *event.pointer_mut(&pointer).unwrap() = value;
                    }
                    run(family, rule, term, event);
                }
            }
        }
    }
}

#[test]
fn places_that_must_agree_are_compared() {
    let (mut broken, mut wrong) = (0, Vec::new());
    each_disagreement(|family, rule, term, event| {
        broken += 1;
        let report = check(&event.to_string());
        let found: Vec<_> = report
            .diagnostics
            .iter()
            .filter(|found| found.code == "values-disagree" && found.severity == rule.severity)
            .collect();
        if found.is_empty() || report.errors > u64::from(rule.severity == Severity::Error) {
            wrong.push(format!(
                "{} {} {:?} {term:?}: {:#?}",
                family.name.text,
                event["event"],
                rule.terms,
                report.diagnostics.iter().map(sentence).collect::<Vec<_>>()
            ));
        }
    });
    assert!(wrong.is_empty(), "{} of {broken}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(broken > 100, "{broken}");
}

/// What the knowledge of Prefect says of places of one event beyond plain equality (rules 6, 7 and 10 to 12):
/// a family, its variant, changes, and the one finding that they give.
#[test]
fn rules_within_one_event_are_checked() {
    type Change = (&'static str, Value);
    let label = |name: &str| key("/resource", name);
    let rules: Vec<(&str, Option<&str>, Vec<(String, Value)>, &str, Severity, String)> = [
        (
            "prefect.flow-run.{state}",
            Some("Running"),
            vec![("/resource/prefect.run-count", json!("0"))],
            "running-without-attempt",
            "/resource/prefect.run-count",
        ),
        (
            "prefect.task-run.{state}",
            Some("Running"),
            vec![("/resource/prefect.run-count", json!("0")), ("/payload/task_run/run_count", json!(0))],
            "running-without-attempt",
            "/resource/prefect.run-count",
        ),
        (
            "prefect.task-run.{state}",
            Some("Running"),
            vec![("/payload/task_run/tags", json!(["etl", "nightly"]))],
            "tag-not-related",
            "/payload/task_run/tags/1",
        ),
        (
            "prefect.flow-run.{state}",
            Some("Running"),
            vec![
                ("/resource/prefect.state-type", json!("PENDING")),
                ("/payload/intended/to", json!("PENDING")),
                ("/payload/validated_state/type", json!("PENDING")),
            ],
            "unusual-state-type",
            "/resource/prefect.state-type",
        ),
        (
            "prefect.task-run.{state}",
            Some("Completed"),
            vec![
                ("/resource/prefect.state-type", json!("FAILED")),
                ("/payload/intended/to", json!("FAILED")),
                ("/payload/validated_state/type", json!("FAILED")),
            ],
            "unusual-state-type",
            "/resource/prefect.state-type",
        ),
        (
            "prefect.deployment.updated",
            None,
            vec![("/payload/updated_fields", json!([])), ("/payload/updates", json!({}))],
            "updates-disagree",
            "/payload/updated_fields",
        ),
        (
            "prefect.deployment.updated",
            None,
            vec![("/payload/updates", json!({}))],
            "updates-disagree",
            "/payload/updated_fields/0",
        ),
        (
            "prefect.concurrency-limit.acquired",
            None,
            vec![("/resource/slots-acquired", json!("0"))],
            "no-slots-acquired",
            "/resource/slots-acquired",
        ),
        (
            "prefect.workspace.transfer.completed",
            None,
            vec![("/payload/succeeded", json!(1000))],
            "counts-exceed-total",
            "/payload/total_resources",
        ),
    ]
    .into_iter()
    .map(|(family, variant, changes, code, path): (_, _, Vec<Change>, _, &str)| {
        (
            family,
            variant,
            changes.into_iter().map(|(place, value)| (place.to_owned(), value)).collect(),
            code,
            Severity::Warning,
            path.to_owned(),
        )
    })
    .chain([(
        "prefect.flow-run.{state}",
        Some("Running"),
        vec![(label("prefect.state-type"), json!("ZZZ"))],
        "wrong-label-value",
        Severity::Error,
        label("prefect.state-type"),
    )])
    .collect();
    let mut wrong = Vec::new();
    let mut expect = |family: &str, event: &Value, code: &str, severity: Severity, path: &str| {
        let report = check(&event.to_string());
        let hit = report
            .diagnostics
            .iter()
            .any(|found| found.code == code && found.severity == severity && found.path == path);
        if !hit || report.diagnostics.len() > 1 {
            wrong.push(format!(
                "{family}: expected {code} at {path}: {:#?}",
                report.diagnostics.iter().map(sentence).collect::<Vec<_>>()
            ));
        }
    };
    let right = |name: &str, variant: Option<&str>| -> Value {
        let family = families().iter().find(|family| family.name.text == name).unwrap();
        serde_json::from_str(&example(family, variant)).unwrap()
    };
    for (family, variant, changes, code, severity, path) in rules {
        let mut event = right(family, variant);
        for (place, value) in changes {
            *event.pointer_mut(&place).unwrap_or_else(|| panic!("{family} {place}")) = value;
        }
        expect(family, &event, code, severity, &path);
    }
    for family in families() {
        let event = right(family.name.text, None);
        // Rule 11: a related resource twice.
        if let Some(first) = event["related"].get(0).cloned() {
            let many = family
                .related
                .iter()
                .find(|related| first[ROLE] == related.role)
                .is_none_or(|related| related.max.is_none());
            let mut twice = event.clone();
            let count = twice["related"].as_array().unwrap().len();
            twice["related"].as_array_mut().unwrap().push(first);
            if many {
                expect(family.name.text, &twice, "repeated-related", Severity::Warning, &format!("/related/{count}"));
            } else {
                let report = check(&twice.to_string());
                assert!(
                    report.valid && report.diagnostics.iter().any(|found| found.code == "repeated-related"),
                    "{}: {:#?}",
                    family.name.text,
                    report.diagnostics
                );
            }
        }
        // Rule 12: an event follows itself.
        let mut itself = event.clone();
        itself["follows"] = itself["id"].clone();
        expect(family.name.text, &itself, "follows-itself", Severity::Warning, "/follows");
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}
