//! The external inputs of generated events: the seed and the time.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::json::double_text;
use crate::text::hash::hash;
use crate::text::strict::{from_text, strict};
use crate::time::{self, Instant};

/// Options of [`build_event`](super::build_event) and [`build_run`](super::build_run). The core has no clock and no
/// random source, so both are required. The same options give the same events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(remote = "Self")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BuildOptions {
    /// The seed for random values, such as ids: a number or a string.
    #[cfg_attr(feature = "typescript", ts(type = "number | string"))]
    pub seed: Seed,
    /// The current time in RFC 3339, such as `2026-03-31T18:30:00Z`.
    #[serde(deserialize_with = "now")]
    pub now: Instant,
}

impl<'de> Deserialize<'de> for BuildOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

fn now<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    from_text(deserializer, "a time such as `2026-03-31T18:30:00Z`", |text| time::read(text.as_bytes())?.instant)
}

/// The seed of the random source. A number and its decimal text are the same seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seed(u64);

impl Seed {
    pub(super) fn word(self) -> u64 {
        self.0
    }
}

impl From<&str> for Seed {
    fn from(text: &str) -> Self {
        Seed(hash(text.as_bytes()))
    }
}

impl From<i32> for Seed {
    fn from(number: i32) -> Self {
        Seed::from(&*number.to_string())
    }
}

impl From<u64> for Seed {
    fn from(number: u64) -> Self {
        Seed::from(&*number.to_string())
    }
}

impl From<i64> for Seed {
    fn from(number: i64) -> Self {
        Seed::from(&*number.to_string())
    }
}

impl From<f64> for Seed {
    /// In JavaScript's notation of the number.
    fn from(number: f64) -> Self {
        Seed::from(&*double_text(number))
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfSeed;

        impl Visitor<'_> for OfSeed {
            type Value = Seed;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number or a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Seed, E> {
                Ok(text.into())
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Seed, E> {
                Ok(number.into())
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Seed, E> {
                Ok(number.into())
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Seed, E> {
                Ok(number.into())
            }
        }

        deserializer.deserialize_any(OfSeed)
    }
}
