//! Reads the catalogue from the bytes that `encode.rs` writes, function by function in
//! the order of that file, so that what one writes the other reads.
//!
//! Two files of the build script hold it: all different texts, one after the other, and
//! everything else as numbers: seven bits a byte, the highest first, and the eighth set in
//! all bytes but the last. A text or a list that was read before is only named again.

use std::any::Any;

use super::link::{anchor, link};
use super::model::{
    Alternative, Choice, Compare, Equal, Family, Field, Follows, Form, Kind, Label, Object, Presence, Related, Remark,
    SEVERITIES, Source, Template, Term, Value, Variant,
};
use crate::diagnostic::Severity;

/// Everything that the build script wrote; nothing, if that cannot be read.
pub(super) fn families() -> &'static [Family] {
    decode(
        include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin")),
        include_str!(concat!(env!("OUT_DIR"), "/catalogue.txt")),
    )
    .unwrap_or_default()
}

/// Reads the families, if there is nothing wrong with the bytes and nothing is left of them.
pub(super) fn decode(bytes: &[u8], texts: &'static str) -> Option<&'static [Family]> {
    let mut reader = Reader { bytes, unread: texts, texts: Vec::new(), lists: Vec::new(), wrong: false };
    let families = reader.list(family);
    let whole = reader.bytes.is_empty() && reader.unread.is_empty();
    (whole && !reader.wrong).then_some(families)
}

/// Goes on after a mistake with empty values, which comes to an end soon: the bytes run out.
struct Reader<'b> {
    bytes: &'b [u8],
    unread: &'static str,
    /// The texts that were read, in this order.
    texts: Vec<&'static str>,
    /// The shared lists that were read, `&'static [T]` of any `T`, in the order of their ends.
    lists: Vec<Box<dyn Any>>,
    wrong: bool,
}

impl Reader<'_> {
    fn or<T>(&mut self, value: Option<T>, otherwise: T) -> T {
        value.unwrap_or_else(|| {
            self.wrong = true;
            otherwise
        })
    }

    fn byte(&mut self) -> u8 {
        let split = self.bytes.split_first();
        let (byte, rest) = self.or(split, (&0, &[]));
        self.bytes = rest;
        *byte
    }

    fn number(&mut self) -> u32 {
        let mut number: u32 = 0;
        loop {
            let byte = self.byte();
            number = number.wrapping_mul(0x80) | u32::from(byte & 0x7f);
            if byte < 0x80 {
                return number;
            }
        }
    }

    fn flag(&mut self) -> bool {
        self.byte() != 0
    }

    /// The length of something new, or the place of something old; whether it is old.
    fn length(&mut self) -> (usize, bool) {
        let number = self.number();
        ((number >> 1) as usize, number & 1 == 1)
    }

    fn text(&mut self) -> &'static str {
        match self.length() {
            (length, false) => {
                let split = self.unread.split_at_checked(length);
                let (text, rest) = self.or(split, ("", ""));
                self.unread = rest;
                self.texts.push(text);
                text
            }
            (place, true) => {
                let text = self.texts.get(place).copied();
                self.or(text, "")
            }
        }
    }

    /// A list that can be an old one. Only those types are shared of which it spares much.
    fn shared<T: 'static>(&mut self, item: fn(&mut Self) -> T) -> &'static [T] {
        match self.length() {
            (length, false) => {
                let list = self.items(length, item);
                self.lists.push(Box::new(list));
                list
            }
            (place, true) => {
                let list = self.lists.get(place);
                let list = list.and_then(|list| list.downcast_ref().copied());
                self.or(list, &[])
            }
        }
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> T) -> &'static [T] {
        let length = self.number();
        self.items(length as usize, item)
    }

    fn items<T>(&mut self, length: usize, item: fn(&mut Self) -> T) -> &'static [T] {
        // No item is less than a byte: a greater length must be wrong.
        let length = length.min(self.bytes.len());
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(item(self));
        }
        items.leak()
    }

    fn option<T>(&mut self, item: fn(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| item(self))
    }

    fn boxed<T>(&mut self, item: fn(&mut Self) -> T) -> Option<&'static T> {
        self.flag().then(|| &*Box::leak(Box::new(item(self))))
    }

    /// An item of a list that is known to both sides, by its place.
    fn one_of<T: Copy>(&mut self, all: &[T], otherwise: T) -> T {
        let place = usize::from(self.byte());
        self.or(all.get(place).copied(), otherwise)
    }
}

fn family(r: &mut Reader) -> Family {
    let name = template(r);
    Family {
        title: r.text(),
        documented: r.flag(),
        cloud: r.flag(),
        emitter: r.text(),
        labels: r.shared(label),
        related: r.shared(related),
        other_roles: level(r),
        payload: r.list(object),
        follows: r.boxed(follows),
        docs: docs(r, name.text),
        variants: r.list(variant),
        other_variants: level(r),
        choices: r.list(choice),
        hole_example: r.text(),
        equal: r.list(equal),
        name,
    }
}

fn docs(r: &mut Reader, name: &str) -> Option<&'static str> {
    let page = r.text();
    let own = r.text();
    let docs = || match own {
        "" => link(page, &anchor(name)),
        own => link(page, own),
    };
    (!page.is_empty()).then(|| &*docs().leak())
}

fn severity(r: &mut Reader) -> Severity {
    r.one_of(&SEVERITIES, Severity::Error)
}

fn level(r: &mut Reader) -> Option<Severity> {
    r.option(severity)
}

fn source(r: &mut Reader) -> Source {
    r.one_of(&Source::ALL, Source::Both)
}

fn presence(r: &mut Reader) -> Presence {
    r.one_of(&Presence::ALL, Presence::Optional)
}

fn kind(r: &mut Reader) -> Kind {
    r.one_of(&Kind::ALL, Kind::Any)
}

fn compare(r: &mut Reader) -> Compare {
    r.one_of(&Compare::ALL, Compare::Text)
}

fn remark(r: &mut Reader) -> Remark {
    Remark { severity: severity(r), text: r.text() }
}

fn label(r: &mut Reader) -> Label {
    Label {
        name: r.text(),
        presence: presence(r),
        missing: level(r),
        form: form(r),
        meaning: r.text(),
        source: source(r),
        example: r.text(),
    }
}

fn form(r: &mut Reader) -> Form {
    match r.byte() {
        0 => Form::Text,
        1 => Form::Integer,
        2 => Form::SignedInteger,
        3 => Form::Timestamp,
        4 => Form::Uuid,
        5 => Form::JsonStrings,
        6 => Form::AtMost(r.number() as usize),
        7 => Form::Values { values: r.shared(value), other: severity(r) },
        8 => Form::Templates(r.shared(alternative)),
        _ => r.or(None, Form::Text),
    }
}

fn value(r: &mut Reader) -> Value {
    Value { text: r.text(), remark: r.option(remark) }
}

fn alternative(r: &mut Reader) -> Alternative {
    Alternative { template: template(r), remark: r.option(remark) }
}

/// Its parts follow from the text.
fn template(r: &mut Reader) -> Template {
    Template::parse(r.text())
}

fn related(r: &mut Reader) -> Related {
    Related {
        role: r.text(),
        id: form(r),
        min: r.number(),
        max: r.option(Reader::number),
        missing: level(r),
        when: r.text(),
        labels: r.shared(label),
        source: source(r),
        example: r.text(),
        remark: r.boxed(remark),
    }
}

fn object(r: &mut Reader) -> Object {
    Object { fields: r.shared(field), other: level(r) }
}

fn field(r: &mut Reader) -> Field {
    Field {
        name: r.text(),
        kind: kind(r),
        nullable: r.flag(),
        presence: presence(r),
        missing: level(r),
        values: r.shared(value),
        other: severity(r),
        object: r.boxed(object),
        items: r.option(kind),
        also: r.boxed(also),
        remark: r.boxed(remark),
        meaning: r.text(),
        source: source(r),
        example: r.text(),
    }
}

fn also(r: &mut Reader) -> (Kind, Remark) {
    (kind(r), remark(r))
}

fn variant(r: &mut Reader) -> Variant {
    Variant {
        name: r.text(),
        state_type: r.option(Reader::text),
        previous: r.option(Reader::text),
        documented: r.flag(),
    }
}

fn choice(r: &mut Reader) -> Choice {
    Choice { hole: r.text(), values: r.list(Reader::text) }
}

fn follows(r: &mut Reader) -> Follows {
    Follows {
        text: r.text(),
        families: r.list(Reader::text),
        same: r.option(term),
        same_resource: r.flag(),
        window: r.number(),
        documented: r.flag(),
        missing: level(r),
        states: r.flag(),
    }
}

fn equal(r: &mut Reader) -> Equal {
    Equal { severity: severity(r), terms: r.list(term), compare: compare(r) }
}

fn term(r: &mut Reader) -> Term {
    match r.byte() {
        0 => Term::Name(r.text()),
        1 => Term::Label(r.text()),
        2 => Term::IdPart(r.text()),
        3 => Term::Payload { path: r.list(Reader::text), absent: r.option(Reader::text) },
        4 => Term::RelatedLabel { role: r.text(), label: r.text() },
        5 => Term::RelatedIdPart { role: r.text(), part: r.text() },
        6 => Term::Occurred,
        _ => r.or(None, Term::Occurred),
    }
}
