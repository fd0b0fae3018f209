//! Checks templates: text with placeholders, such as `prefect.worker.{type}.{slug}`.

use proc_macro2::TokenStream;
use quote::quote;

use super::super::hole::Hole;
use super::super::statics::variant;
use super::super::template::{Part, Template};
use super::Resolver;

/// Reads a template, and rejects templates that `Template::matches` might match wrongly.
pub(super) fn read(text: &str) -> Result<Template, String> {
    let wrong = |what: &str| format!("template `{text}`: {what}");
    let template = parse(text);
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
        // A placeholder matches as much as possible, so the next part must begin with a character that it cannot match.
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

/// Cuts a text into literal text and placeholders in braces.
fn parse(text: &str) -> Template {
    // The crate's templates live as long as the program, which is short here.
    let text: &'static str = text.to_owned().leak();
    let mut parts = Vec::new();
    let mut inside = false;
    for piece in text.split(['{', '}']) {
        if inside {
            parts.push(Part::Hole { name: piece, hole: hole(piece) });
        } else if !piece.is_empty() {
            parts.push(Part::Literal(piece));
        }
        inside = !inside;
    }
    Template { text, parts: parts.leak() }
}

/// The possible values of a placeholder follow from its name.
fn hole(name: &str) -> Hole {
    match name {
        "uuid" => Hole::Uuid,
        "asset-key" => Hole::AssetKey,
        "state" | "tag" | "container-id" | "worker-name" | "materialized-by" => Hole::Text,
        "flow" | "name" => Hole::Segment,
        _ => Hole::Word,
    }
}

impl Resolver<'_> {
    pub(super) fn template(&self, template: &Template) -> TokenStream {
        let parts: Vec<TokenStream> = template
            .parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => quote!(Part::Literal(#text)),
                Part::Hole { name, hole } => {
                    let hole = variant("Hole", hole);
                    quote!(Part::Hole { name: #name, hole: #hole })
                }
            })
            .collect();
        let (text, parts) = (template.text, self.statics.list("Part", &parts));
        quote!(Template { text: #text, parts: #parts })
    }
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
