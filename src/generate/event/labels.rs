//! The resource with its id and labels.

use crate::catalogue::{Alternative, Hole, Label, LabelForm, Part, Presence, is_uuid};
use crate::diagnostic::Severity;
use crate::event::RESOURCE_ID;
use crate::json::write::Writer;

use super::super::mistake::{self};
use super::Fallible;
use super::Maker;
use super::layout::{Layout, usual};
use super::pattern::Check;
use super::steps::{Id, LabelStep};
use super::values::Val;

/// What the text of a label must be, if it is not.
pub(super) fn unfit(form: &'static LabelForm, text: &str) -> Option<String> {
    match form {
        LabelForm::Integer if text.parse::<u64>().is_err() => Some("a whole number, not negative".to_owned()),
        LabelForm::SignedInteger if text.parse::<i64>().is_err() => Some("a whole number".to_owned()),
        LabelForm::Uuid if !is_uuid(text.as_bytes()) => Some("a UUID".to_owned()),
        LabelForm::JsonStrings if !text.starts_with('[') => Some("a list of texts".to_owned()),
        LabelForm::AtMost(most) if text.len() > *most && text.chars().count() > *most => {
            Some(format!("at most {most} characters long"))
        }
        LabelForm::Values { values, other: Severity::Error } if !values.iter().any(|value| value.text == text) => {
            Some(one_of(&mut values.iter().map(|value| value.text)))
        }
        LabelForm::Templates(templates) if !templates.iter().any(|own| own.template.matches(text.as_bytes())) => {
            Some(one_of(&mut templates.iter().map(|own| own.template.text)))
        }
        _ => None,
    }
}

/// Whether a text is the whole of an id of one of these forms.
pub(super) fn is_whole(templates: &'static [Alternative], text: &str) -> bool {
    usual(templates).any(|template| template.matches(text.as_bytes()))
}

pub(super) fn one_of(texts: &mut dyn Iterator<Item = &'static str>) -> String {
    let mut out = String::new();
    for text in texts {
        out.push_str(if out.is_empty() { "" } else { ", " });
        out.push('`');
        out.push_str(text);
        out.push('`');
    }
    if out.contains(", ") { ["one of ", &out].concat() } else { out }
}

impl Maker<'_, '_> {
    pub(super) fn resource(&mut self, layout: &Layout, out: &mut Writer) -> Fallible<()> {
        out.open('{');
        if let Some(label) = layout.id_label {
            out.key(RESOURCE_ID);
            match label.form {
                LabelForm::Templates(templates) => self.id(templates, &layout.id, out)?,
                _ => self.label_text(label, if let Id::Whole(place) = layout.id { place } else { None }, out)?,
            }
        }
        self.labels(&layout.labels, out)?;
        out.close('}');
        Ok(())
    }

    pub(super) fn labels(&mut self, steps: &[LabelStep], out: &mut Writer) -> Fallible<()> {
        for LabelStep { label, place, name } in steps {
            if label.presence() == Presence::Optional && !place.is_some_and(|place| self.is_given(place)) {
                continue;
            }
            out.item();
            out.raw(name);
            self.label_text(label, *place, out)?;
        }
        Ok(())
    }

    fn label_text(&mut self, label: &'static Label, place: Option<usize>, out: &mut Writer) -> Fallible<()> {
        self.value(place)?;
        let value = self.known_value(place);
        let wrong = |expected: &str| mistake::must_be(&self.key_at(place), expected, &format!("`{}`", value.shown()));
        let text: &str = match (value, &label.form) {
            (Val::Null, _) => return Err(mistake::needs(self.name, &self.key_at(place), label.meaning())),
            (Val::Json(json), LabelForm::JsonStrings) if json.starts_with('[') => json,
            (Val::Json(json), _) if json.starts_with(['[', '{']) => return Err(wrong("a text")),
            (Val::Text(text) | Val::Json(text), _) => text,
        };
        if let Some(expected) = unfit(&label.form, text) {
            return Err(wrong(&expected));
        }
        let begin = out.written();
        match text.strip_suffix('Z').filter(|_| matches!(label.form, LabelForm::Timestamp)) {
            Some(text) => out.string(&[text, "+00:00"].concat()),
            None => out.string(text),
        }
        self.note(place, Check::Label(label), begin.saturating_add(1), out.written().saturating_sub(1));
        Ok(())
    }

    pub(super) fn id(&mut self, templates: &'static [Alternative], id: &Id, out: &mut Writer) -> Fallible<()> {
        let (template, places) = match id {
            Id::None => {
                out.string("");
                return Ok(());
            }
            Id::Whole(place) => {
                let value = self.value(*place)?.shown();
                if usual(templates).any(|template| template.matches(value.as_bytes())) {
                    out.string(value);
                    return Ok(());
                }
                let found = format!("`{value}`");
                let forms = one_of(&mut usual(templates).map(|template| template.text));
                return Err(mistake::must_be(&self.key_at(*place), &forms, &found));
            }
            Id::Parts(template, places) => (template, places),
        };
        out.raw("\"");
        let mut places = places.iter().copied();
        for piece in template.parts {
            match piece {
                Part::Literal(text) => out.escaped(text),
                Part::Hole { name, hole } => {
                    let place = places.next().flatten();
                    let value = self.value(place)?;
                    let text = value.shown();
                    let fits = hole.take(text.as_bytes()).is_some_and(|(_, rest)| rest.is_empty());
                    if !fits || *value == Val::Null {
                        let expected = match hole {
                            Hole::Uuid => "a UUID".to_owned(),
                            Hole::AssetKey => "an asset key such as `s3://bucket/file`".to_owned(),
                            _ => format!("the part of the id `{}` that is called {name}", template.text),
                        };
                        let found = format!("`{text}`");
                        return Err(mistake::must_be(&self.key_at(place), &expected, &found));
                    }
                    let begin = out.written();
                    out.escaped(text);
                    self.note(place, Check::Part(*hole), begin, out.written());
                }
            }
        }
        out.raw("\"");
        Ok(())
    }
}
