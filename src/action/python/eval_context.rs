//! What operations need beside their operands, and what they may cost.
//!
//! A text or a list can be inside another one many times, so that a short template asks for much. An operation therefore
//! pays before it starts: for what it visits, and for what it builds. It pays with the fuel of minijinja, which also pays
//! for minijinja's own steps.

use minijinja::Value;

use super::error::{Outcome, not_here};
use super::value::{MOST_NAMES, NODE, Py, Seen, extent, is_undefined, look, text, width};

/// How deep values are inside others at most: about as deep as Python's recursion goes.
const DEEPEST: usize = 1000;

/// How many filters call others by `map`.
const NESTED: usize = 50;

/// How many bytes one unit of fuel pays for.
const BYTES_PER_FUEL: usize = 8;

pub(in crate::action) const HIDDEN: &str = "it depends on a value that only the server knows";

pub(in crate::action) const TOO_MUCH: &str = "it calculates too much";

/// What operations need, and the fuel that they pay with.
#[derive(Clone, Copy)]
pub(in crate::action) struct EvalContext<'s> {
    /// The address of Prefect's interface.
    pub(in crate::action) ui_url: &'s str,
    /// The time of the firing, in microseconds: the time of the server is a little later.
    pub(in crate::action) now: i64,
    /// Whether the server's environment is asynchronous: then `map` and its like return asynchronous generators.
    pub(in crate::action) is_async: bool,
    /// Takes fuel; false if there is none left.
    pub(in crate::action) take: &'s dyn Fn(u64) -> bool,
    /// How many filters called this one.
    pub(in crate::action) nested: usize,
}

impl EvalContext<'_> {
    /// Pays for bytes that are read or written; each value counts [`NODE`] bytes.
    pub(in crate::action) fn pay(&self, bytes: usize) -> Outcome<()> {
        let fuel = u64::try_from(bytes.div_ceil(BYTES_PER_FUEL)).unwrap_or(u64::MAX);
        if (self.take)(fuel) { Ok(()) } else { not_here(TOO_MUCH) }
    }

    /// Pays for something that is done so many times.
    pub(in crate::action) fn pay_times(&self, times: usize, bytes: usize) -> Outcome<()> {
        self.pay(times.saturating_mul(bytes))
    }

    /// Pays for a value itself: its text, or the places of its items.
    pub(in crate::action) fn touch(&self, value: &Value) -> Outcome<()> {
        self.pay(width(value))
    }

    /// Pays for what a loop runs over: each letter of a text becomes a value.
    pub(in crate::action) fn touch_items(&self, value: &Value) -> Outcome<()> {
        match text(value) {
            Some(text) => self.pay_times(text.len(), NODE),
            None => self.touch(value),
        }
    }

    /// Pays for a value with all that is inside.
    pub(in crate::action) fn visit(&self, value: &Value) -> Outcome<()> {
        let all = extent(value);
        if all.opaque {
            return not_here("a namespace, a macro or a loop as a value is not calculated here");
        }
        Self::is_flat_enough(value)?;
        self.pay(all.size)
    }

    /// Pays for a value whose parts are compared again on each level.
    pub(in crate::action) fn visit_ordered(&self, value: &Value) -> Outcome<()> {
        self.visit(value)?;
        let all = extent(value);
        self.pay_times(all.size, all.depth)
    }

    /// Pays for an attribute or item that was looked up.
    pub(in crate::action) fn looked_up(&self, of: &Value, name: &Value, found: &Value) -> Outcome<()> {
        // Some are made when they are looked up.
        if matches!(look(of), Seen::Py(Py::Root(..) | Py::Labels(_) | Py::Group(..) | Py::Unknown(_)) | Seen::Text(_)) {
            self.touch(of)?;
        }
        if is_undefined(found) {
            // The nearest name is looked for.
            self.touch(name)?;
            self.pay_times((width(of) / NODE).min(MOST_NAMES), NODE.saturating_mul(8))?;
        }
        Ok(())
    }

    pub(in crate::action) fn visit_all<'v>(&self, values: impl IntoIterator<Item = &'v Value>) -> Outcome<()> {
        values.into_iter().try_for_each(|value| self.visit(value))
    }

    /// Values are compared, shown and freed from the inside out.
    pub(in crate::action) fn is_flat_enough(value: &Value) -> Outcome<()> {
        if extent(value).depth > DEEPEST { not_here("its values are nested too deeply") } else { Ok(()) }
    }

    /// Pays for finding a key that is no text, among all.
    pub(in crate::action) fn find(&self, container: &Value, key: &Value) -> Outcome<()> {
        if key.as_str().is_some() {
            return self.touch(key);
        }
        self.visit(key)?;
        self.pay_times(width(container) / NODE, extent(key).size)
    }

    /// For a filter that is called by another one.
    pub(in crate::action) fn inner(self) -> Outcome<Self> {
        if self.nested >= NESTED {
            return not_here("its filters are nested too deeply");
        }
        Ok(EvalContext { nested: self.nested.saturating_add(1), ..self })
    }
}
