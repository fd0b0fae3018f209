//! Options out of JavaScript's plain values, those that JSON has.
//!
//! `serde-wasm-bindgen` reads them too, but with it the module that validates was 349 KB (118 KB with brotli), and with
//! this 314 KB (105 KB): its sentences on mistakes show numbers, and what std formats those with (`flt2dec`) is most of
//! the difference. It also accepts an array where an object is expected, and each of its sentences begins with `Error: `.

use std::fmt::{self, Display};

use js_sys::{Array, Object};
use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use wasm_bindgen::{JsCast, JsValue};

/// A value as `JSON.parse` can give it.
pub(crate) struct Plain(pub JsValue);

/// What a value is. Finding out is compiled once, not for each type that is read.
enum Content {
    Null,
    Boolean(bool),
    Whole(i64),
    Fraction(f64),
    Text(String),
    List(Array),
    /// Pairs of a name and a value.
    Object(Array),
}

impl Plain {
    #[inline(never)]
    fn content(self) -> Content {
        let Plain(value) = self;
        if value.is_null() || value.is_undefined() {
            Content::Null
        } else if let Some(value) = value.as_bool() {
            Content::Boolean(value)
        } else if let Some(number) = value.as_f64() {
            number_content(number)
        } else if let Some(text) = value.as_string() {
            Content::Text(text)
        } else if Array::is_array(&value) {
            Content::List(value.unchecked_into())
        } else {
            Content::Object(Object::entries(value.unchecked_ref()))
        }
    }
}

impl Content {
    /// The sentence on a value of another kind. Compiled once, not for each type that is read.
    #[cold]
    #[inline(never)]
    fn wrong(self, expected: &dyn Expected) -> Mistake {
        let found = match self {
            Content::Null => Unexpected::Unit,
            Content::Boolean(value) => Unexpected::Bool(value),
            Content::Whole(number) => Unexpected::Signed(number),
            Content::Fraction(number) => Unexpected::Float(number),
            Content::Text(_) => Unexpected::Str(""),
            Content::List(_) => Unexpected::Seq,
            Content::Object(_) => Unexpected::Map,
        };
        de::Error::invalid_type(found, expected)
    }
}

/// Beyond this, JavaScript's numbers are not whole ones any more.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

fn number_content(number: f64) -> Content {
    if number.fract() == 0.0 && number.abs() <= MAX_SAFE {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and not beyond 53 bits")]
        return Content::Whole(number as i64);
    }
    Content::Fraction(number)
}

impl<'de> Deserializer<'de> for Plain {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.content() {
            Content::Null => visitor.visit_unit(),
            Content::Boolean(value) => visitor.visit_bool(value),
            Content::Whole(number) => visitor.visit_i64(number),
            Content::Fraction(number) => visitor.visit_f64(number),
            Content::Text(text) => visitor.visit_string(text),
            Content::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Content::Object(entries) => {
                visitor.visit_map(Entries { pairs: entries, next: 0, value: JsValue::UNDEFINED })
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.content() {
            Content::Boolean(value) => visitor.visit_bool(value),
            other => Err(other.wrong(&visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.content() {
            Content::Text(text) => visitor.visit_string(text),
            other => Err(other.wrong(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.content() {
            Content::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            other => Err(other.wrong(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.content() {
            Content::Object(entries) => {
                visitor.visit_map(Entries { pairs: entries, next: 0, value: JsValue::UNDEFINED })
            }
            other => Err(other.wrong(&visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.0.is_null() || self.0.is_undefined() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        match self.0.as_string() {
            Some(name) => visitor.visit_enum(name.into_deserializer()),
            None => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        tuple tuple_struct struct identifier ignored_any
    }
}

struct Items {
    items: Array,
    next: u32,
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Mistake> {
        if self.next >= self.items.length() {
            return Ok(None);
        }
        let item = self.items.get(self.next);
        self.next = self.next.saturating_add(1);
        seed.deserialize(Plain(item)).map(Some)
    }
}

struct Entries {
    pairs: Array,
    next: u32,
    /// Of the name that was read last.
    value: JsValue,
}

impl Entries {
    #[inline(never)]
    fn next_name(&mut self) -> Option<JsValue> {
        if self.next >= self.pairs.length() {
            return None;
        }
        let entry: Array = self.pairs.get(self.next).unchecked_into();
        self.next = self.next.saturating_add(1);
        self.value = entry.get(1);
        Some(entry.get(0))
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Mistake> {
        self.next_name().map(|name| seed.deserialize(Plain(name))).transpose()
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Mistake> {
        seed.deserialize(Plain(std::mem::replace(&mut self.value, JsValue::UNDEFINED)))
    }
}

/// What is wrong with the options, in a sentence.
#[derive(Debug)]
pub(crate) struct Mistake(String);

impl Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: Display>(message: T) -> Self {
        Mistake(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mistake(format!("expected {expected}, not {}", kind(unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }
}

fn kind(unexpected: Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "this number",
        Unexpected::Char(_) | Unexpected::Str(_) => "this text",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "this value",
    }
}
