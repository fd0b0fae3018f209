//! Fills a template with values, in one pass.

use std::borrow::Cow;
use std::iter;

use uuid::Uuid;

use crate::catalogue::{Field, Follows, Hole, Label, LabelForm, ValueKind as Type, slug};
use crate::json::write::Writer;
use crate::json::{Kind, Value};
use crate::text::steps::step;
use crate::text::uuid::is_uuid;
use crate::time::Instant;
use crate::validate::MAX_RELATED;

use super::super::error::{self, BuildError};
use super::super::ids::timed_id;
use super::super::random::Random;
use super::check::{is_text_of, unfit_id, unfit_label, unfit_part};
use super::layout::{At, Layout, What};
use super::related::{further_related, many, too_many_related};
use super::sink::{JsonText, Sink};
use super::slots::Slots;
use super::steps::{Usual, UsualPiece};
use super::template::EventPiece;
use super::tree::Tree;
use super::value::{SlotValue, raw, write_time};

type Fallible<T> = Result<T, BuildError>;

/// The values for the pieces of one event.
pub(in crate::generate) struct Filling<'f, 't> {
    pub name: &'f str,
    /// The given values, and those that follow from them.
    pub slots: &'f Slots<'t>,
    /// Values that override those of the slots, and values generated because none was given.
    pub own: &'f mut Vec<(usize, SlotValue<'t>)>,
    pub occurred: Instant,
    pub id: EventId<'t>,
    pub follows: EventId<'t>,
    pub random: &'f mut Random,
    /// Related resources so far, beyond those of the template.
    pub related: usize,
}

/// The id of this event, or of the event that it follows.
#[derive(Clone, Copy)]
pub(in crate::generate) enum EventId<'t> {
    /// The value given for the key.
    Given(Option<Value<'t>>),
    Known(Uuid),
    /// Known to be absent.
    No,
}

impl<'f, 't> Filling<'f, 't> {
    fn layout(&self) -> &'f Layout {
        &self.slots.layout
    }

    /// Writes the pieces to JSON text.
    pub(crate) fn write(&mut self, pieces: &[EventPiece], out: &mut JsonText) -> Fallible<()> {
        for piece in pieces {
            step(1);
            match piece {
                EventPiece::Ready(json) => out.ready(json),
                EventPiece::Comma => out.comma(),
                piece => self.piece(piece, out)?,
            }
        }
        Ok(())
    }

    /// Writes the pieces to a tree. It ignores the server's limit on related resources: trees are for inspecting
    /// events, not for sending them.
    pub(crate) fn write_tree(&mut self, pieces: &[EventPiece], out: &mut Tree<'_>) -> Fallible<()> {
        let wanted = pieces.iter().filter(|piece| !matches!(piece, EventPiece::EndRelated(_)));
        wanted.into_iter().try_for_each(|piece| self.piece(piece, out))
    }

    /// Writes one piece. Joined pieces are only for JSON text.
    pub(crate) fn piece(&mut self, piece: &EventPiece, out: &mut dyn Sink) -> Fallible<()> {
        match piece {
            EventPiece::Open(bracket) => out.open(*bracket),
            EventPiece::Close(bracket) => out.close(*bracket),
            EventPiece::Key(name) => out.key(name),
            EventPiece::Item => out.item(),
            EventPiece::Null => out.json("null"),
            EventPiece::Text(text) => out.text(text),
            EventPiece::BeginText => out.begin_text(),
            EventPiece::Chars(text) => out.chars(text),
            EventPiece::EndText => out.end_text(),
            EventPiece::Ready(_) | EventPiece::Comma => {}
            EventPiece::EventName => out.text(self.name),
            EventPiece::Occurred => {
                out.begin_text();
                write_time(self.occurred, "Z", out);
                out.end_text();
            }
            EventPiece::Id => write_id(self.id, self.occurred, self.random, out)?,
            EventPiece::Follows => {
                let must = self.layout().family.follows.filter(|follows| follows.missing.is_some());
                write_follows_of(self.name, self.follows, must.map(Follows::meaning), out)?;
            }
            EventPiece::Label { place, label } => self.label(*place, label, out)?,
            EventPiece::WholeId { place, forms } => {
                self.make_at(*place)?;
                let value = self.at(*place).shown();
                if let Some(expected) = unfit_id(forms, &value) {
                    return Err(error::must_be(self.key_at(*place), &expected, &format!("`{value}`")));
                }
                out.text(&value);
            }
            EventPiece::IdPart { place, form, name, hole } => {
                self.make_at(*place)?;
                let value = self.at(*place);
                let fits = matches!((value, hole), (SlotValue::Id(_), Hole::Uuid));
                if !fits {
                    let text = value.shown();
                    let unfit = unfit_part(*hole, form.text, name, if *value == SlotValue::Null { "" } else { &text });
                    if let Some(expected) = unfit {
                        let found = format!("`{text}`");
                        return Err(error::must_be(self.key_at(*place), &expected, &found));
                    }
                }
                value.write_chars(out);
            }
            EventPiece::Field { place, field } => self.field(*place, field, out)?,
            EventPiece::FieldIfAny { place, field, absent } => {
                self.make_at(*place)?;
                let value = self.at(*place);
                // A value whose absence counts as empty is omitted if empty.
                let is_empty = match value {
                    SlotValue::Time(_) | SlotValue::Id(_) => false,
                    SlotValue::Text(text) => text.is_empty() || absent.contains(&&**text),
                    value => absent.contains(&&*value.shown()),
                };
                if !is_empty {
                    out.key(field.name);
                    self.field(*place, field, out)?;
                }
            }
            EventPiece::Many(step) => {
                if let Some(step) = self.layout().related.get(*step) {
                    let count = many(step, self.slots.given_at(step.given), out)?;
                    self.related = self.related.saturating_add(count);
                }
            }
            EventPiece::FurtherRelated => {
                if let Some(list) = self.slots.given_at(self.layout().top.related).value() {
                    self.related = self.related.saturating_add(further_related(list, out)?);
                }
            }
            EventPiece::EndRelated(count) => {
                let count = count.saturating_add(self.related);
                if count > MAX_RELATED {
                    return Err(too_many_related(count));
                }
            }
            EventPiece::FurtherFields { key, object } => {
                let given = self.slots.given_at(*key).value();
                let is_new = |key: Value<'_>| !object.fields.iter().any(|field| key.is(field.name));
                further_members(given, &is_new, out);
            }
            EventPiece::FurtherPayload(object) => {
                let given = self.slots.given_at(self.layout().top.payload).value();
                if let Some(wrong) = given.filter(|given| given.kind() != Kind::Object) {
                    return Err(error::wrong("payload", "an object", wrong));
                }
                let is_new = |key: Value<'_>| !object.fields.iter().any(|field| key.is(field.name));
                further_members(given, &is_new, out);
            }
        }
        Ok(())
    }

    fn label(&mut self, place: Option<usize>, label: &'static Label, out: &mut dyn Sink) -> Fallible<()> {
        self.make_at(place)?;
        let value = self.at(place);
        let is_timestamp = matches!(label.form, LabelForm::Timestamp);
        let text = match (value, &label.form) {
            (SlotValue::Time(time), LabelForm::Timestamp) => {
                out.begin_text();
                write_time(*time, "+00:00", out);
                out.end_text();
                return Ok(());
            }
            (SlotValue::Id(_), LabelForm::Uuid | LabelForm::Text) => {
                out.begin_text();
                value.write_chars(out);
                out.end_text();
                return Ok(());
            }
            (SlotValue::Null, _) => return Err(error::needs(self.name, self.key_at(place), label.meaning())),
            (SlotValue::Text(text) | SlotValue::Json(text), _) => Cow::Borrowed(&**text),
            (value, _) => value.shown(),
        };
        let is_list = matches!(label.form, LabelForm::JsonStrings) && text.starts_with('[');
        let expected = match value {
            SlotValue::Json(_) if !is_list && text.starts_with(['[', '{']) => Some("a text".to_owned()),
            _ => unfit_label(&label.form, &text),
        };
        if let Some(expected) = expected {
            return Err(error::must_be(self.key_at(place), &expected, &format!("`{text}`")));
        }
        match text.strip_suffix('Z').filter(|_| is_timestamp) {
            Some(text) => out.text(&[text, "+00:00"].concat()),
            None => out.text(&text),
        }
        Ok(())
    }

    fn field(&mut self, place: Option<usize>, field: &'static Field, out: &mut dyn Sink) -> Fallible<()> {
        self.make_at(place)?;
        let value = self.at(place);
        match (value, field.kind) {
            (SlotValue::Null, _) if field.nullable => {
                out.json("null");
                return Ok(());
            }
            (SlotValue::Null, _) => return Err(error::needs(self.name, self.key_at(place), field.meaning())),
            (SlotValue::Id(_), Type::Uuid) | (SlotValue::Time(_), Type::Timestamp) => {
                out.begin_text();
                value.write_chars(out);
                out.end_text();
                return Ok(());
            }
            _ => {}
        }
        let text = value.shown();
        match is_text_of(field, &text, value.is_text()) {
            Ok(true) => out.text(&text),
            Ok(false) => out.json(&text),
            Err(expected) => return Err(error::must_be(self.key_at(place), &expected, &format!("`{text}`"))),
        }
        Ok(())
    }

    // ---- values of slots

    fn slot_at(&self, place: Option<usize>) -> Option<usize> {
        place.and_then(|place| self.layout().places.get(place)).map(|place| place.slot)
    }

    /// Generates the value at a place, if there is none.
    fn make_at(&mut self, place: Option<usize>) -> Fallible<()> {
        self.slot_at(place).map_or(Ok(()), |slot| self.slot_value(slot).map(|_| ()))
    }

    /// The value at a place, once generated.
    fn at(&self, place: Option<usize>) -> &SlotValue<'t> {
        self.slot_at(place).and_then(|slot| self.known(slot)).unwrap_or(&SlotValue::Null)
    }

    fn known(&self, slot: usize) -> Option<&SlotValue<'t>> {
        step(self.own.len());
        let own = self.own.iter().find(|(own, _)| *own == slot).map(|(_, value)| value);
        own.or_else(|| self.slots.values.get(slot).and_then(Option::as_ref))
    }

    fn slot_value(&mut self, slot: usize) -> Fallible<&SlotValue<'t>> {
        if self.known(slot).is_none() {
            // A default that refers to itself ends here.
            self.set(slot, SlotValue::Null);
            let made = self.make(slot)?;
            self.set(slot, made);
        }
        Ok(self.known(slot).unwrap_or(&SlotValue::Null))
    }

    fn set(&mut self, slot: usize, value: SlotValue<'t>) {
        match self.own.iter_mut().find(|(own, _)| *own == slot) {
            Some((_, own)) => *own = value,
            None => self.own.push((slot, value)),
        }
    }

    fn make(&mut self, slot: usize) -> Fallible<SlotValue<'t>> {
        let layout = self.layout();
        Ok(match layout.usual.get(slot) {
            None | Some(Usual::Ask) => return Err(error::needs(self.name, self.key_of(slot), self.meaning(slot))),
            Some(Usual::Null) => SlotValue::Null,
            Some(Usual::Text(text)) => SlotValue::Text((*text).into()),
            Some(Usual::Json(json)) => SlotValue::Json((*json).into()),
            Some(Usual::Filled(pieces)) => SlotValue::Text(self.filled(pieces)?.into()),
            Some(Usual::Keys(of)) => SlotValue::Json(keys_of(self.slots.given_at(*of).value()).into()),
            Some(Usual::Same(of)) => match self.slots.given_at(*of).value() {
                Some(given) if given.kind() == Kind::Array => SlotValue::of(given),
                _ => SlotValue::Json("[]".into()),
            },
            Some(Usual::Slug(of)) => {
                let text = slug(&self.slot_value(*of)?.shown()).filter(|slug| !slug.is_empty());
                let name = "the slug, which cannot be derived from such a name";
                SlotValue::Text(text.ok_or_else(|| error::needs(self.name, self.key_of(slot), name))?.into())
            }
            Some(Usual::Tail(of)) => {
                let text = self.slot_value(*of)?.shown();
                SlotValue::Text(text.rsplit(['/', ':']).next().unwrap_or(&text).to_owned().into())
            }
            Some(Usual::Uuid) => SlotValue::Id(timed_id(self.occurred, self.random)),
            Some(Usual::Occurred) => SlotValue::Time(self.occurred),
            Some(Usual::Hex(count)) => {
                SlotValue::Text((0..*count).map(|_| self.random.hex(16)).collect::<String>().into())
            }
        })
    }

    fn filled(&mut self, pieces: &[UsualPiece]) -> Fallible<String> {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                UsualPiece::Text(text) => out.push_str(text),
                UsualPiece::Uuid => out.push_str(&timed_id(self.occurred, self.random).to_string()),
                UsualPiece::Hex => out.push_str(&self.random.hex(8)),
                UsualPiece::Slot(None) | UsualPiece::Last(None) => out.push_str("null"),
                UsualPiece::Slot(Some(of)) => out.push_str(&self.slot_value(*of)?.shown()),
                UsualPiece::Last(Some(of)) => {
                    let text = self.slot_value(*of)?.shown();
                    out.push_str(text.rsplit('.').next().unwrap_or(&text));
                }
            }
        }
        Ok(out)
    }

    // ---- the caller's keys

    fn key_at(&self, place: Option<usize>) -> &'f str {
        place.and_then(|place| self.layout().places.get(place)).map_or("", |place| place.key.as_str())
    }

    fn key_of(&self, slot: usize) -> &'f str {
        self.layout().key_of_slot(slot)
    }

    fn meaning(&self, slot: usize) -> &'static str {
        let layout = self.layout();
        let mut places = layout.places.iter().filter(|place| place.slot == slot);
        let meaning = places.find_map(|place| match (place.what, &place.at) {
            (What::Label(label), _) => Some(label.meaning()),
            (What::Field(field), _) => Some(field.meaning()),
            (_, At::IdPart(_)) => layout.family.labels.first().map(Label::meaning),
            _ => None,
        });
        meaning.unwrap_or("its name in the related resource's id")
    }
}

pub(super) fn write_id(id: EventId<'_>, occurred: Instant, random: &mut Random, out: &mut dyn Sink) -> Fallible<()> {
    match id {
        EventId::Given(Some(id)) => out.text(&event_id("id", id)?),
        EventId::Known(id) => write_uuid(id, out),
        EventId::Given(None) | EventId::No => write_uuid(timed_id(occurred, random), out),
    }
    Ok(())
}

/// `must`: which event it must follow, if required.
pub(super) fn write_follows_of(
    name: &str,
    follows: EventId<'_>,
    must: Option<&str>,
    out: &mut dyn Sink,
) -> Fallible<()> {
    match (follows, must) {
        (EventId::Given(None), Some(text)) => {
            let text = ["the id of ", &lower(text), "; null for none"].concat();
            return Err(error::needs(name, "follows", &text));
        }
        (EventId::Given(Some(id)), _) if id.kind() != Kind::Null => out.text(&event_id("follows", id)?),
        (EventId::Known(id), _) => write_uuid(id, out),
        _ => out.json("null"),
    }
    Ok(())
}

fn write_uuid(id: Uuid, out: &mut dyn Sink) {
    out.text(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
}

/// The id of an event, as given.
fn event_id<'t>(key: &str, value: Value<'t>) -> Fallible<Cow<'t, str>> {
    if value.is_string() && is_uuid(&value.bytes()) {
        Ok(value.string())
    } else {
        Err(error::wrong(key, "the UUID of an event", value))
    }
}

/// The first sentence of one of the catalogue's texts, for use inside another sentence.
fn lower(text: &str) -> String {
    let first = text.split(". ").next().unwrap_or(text);
    let mut chars = first.chars();
    chars.next().map_or_else(String::new, |first| iter::once(first.to_ascii_lowercase()).chain(chars).collect())
}

/// The members of an object that the catalogue does not list, as given.
fn further_members(object: Option<Value<'_>>, is_new: &dyn Fn(Value<'_>) -> bool, out: &mut dyn Sink) {
    for (key, value) in object.into_iter().flat_map(Value::members) {
        if is_new(key) {
            out.key(&key.string());
            out.json(&raw(value));
        }
    }
}

/// The keys of an object, as a JSON array.
fn keys_of(object: Option<Value<'_>>) -> String {
    let mut writer = JsonText(Writer::default());
    writer.open('[');
    for (key, _) in object.into_iter().flat_map(Value::members) {
        writer.item();
        writer.text(&key.string());
    }
    writer.close(']');
    writer.finish()
}
