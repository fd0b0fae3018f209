//! What the value of a field must be, by its kind.

use crate::json::tree::{ObjectTree, Tree};
use crate::schema::pattern::{OTHER_UUID, UUID, reference, whole};
use crate::time::scalar::MOST_DAYS;

use super::super::fields::{FieldKind, INFERRED, SELECTED, STATE_TYPES};
use super::super::model::Posture;
use super::{FirstReader, descriptions};

/// Numbers of a duration in ISO 8601.
const AMOUNT: &str = "[0-9]+(\\.[0-9]+)?";
/// What pydantic reads as `true` or `false` besides.
const BOOLEAN_WORDS: &str =
    "[01]|[Tt]([Rr][Uu][Ee])?|[Ff]([Aa][Ll][Ss][Ee])?|[Yy]([Ee][Ss])?|[Nn][Oo]?|[Oo]([Nn]|[Ff][Ff])";
const INTEGER_TEXT: &str = "^[ \\t\\n]*[+-]?[0-9]+(_[0-9]+)*(\\.0+)?[ \\t\\n]*$";
const POSITIVE_TEXT: &str = "^[ \\t\\n]*\\+?[0-9]*[1-9][0-9]*(\\.0+)?[ \\t\\n]*$";
/// What `prefect deploy` resolves.
const PLACEHOLDER: &str = "\\{\\{[ \\t]*[A-Za-z0-9_.$\\[\\]-]+[ \\t]*\\}\\}";
const SECONDS_OF_A_DAY: i64 = 86_400;

fn text() -> ObjectTree {
    ObjectTree::new().with("type", "string")
}

pub(super) fn any_of(schemas: impl Into<Tree>) -> ObjectTree {
    ObjectTree::new().with("anyOf", schemas)
}

fn nullable(name: &str) -> ObjectTree {
    ObjectTree::new().with("type", [name, "null"])
}

fn list(item: &str) -> ObjectTree {
    ObjectTree::new().with("type", "array").with("items", reference(item))
}

/// For `prefect deploy`, a placeholder is allowed too.
pub(super) fn resolved(reader: FirstReader, schema: ObjectTree) -> ObjectTree {
    match reader {
        FirstReader::Server | FirstReader::Client => schema,
        FirstReader::Deploy => any_of([schema, reference("placeholder")]),
    }
}

/// The schema of a value.
pub(super) fn of(kind: FieldKind, reader: FirstReader) -> ObjectTree {
    let schema = match kind {
        FieldKind::Text | FieldKind::Template | FieldKind::TriggerType => return text(),
        FieldKind::TextOrNull => return nullable("string"),
        FieldKind::Payload => return ObjectTree::new().with("not", ObjectTree::new().with("type", "null")),
        FieldKind::Boolean => reference("boolean"),
        FieldKind::Texts => ObjectTree::new().with("type", "array").with("items", text()),
        FieldKind::EventNames => list("event-name"),
        FieldKind::LabelNames => list("label-name"),
        // The client drops it, whatever it is.
        FieldKind::Uuid if reader != FirstReader::Server => return ObjectTree::new(),
        FieldKind::Uuid => reference("uuid"),
        FieldKind::TargetId => any_of([reference("uuid"), ObjectTree::new().with("type", "null")]),
        FieldKind::Labels => reference("labels"),
        FieldKind::RelatedLabels => {
            let list = ObjectTree::new().with("type", "array").with("items", reference("related-labels"));
            any_of([reference("related-labels"), list])
        }
        FieldKind::Posture => any_of(
            [Posture::Reactive, Posture::Proactive]
                .map(|posture| choice(posture.name(), descriptions::posture(posture))),
        ),
        FieldKind::Integer => any_of([ObjectTree::new().with("type", "integer"), text().with("pattern", INTEGER_TEXT)]),
        FieldKind::Within | FieldKind::Delay => reference("duration"),
        FieldKind::CompositeWithin => any_of([reference("signed-duration"), ObjectTree::new().with("type", "null")]),
        FieldKind::Require => any_of([
            choice("any", descriptions::REQUIRE_ANY),
            choice("all", descriptions::REQUIRE_ALL),
            ObjectTree::new().with("type", "integer").with("minimum", 1_u64),
            text().with("pattern", POSITIVE_TEXT),
        ]),
        FieldKind::Trigger => return reference("trigger"),
        FieldKind::Triggers => list("trigger"),
        FieldKind::Actions => return list("action"),
        FieldKind::TargetSource => {
            any_of([choice(SELECTED, descriptions::SELECTED), choice(INFERRED, descriptions::INFERRED)])
        }
        FieldKind::Parameters | FieldKind::ObjectOrNull => nullable("object"),
        FieldKind::StateType => ObjectTree::new().with("enum", Tree::from(STATE_TYPES.to_vec())),
    };
    resolved(reader, schema)
}

/// A value with what it means.
pub(super) fn choice(value: &str, meaning: &str) -> ObjectTree {
    ObjectTree::new().with("const", value).with_any("description", meaning)
}

/// `true`, `false`, and what pydantic reads as them.
pub(super) fn boolean() -> ObjectTree {
    any_of([
        ObjectTree::new().with("type", "boolean"),
        ObjectTree::new().with("type", "integer").with("minimum", 0_u64).with("maximum", 1_u64),
        text().with("pattern", whole(BOOLEAN_WORDS)),
    ])
}

/// The kinds of values that are used more than once.
pub(super) fn definitions(reader: FirstReader) -> ObjectTree {
    let seconds = u64::try_from(MOST_DAYS.saturating_mul(SECONDS_OF_A_DAY)).unwrap_or(u64::MAX);
    let number = ObjectTree::new().with("type", "number");
    let duration = any_of([
        number.clone().with("minimum", 0_u64).with("maximum", seconds),
        text().with("pattern", duration("\\+?")),
    ])
    .with("description", descriptions::DURATION)
    .with("examples", example_durations());
    let signed = any_of([number.with("maximum", seconds), text().with("pattern", self::duration("[+-]?"))])
        .with("description", descriptions::DURATION)
        .with("examples", example_durations());
    let all = ObjectTree::new().with("duration", duration).with("signed-duration", signed);
    match reader {
        FirstReader::Server | FirstReader::Client => all.with(
            "uuid",
            text()
                .with("format", "uuid")
                .with("pattern", whole(&[UUID, "|", OTHER_UUID].concat()))
                .with("description", descriptions::UUID),
        ),
        FirstReader::Deploy => {
            all.with("placeholder", text().with("pattern", PLACEHOLDER).with("description", descriptions::PLACEHOLDER))
        }
    }
}

fn example_durations() -> Vec<Tree> {
    vec![Tree::from(90_u64), Tree::from("PT90S"), Tree::from("00:01:30")]
}

/// Durations as pydantic reads them: ISO 8601, `00:01:30`, `2 days, 00:01:30`.
fn duration(sign: &str) -> String {
    let date = [AMOUNT, "[YMWD]"].concat();
    let time = [AMOUNT, "[HMS]"].concat();
    let iso = format!("P({date})+(T({time})*)?|PT({time})+");
    let days = "[0-9]+ ?([dD]|day|days|DAY|DAYS)(, ?| )?";
    let clock = "[0-9]+:[0-5][0-9](:[0-5][0-9](\\.[0-9]+)?)?";
    format!("^{sign}({iso}|({days})?{clock}|{days})$")
}
