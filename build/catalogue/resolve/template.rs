//! Checks templates: text with placeholders, such as `prefect.worker.{type}.{slug}`.

use super::super::hole::Hole;
use super::super::leak;
use super::super::model::{Part, Template};

/// Reads a template, and refuses one that `Template::matches` might not get right.
pub(super) fn read(text: &str) -> Result<Template, String> {
    let wrong = |what: &str| format!("template `{text}`: {what}");
    let template = Template::parse(leak(text));
    let written: String = template.parts.iter().map(written).collect();
    if text.is_empty() || written != text {
        return Err(wrong("is empty, or its braces are no pairs"));
    }
    let mut parts = template.parts.iter().peekable();
    while let Some(part) = parts.next() {
        let (name, hole) = match part {
            Part::Literal(_) => continue,
            Part::Hole { name, hole } => (name, hole),
        };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
            return Err(wrong("a placeholder's name is of small letters and hyphens"));
        }
        // A placeholder takes all it can, so what follows must begin with what it cannot take.
        let after = parts.peek();
        let before = |end: char| matches!(after, Some(Part::Literal(text)) if text.starts_with(end));
        let ends = match hole {
            Hole::Uuid => true,
            Hole::Word => after.is_none() || before('.'),
            Hole::Segment => after.is_none() || before('/'),
            Hole::Text | Hole::AssetKey => after.is_none(),
        };
        if !ends {
            return Err(wrong(&format!("`{{{name}}}` does not end where its text must end")));
        }
    }
    Ok(template)
}

fn written(part: &Part) -> String {
    match part {
        Part::Literal(text) => (*text).to_owned(),
        Part::Hole { name, .. } => format!("{{{name}}}"),
    }
}

pub(super) fn has(template: &Template, placeholder: &str) -> bool {
    let is = |part: &Part| matches!(part, Part::Hole { name, .. } if *name == placeholder);
    template.parts.iter().any(is)
}
