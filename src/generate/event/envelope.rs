//! The event around resource, related resources and payload.

use crate::catalogue::is_uuid;
use crate::json::write::Writer;
use crate::json::{Kind, Value};
use crate::time::Instant;

use super::super::ids::timed_id;
use super::super::mistake::{self};
use super::super::random::Random;
use super::Fallible;
use super::Maker;
use super::notes::given_at;
use super::pattern::{Check, Made, Note, Origin};

/// `id` and `follows`, and the end of the event.
pub(super) fn ends(
    out: &mut Writer,
    name: &str,
    input: Value<'_>,
    occurred: Instant,
    random: &mut Random,
    must_follow: Option<&str>,
    note: &mut dyn FnMut(&Writer, Option<Value<'_>>),
) -> Fallible<()> {
    let uuid = |key: &str| match input.get(key) {
        None => Ok(None),
        Some(value) if value.is_string() && is_uuid(&value.bytes()) => Ok(Some(value)),
        Some(value) if key == "follows" && value.kind() == Kind::Null => Ok(None),
        Some(value) => Err(mistake::wrong(key, "the UUID of an event", value)),
    };
    let id = uuid("id")?;
    let text = id.map_or_else(|| timed_id(occurred, random).to_string().into(), Value::string);
    out.text("id", &text);
    note(out, id);
    match (uuid("follows")?, must_follow) {
        (Some(follows), _) => {
            out.text("follows", &follows.string());
            note(out, Some(follows));
        }
        (None, Some(text)) if input.get("follows").is_none() => {
            let text = ["the id of ", &lower(text), "; null for none"].concat();
            return Err(mistake::needs(name, "follows", &text));
        }
        _ => out.null("follows"),
    }
    out.close('}');
    Ok(())
}

/// The first sentence, in the middle of another.
fn lower(text: &str) -> String {
    let first = text.split(". ").next().unwrap_or(text);
    let mut chars = first.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

impl Maker<'_, '_> {
    pub(super) fn event(&mut self, out: &mut Writer) -> Fallible<()> {
        let layout = self.layout.clone();
        out.open('{');
        out.text("occurred", &self.occurred.rfc3339());
        let end = out.written().saturating_sub(self.begin).saturating_sub(1);
        let begin = end.saturating_sub(self.occurred.rfc3339().len());
        self.notes.push(Note { begin, end, origin: Origin::Occurred, check: Check::Nothing });
        out.text("event", self.name);
        out.key("resource");
        self.resource(&layout, out)?;
        out.key("related");
        self.related(&layout, out)?;
        out.key("payload");
        self.payload(&layout, out)?;
        let must_follow = self.must_follow();
        let Maker { name, input, occurred, begin, .. } = *self;
        let made = self.made.len();
        let notes = &mut self.notes;
        ends(out, name, input, occurred, self.random, must_follow, &mut |out, given| {
            let end = out.written().saturating_sub(begin).saturating_sub(1);
            let origin = given.map_or(Origin::Made(made, Made::Id), |given| given_at(given, input, false));
            notes.push(Note { begin: end.saturating_sub(36), end, origin, check: Check::Id });
        })?;
        if input.get("id").is_none() {
            self.made.push(Made::Id);
        }
        Ok(())
    }

    fn must_follow(&self) -> Option<&'static str> {
        self.family.follows.filter(|follows| follows.missing.is_some()).map(|follows| follows.meaning())
    }
}
