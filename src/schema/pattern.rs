//! Forms as regular expressions, in the part of ECMA-262 that every implementation of JSON Schema supports.

use crate::catalogue::{Alternative, Family, Hole, LabelForm, Part, Template, families};
use crate::json::tree::{ObjectTree, Tree};

use super::family::one_of;

/// A UUID with hyphens, in any case.
pub(crate) const UUID: &str = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
/// Other spellings of a UUID that the server accepts.
pub(crate) const OTHER_UUID: &str = "[0-9a-fA-F]{32}|urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\}";
pub(super) const DATE: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
/// Hours, minutes and seconds.
pub(super) const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]+)?";
/// Times after a date that the server reads though they are not RFC 3339.
pub(super) const OTHER_TIME: &str = "([ _]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?|[Tt]([01][0-9]|2[0-3]):[0-5][0-9]([Zz]|[+-][0-9]{2}:?[0-9]{2})?)";
pub(super) const OFFSET: &str = "([Zz]|[+-][0-9]{2}:[0-9]{2})";
const INTEGER: &str = "^[0-9]+$";
const SIGNED_INTEGER: &str = "^-?[0-9]+$";
/// The characters of `char::is_whitespace`; `\s` differs between implementations.
const ASSET_KEY: &str = "[a-z0-9]+://[^\\u0000\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000#?&%\"'<>\\[\\]{}|\\\\\\^`]+";
/// The most characters of an asset key.
const ASSET_KEY_LENGTH: u64 = 512;
/// A JSON array of strings.
const JSON_STRINGS: &str = "^[ \\t\\n\\r]*\\[[ \\t\\n\\r]*(\"([^\"\\\\\\u0000-\\u001f]|\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*\"[ \\t\\n\\r]*(,[ \\t\\n\\r]*\"([^\"\\\\\\u0000-\\u001f]|\\\\([\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*\"[ \\t\\n\\r]*)*)?\\][ \\t\\n\\r]*$";

/// A regular expression that matches only this text.
pub(crate) fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "^$\\.*+?()[]{}|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The pattern that the whole text must match.
pub(crate) fn whole(pattern: &str) -> String {
    if pattern.contains('|') { format!("^({pattern})$") } else { format!("^{pattern}$") }
}

fn hole(hole: Hole) -> &'static str {
    match hole {
        Hole::Uuid => UUID,
        Hole::Word => "[^.]+",
        Hole::Segment => "[^/]+",
        // A dot matches no line break.
        Hole::Text => "[\\s\\S]+",
        Hole::AssetKey => ASSET_KEY,
    }
}

fn template(template: &Template, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    for part in template.parts {
        match part {
            Part::Literal(text) => out.push_str(&literal(text)),
            Part::Hole { name, hole: of } => out.push_str(&value(name).unwrap_or_else(|| hole(*of).to_owned())),
        }
    }
    out
}

fn is(template: &Template, hole: Hole) -> bool {
    matches!(template.parts, [Part::Hole { hole: own, .. }] if *own == hole)
}

/// The requirement for a text to have one of the forms of an id or a name.
fn templates(alternatives: &[Alternative]) -> ObjectTree {
    let any = |hole| alternatives.iter().any(|alternative| is(&alternative.template, hole));
    // Whatever surrounds it.
    if any(Hole::Text) {
        return ObjectTree::new().with("minLength", 1);
    }
    let all: Vec<String> = alternatives.iter().map(|alternative| template(&alternative.template, &|_| None)).collect();
    let schema = ObjectTree::new().with(
        "pattern",
        match all.as_slice() {
            [one] => format!("^{one}$"),
            several => format!("^({})$", several.join("|")),
        },
    );
    if any(Hole::AssetKey) { schema.with("maxLength", ASSET_KEY_LENGTH) } else { schema }
}

/// The requirement for a text to have a form, without its type. Nothing, if other texts are not errors.
pub(super) fn form(form: &LabelForm) -> ObjectTree {
    let pattern = |pattern: &str| ObjectTree::new().with("pattern", pattern);
    match form {
        LabelForm::Text => ObjectTree::new(),
        LabelForm::Integer => pattern(INTEGER),
        LabelForm::SignedInteger => pattern(SIGNED_INTEGER),
        LabelForm::Timestamp => reference("timestamp"),
        LabelForm::Uuid => reference("uuid"),
        LabelForm::JsonStrings => pattern(JSON_STRINGS).with("contentMediaType", "application/json"),
        LabelForm::AtMost(most) => ObjectTree::new().with("maxLength", u64::try_from(*most).unwrap_or(u64::MAX)),
        LabelForm::Values { values, other } => one_of(values, *other, false),
        LabelForm::Templates(alternatives) => templates(alternatives),
    }
}

/// A part shared by all schemas.
pub(crate) fn reference(definition: &str) -> ObjectTree {
    ObjectTree::new().with("$ref", format!("#/$defs/{definition}"))
}

/// The names that belong to a family.
pub(super) fn name(family: &Family) -> ObjectTree {
    let schema = ObjectTree::new().with("type", "string");
    if family.name.is_literal() {
        return schema.with("const", family.name.text);
    }
    let choice = |hole: &str| {
        let choice = family.choices.iter().find(|choice| choice.hole == hole)?;
        let values: Vec<String> = choice.values.iter().map(|value| literal(value)).collect();
        Some(format!("({})", values.join("|")))
    };
    let schema = schema.with("pattern", format!("^{}$", template(&family.name, &choice)));
    let others = others(family);
    match others.as_slice() {
        [] => schema,
        [one] => schema.with("not", one.clone()),
        _ => schema.with("not", ObjectTree::new().with("anyOf", others)),
    }
}

/// The names with a family's form that belong to others.
fn others(family: &Family) -> Vec<ObjectTree> {
    let prefix = family.name.prefix();
    let text = matches!(family.name.parts, [_, Part::Hole { hole: Hole::Text, .. }]);
    let (mut names, mut begins, mut patterns) = (Vec::new(), Vec::<String>::new(), Vec::new());
    for other in families() {
        if other.name.is_literal() {
            if !is_one_of(family, other.name.text) {
                continue;
            }
            // `prefect.flow-run.pull-step.` begins the names of other kinds of events.
            let rest = other.name.text.strip_prefix(prefix).unwrap_or_default();
            match rest.split_once('.') {
                Some((word, _)) if text => {
                    let begin = format!("^{}", literal(&[prefix, word, "."].concat()));
                    if !begins.contains(&begin) {
                        begins.push(begin);
                    }
                }
                _ => names.push(other.name.text),
            }
        } else if other.name.prefix().len() > prefix.len() && is_one_of(family, other.name.text) {
            patterns.push(name(other));
        }
    }
    let mut all = Vec::new();
    match names.as_slice() {
        [] => {}
        [one] => all.push(ObjectTree::new().with("const", *one)),
        _ => all.push(ObjectTree::new().with("enum", Tree::from(names))),
    }
    all.extend(begins.into_iter().map(|begin| ObjectTree::new().with("pattern", begin)));
    all.extend(patterns);
    all
}

/// Whether a name, or a pattern treated as a name, has the form of a family's.
fn is_one_of(family: &Family, name: &str) -> bool {
    let value = |hole: &str| family.name.part(name.as_bytes(), hole);
    family.name.matches(name.as_bytes())
        && family
            .choices
            .iter()
            .all(|choice| choice.values.iter().any(|known| value(choice.hole) == Some(known.as_bytes())))
}
