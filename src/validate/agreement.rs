//! Whether the values at several places of an event agree.

use std::borrow::Cow;

use uuid::Uuid;

use crate::catalogue::{Compare, LabelForm, slug};
use crate::json::{Value, equal};
use crate::time;

/// One of the values that must agree: a value, or its position relative to its event.
pub(super) enum Operand<V> {
    Absent,
    Null,
    Constant(Vec<u8>),
    Value(V),
    /// A placeholder in an id of this form.
    Part(V, &'static LabelForm, &'static str),
}

impl<V: Copy> Operand<V> {
    pub(super) fn map<W>(&self, to: impl Fn(V) -> W) -> Operand<W> {
        match self {
            Operand::Absent => Operand::Absent,
            Operand::Null => Operand::Null,
            Operand::Constant(text) => Operand::Constant(text.clone()),
            Operand::Value(value) => Operand::Value(to(*value)),
            Operand::Part(value, form, name) => Operand::Part(to(*value), form, name),
        }
    }
}

impl<V: Copy> Operand<V> {
    pub(super) fn read<'p>(&'p self, value: impl Fn(V) -> Value<'p>) -> Text<'p> {
        match self {
            Operand::Absent => Text::Absent,
            Operand::Null => Text::Null,
            Operand::Constant(text) => Text::Some(Cow::Borrowed(text)),
            Operand::Value(at) => Text::Some(value(*at).bytes()),
            Operand::Part(at, form, name) => part_of(value(*at), form, name),
        }
    }
}

/// Whether all present values are the same.
pub(super) fn agree<'t>(compare: Compare, found: impl Iterator<Item = Text<'t>>) -> bool {
    let mut found = found.filter(|found| !matches!(found, Text::Absent));
    let Some(first) = found.next() else { return true };
    found.all(|other| same(compare, &first, &other))
}

/// The value at a place.
pub(super) enum Text<'t> {
    Absent,
    Null,
    /// The bytes of a string or of a number.
    Some(Cow<'t, [u8]>),
}

/// A string with a whole number that is zero.
pub(super) fn is_zero(value: Value<'_>) -> bool {
    value.is_string() && !value.raw().is_empty() && value.raw().iter().all(|&digit| digit == b'0')
}

/// Whether an id is that of the tag's resource.
pub(super) fn is_tag_id(tag: Value<'_>, id: Value<'_>) -> bool {
    id.is_string() && id.bytes().strip_prefix(b"prefect.tag.").is_some_and(|name| equal(name, &tag.bytes()))
}

fn part_of<'t>(id: Value<'t>, form: &'static LabelForm, name: &str) -> Text<'t> {
    let LabelForm::Templates(forms) = form else { return Text::Absent };
    match id.bytes() {
        Cow::Borrowed(id) => {
            let part = forms.iter().find_map(|form| form.template.part(id, name));
            part.map_or(Text::Absent, |part| Text::Some(Cow::Borrowed(part)))
        }
        Cow::Owned(id) => {
            let part = forms.iter().find_map(|form| form.template.part(&id, name));
            part.map_or(Text::Absent, |part| Text::Some(Cow::Owned(part.to_owned())))
        }
    }
}

pub(super) fn same(compare: Compare, a: &Text<'_>, b: &Text<'_>) -> bool {
    match (a, b) {
        (Text::Some(a), Text::Some(b)) => equal(a, b) || (compare != Compare::Text && same_text(compare, a, b)),
        (Text::Null, Text::Null) => true,
        _ => false,
    }
}

/// Unreadable values have been reported already, and count as the same.
fn same_text(compare: Compare, a: &[u8], b: &[u8]) -> bool {
    if compare == Compare::Instant {
        // Equal except for `Z`: no need to parse them.
        let alike = plain(a).zip(plain(b)).is_some_and(|(a, b)| a == b);
        let instant = |text: &[u8]| time::read(text).and_then(|time| time.instant);
        return alike || instant(a).zip(instant(b)).is_none_or(|(a, b)| a == b);
    }
    let (Ok(a), Ok(b)) = (std::str::from_utf8(a), std::str::from_utf8(b)) else { return true };
    match compare {
        Compare::Text | Compare::Instant => a == b,
        Compare::Integer => a.parse::<i64>().ok().zip(b.parse::<i64>().ok()).is_none_or(|(a, b)| a == b),
        Compare::Uuid => Uuid::try_parse(a).ok().zip(Uuid::try_parse(b).ok()).is_none_or(|(a, b)| a == b),
        Compare::Slug => slug(b).is_none_or(|slug| slug == a),
        Compare::Tail => b.rsplit(['/', ':']).next() == Some(a),
    }
}

/// A timestamp in UTC without its offset.
fn plain(text: &[u8]) -> Option<&[u8]> {
    text.strip_suffix(b"+00:00").or(text.strip_suffix(b"Z"))
}
