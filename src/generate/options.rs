//! What events are built with beside what they tell: chance and time, which the caller brings.

use crate::diagnostic::display::text as shown_value;
use crate::json::{Kind, Tape, Value, parse};
use crate::text::hash::hash;
use crate::text::nearest::nearest;
use crate::time::{self, Instant};

use super::mistake::Mistake;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BuildOptions {
    pub seed: u64,
    pub now: Instant,
}

impl BuildOptions {
    /// Reads the options, JSON text: `seed`, a text or a number, and `now`. Both must be there: the core has no clock
    /// and no chance of its own.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let complete = parse(text.as_bytes(), 0, &mut tape, &mut issues).complete;
        let document = tape.document(text.as_bytes());
        let root = document.root().filter(|root| complete && root.kind() == Kind::Object);
        let root = root.ok_or("the options must be an object such as { seed: 7, now: \"2026-03-31T18:30:00Z\" }")?;
        for (key, _) in root.members() {
            let key = key.string();
            if !["seed", "now"].contains(&&*key) {
                let near = nearest(&key, &mut ["seed", "now"].into_iter());
                let near =
                    near.map_or("there are `seed` and `now`".to_owned(), |near| format!("did you mean `{near}`?"));
                return Err(format!("there is no option `{key}`: {near}"));
            }
        }
        let must_be = |option: &str, expected: &str, found: Option<Value<'_>>| {
            let found = found.map_or("absent".to_owned(), shown_value);
            format!("the option `{option}` must be {expected}, not {found}")
        };
        let seed = root.get("seed").filter(|seed| seed.is_string() || seed.is_number());
        let seed = seed.ok_or_else(|| must_be("seed", "a number or a text", root.get("seed")))?;
        let now = root.get("now").filter(|now| now.is_string());
        let now = now.and_then(|now| time::read(&now.bytes())?.instant);
        let now = now.ok_or_else(|| must_be("now", "a time such as `2026-03-31T18:30:00Z`", root.get("now")))?;
        Ok(BuildOptions { seed: hash(&seed.bytes()), now })
    }
}
