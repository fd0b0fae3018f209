//! Writes the catalogue as the bytes that `decode.rs` reads, function by function in the
//! order of that file; what the bytes mean stands there. Only the build script and the
//! tests do this.

use std::any::type_name;
use std::collections::HashMap;
use std::fmt::Debug;
use std::mem::swap;

use super::link::{SITE, anchor};
use super::model::{
    Alternative, Aside, Build, Choice, Compare, Described, Equal, Family, Field, Follows, Form, Kind, Label, Missing,
    Object, Presence, Related, Remark, SEVERITIES, Source, Template, Term, Value, Variant,
};
use crate::diagnostic::Severity;

/// The families as bytes, and the texts in them: first what the checks read, then what stands aside,
/// then what is only described.
pub(super) fn encode(families: &[Family]) -> [(Vec<u8>, String); 3] {
    let mut writer = Writer::default();
    writer.list(families, family);
    [writer.files, writer.aside, writer.described].map(|files| (files.bytes, files.pool))
}

#[derive(Default)]
struct Files {
    bytes: Vec<u8>,
    pool: String,
    /// The places of the texts that are written already.
    texts: HashMap<String, usize>,
}

#[derive(Default)]
struct Writer {
    files: Files,
    aside: Files,
    described: Files,
    /// The places of the shared lists that are written already, by the type of their items and by
    /// what they hold.
    lists: HashMap<(&'static str, String), usize>,
}

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.files.bytes.push(byte);
    }

    fn number(&mut self, number: u32) {
        let seven_bits = |shift: u32| u8::try_from(number >> shift & 0x7f).unwrap_or_default();
        for shift in [28, 21, 14, 7] {
            if number >> shift != 0 {
                self.byte(seven_bits(shift) | 0x80);
            }
        }
        self.byte(seven_bits(0));
    }

    fn flag(&mut self, flag: bool) {
        self.byte(u8::from(flag));
    }

    fn length(&mut self, length: usize, old: bool) {
        self.number(size(length).saturating_mul(2) | u32::from(old));
    }

    fn text(&mut self, text: &str) {
        if let Some(place) = self.files.texts.get(text) {
            return self.length(*place, true);
        }
        self.length(text.len(), false);
        self.files.pool.push_str(text);
        self.files.texts.insert(text.to_owned(), self.files.texts.len());
    }

    fn shared<T: Debug>(&mut self, items: &[T], item: fn(&mut Self, &T)) {
        let key = (type_name::<T>(), format!("{items:?}"));
        if let Some(place) = self.lists.get(&key) {
            return self.length(*place, true);
        }
        self.length(items.len(), false);
        self.items(items, item);
        self.lists.insert(key, self.lists.len());
    }

    fn list<T>(&mut self, items: &[T], item: fn(&mut Self, &T)) {
        self.number(size(items.len()));
        self.items(items, item);
    }

    fn items<T>(&mut self, items: &[T], item: fn(&mut Self, &T)) {
        for one in items {
            item(self, one);
        }
    }

    fn texts(&mut self, texts: &[&str]) {
        self.list(texts, |w, text| w.text(text));
    }

    fn option<T>(&mut self, value: Option<T>, item: fn(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            item(self, value);
        }
    }

    fn aside<T: Copy>(&mut self, value: &Aside<T>, item: fn(&mut Self, T)) {
        swap(&mut self.files, &mut self.aside);
        item(self, value.0);
        swap(&mut self.files, &mut self.aside);
    }

    fn described<T: Copy>(&mut self, value: &Described<T>, item: fn(&mut Self, T)) {
        swap(&mut self.files, &mut self.described);
        item(self, value.0);
        swap(&mut self.files, &mut self.described);
    }

    /// What is missing in the list gets a number that the reader refuses.
    fn one_of<T: PartialEq>(&mut self, all: &[T], value: &T) {
        let place = all.iter().position(|one| one == value);
        let place = place.and_then(|place| u8::try_from(place).ok());
        self.byte(place.unwrap_or(u8::MAX));
    }
}

/// What is too great gets a number that the reader refuses.
fn size(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn family(w: &mut Writer, family: &Family) {
    template(w, &family.name);
    w.described(&family.title, Writer::text);
    w.described(&family.documented, Writer::flag);
    w.described(&family.cloud, Writer::flag);
    w.text(family.emitter);
    w.described(&family.emitted_by, Writer::text);
    w.described(&family.notes, Writer::texts);
    w.described(&family.code, Writer::text);
    w.shared(family.labels, label);
    w.shared(family.related, related);
    level(w, family.other_roles);
    w.list(family.payload, object);
    w.option(family.follows, follows);
    docs(w, family.docs, family.name.text);
    w.list(family.variants, variant);
    level(w, family.other_variants);
    w.list(family.choices, choice);
    w.described(&family.hole_example, Writer::text);
    w.list(family.equal, equal);
}

fn docs(w: &mut Writer, docs: Option<&str>, name: &str) {
    let link = docs.and_then(|docs| docs.strip_prefix(SITE)?.split_once('#'));
    let (page, own) = link.unwrap_or_default();
    w.text(page);
    w.text(if own == anchor(name) { "" } else { own });
}

fn severity(w: &mut Writer, severity: Severity) {
    w.one_of(&SEVERITIES, &severity);
}

fn level(w: &mut Writer, level: Option<Severity>) {
    w.option(level, severity);
}

fn missing(w: &mut Writer, missing: Missing) {
    severity(w, missing.severity);
    w.text(missing.words);
}

fn source(w: &mut Writer, source: Source) {
    w.one_of(&Source::ALL, &source);
}

fn presence(w: &mut Writer, presence: Presence) {
    w.one_of(&Presence::ALL, &presence);
}

fn kind(w: &mut Writer, kind: Kind) {
    w.one_of(&Kind::ALL, &kind);
}

fn compare(w: &mut Writer, compare: Compare) {
    w.one_of(&Compare::ALL, &compare);
}

fn remark(w: &mut Writer, remark: &Remark) {
    severity(w, remark.severity);
    w.text(remark.text);
}

fn label(w: &mut Writer, label: &Label) {
    w.text(label.name);
    w.aside(&label.presence, presence);
    w.option(label.missing, missing);
    form(w, &label.form);
    w.aside(&label.meaning, Writer::text);
    w.described(&label.source, source);
    w.described(&label.example, Writer::text);
    w.aside(&label.build, build);
}

fn build(w: &mut Writer, build: Build) {
    w.text(build.key);
    w.option(build.default, Writer::text);
    w.text(build.once);
    w.text(build.called);
    w.flag(build.is_shown);
}

fn form(w: &mut Writer, form: &Form) {
    match form {
        Form::Text => w.byte(0),
        Form::Integer => w.byte(1),
        Form::SignedInteger => w.byte(2),
        Form::Timestamp => w.byte(3),
        Form::Uuid => w.byte(4),
        Form::JsonStrings => w.byte(5),
        Form::AtMost(most) => {
            w.byte(6);
            w.number(size(*most));
        }
        Form::Values { values, other } => {
            w.byte(7);
            w.shared(values, value);
            severity(w, *other);
        }
        Form::Templates(templates) => {
            w.byte(8);
            w.shared(templates, alternative);
        }
    }
}

fn value(w: &mut Writer, value: &Value) {
    w.text(value.text);
    w.option(value.remark.as_ref(), remark);
}

fn alternative(w: &mut Writer, alternative: &Alternative) {
    template(w, &alternative.template);
    w.option(alternative.remark.as_ref(), remark);
}

fn template(w: &mut Writer, template: &Template) {
    w.text(template.text);
}

fn related(w: &mut Writer, related: &Related) {
    w.text(related.role);
    form(w, &related.id);
    w.number(related.min);
    w.option(related.max, Writer::number);
    w.option(related.missing, missing);
    w.described(&related.when, Writer::text);
    w.shared(related.labels, label);
    w.described(&related.source, source);
    w.described(&related.example, Writer::text);
    w.aside(&related.build, build);
    w.option(related.remark, remark);
}

fn object(w: &mut Writer, object: &Object) {
    w.shared(object.fields, field);
    level(w, object.other);
}

fn field(w: &mut Writer, field: &Field) {
    w.text(field.name);
    kind(w, field.kind);
    w.flag(field.nullable);
    w.aside(&field.presence, presence);
    w.option(field.missing, missing);
    w.shared(field.values, value);
    severity(w, field.other);
    w.option(field.object, object);
    w.option(field.items, kind);
    w.option(field.also, also);
    w.option(field.remark, remark);
    w.aside(&field.meaning, Writer::text);
    w.described(&field.source, source);
    w.described(&field.example, Writer::text);
    w.aside(&field.build, build);
}

fn also(w: &mut Writer, also: &(Kind, Remark)) {
    kind(w, also.0);
    remark(w, &also.1);
}

fn variant(w: &mut Writer, variant: &Variant) {
    w.text(variant.name);
    w.option(variant.state_type, Writer::text);
    w.aside(&variant.previous, |w, previous| w.option(previous, Writer::text));
    w.described(&variant.documented, Writer::flag);
}

fn choice(w: &mut Writer, choice: &Choice) {
    w.text(choice.hole);
    w.texts(choice.values);
}

fn follows(w: &mut Writer, follows: &Follows) {
    w.aside(&follows.text, Writer::text);
    w.texts(follows.families);
    w.option(follows.same.as_ref(), term);
    w.flag(follows.same_resource);
    w.number(follows.window);
    w.described(&follows.documented, Writer::flag);
    w.option(follows.missing, missing);
    w.flag(follows.states);
}

fn equal(w: &mut Writer, equal: &Equal) {
    severity(w, equal.severity);
    w.list(equal.terms, term);
    compare(w, equal.compare);
}

fn term(w: &mut Writer, term: &Term) {
    match term {
        Term::Name(hole) => {
            w.byte(0);
            w.text(hole);
        }
        Term::Label(label) => {
            w.byte(1);
            w.text(label);
        }
        Term::IdPart(part) => {
            w.byte(2);
            w.text(part);
        }
        Term::Payload { path, absent } => {
            w.byte(3);
            w.texts(path);
            w.option(*absent, Writer::text);
        }
        Term::RelatedLabel { role, label } => {
            w.byte(4);
            w.text(role);
            w.text(label);
        }
        Term::RelatedIdPart { role, part } => {
            w.byte(5);
            w.text(role);
            w.text(part);
        }
        Term::Occurred => w.byte(6),
    }
}
