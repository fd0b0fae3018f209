//! Reads the catalogue from the bytes that `encode.rs` writes, function by function in
//! the order of that file, so that what one writes the other reads.
//!
//! Two files of the build script hold it: all different texts, one after the other, and
//! everything else as numbers: seven bits a byte, the highest first, and the eighth set in
//! all bytes but the last. A text or a list that was read before is only named again.
//! What stands aside, and what is only described, has two more files of the same kind each.

use std::any::Any;
use std::mem::swap;

use super::link::{anchor, link};
use super::model::{
    Alternative, Aside, Build, Choice, Compare, Described, Equal, Family, Field, Follows, Form, Kind, Label, Missing,
    Object, Presence, Related, Remark, SEVERITIES, Source, Template, Term, Value, Variant,
};
use crate::diagnostic::Severity;

/// The numbers of two files, and the texts.
type Files<'b> = (&'b [u8], &'static str);

pub(super) const CHECKED: Files<'static> = (
    include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.bin")),
    include_str!(concat!(env!("OUT_DIR"), "/catalogue.txt")),
);

pub(super) const ASIDE: Files<'static> =
    (include_bytes!(concat!(env!("OUT_DIR"), "/aside.bin")), include_str!(concat!(env!("OUT_DIR"), "/aside.txt")));

pub(super) const DESCRIBED: Files<'static> = (
    include_bytes!(concat!(env!("OUT_DIR"), "/described.bin")),
    include_str!(concat!(env!("OUT_DIR"), "/described.txt")),
);

/// Everything that the build script wrote; nothing, if that cannot be read.
pub(super) fn families() -> &'static [Family] {
    decode([CHECKED, ASIDE, DESCRIBED]).unwrap_or_default()
}

/// Reads the families, if there is nothing wrong with the files and nothing is left of them.
pub(super) fn decode(files: [Files<'_>; 3]) -> Option<&'static [Family]> {
    let [rest, aside, described] = files.map(Rest::of);
    let mut reader = Reader { rest, aside, described, lists: Vec::new(), wrong: false };
    let families = reader.list(family);
    let wrong = reader.wrong;
    let whole = [reader.rest, reader.aside, reader.described].iter().all(Rest::is_empty);
    (whole && !wrong).then_some(families)
}

/// What is left of two files.
struct Rest<'b> {
    bytes: &'b [u8],
    unread: &'static str,
    /// The texts that were read, in this order.
    texts: Vec<&'static str>,
}

impl<'b> Rest<'b> {
    fn of((bytes, unread): Files<'b>) -> Rest<'b> {
        Rest { bytes, unread, texts: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.unread.is_empty()
    }
}

/// Goes on after a mistake with empty values, which comes to an end soon: the bytes run out.
struct Reader<'b> {
    rest: Rest<'b>,
    aside: Rest<'b>,
    described: Rest<'b>,
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
        let split = self.rest.bytes.split_first();
        let (byte, rest) = self.or(split, (&0, &[]));
        self.rest.bytes = rest;
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
                let split = self.rest.unread.split_at_checked(length);
                let (text, rest) = self.or(split, ("", ""));
                self.rest.unread = rest;
                self.rest.texts.push(text);
                text
            }
            (place, true) => {
                let text = self.rest.texts.get(place).copied();
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
        let length = length.min(self.rest.bytes.len());
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

    fn aside<T>(&mut self, item: fn(&mut Self) -> T) -> Aside<T> {
        swap(&mut self.rest, &mut self.aside);
        let value = item(self);
        swap(&mut self.rest, &mut self.aside);
        Aside(value)
    }

    fn described<T>(&mut self, item: fn(&mut Self) -> T) -> Described<T> {
        swap(&mut self.rest, &mut self.described);
        let value = item(self);
        swap(&mut self.rest, &mut self.described);
        Described(value)
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
        title: r.described(Reader::text),
        documented: r.described(Reader::flag),
        cloud: r.described(Reader::flag),
        emitter: r.text(),
        emitted_by: r.described(Reader::text),
        notes: r.described(|r| r.list(Reader::text)),
        code: r.described(Reader::text),
        labels: r.shared(label),
        related: r.shared(related),
        other_roles: level(r),
        payload: r.list(object),
        follows: r.boxed(follows),
        docs: docs(r, name.text),
        variants: r.list(variant),
        other_variants: level(r),
        choices: r.list(choice),
        hole_example: r.described(Reader::text),
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

fn missing(r: &mut Reader) -> Missing {
    Missing { severity: severity(r), words: r.text() }
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
        presence: r.aside(presence),
        missing: r.option(missing),
        form: form(r),
        meaning: r.aside(Reader::text),
        source: r.described(source),
        example: r.described(Reader::text),
        build: r.aside(build),
    }
}

fn build(r: &mut Reader) -> Build {
    Build { key: r.text(), default: r.option(Reader::text), once: r.text(), called: r.text(), is_shown: r.flag() }
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
        missing: r.option(missing),
        when: r.described(Reader::text),
        labels: r.shared(label),
        source: r.described(source),
        example: r.described(Reader::text),
        build: r.aside(build),
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
        presence: r.aside(presence),
        missing: r.option(missing),
        values: r.shared(value),
        other: severity(r),
        object: r.boxed(object),
        items: r.option(kind),
        also: r.boxed(also),
        remark: r.boxed(remark),
        meaning: r.aside(Reader::text),
        source: r.described(source),
        example: r.described(Reader::text),
        build: r.aside(build),
    }
}

fn also(r: &mut Reader) -> (Kind, Remark) {
    (kind(r), remark(r))
}

fn variant(r: &mut Reader) -> Variant {
    Variant {
        name: r.text(),
        state_type: r.option(Reader::text),
        previous: r.aside(|r| r.option(Reader::text)),
        documented: r.described(Reader::flag),
    }
}

fn choice(r: &mut Reader) -> Choice {
    Choice { hole: r.text(), values: r.list(Reader::text) }
}

fn follows(r: &mut Reader) -> Follows {
    Follows {
        text: r.aside(Reader::text),
        families: r.list(Reader::text),
        same: r.option(term),
        same_resource: r.flag(),
        window: r.number(),
        documented: r.described(Reader::flag),
        missing: r.option(missing),
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
