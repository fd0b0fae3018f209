//! The keys of objects as numbers: events of one kind repeat their keys in the same order, so the next key can be
//! predicted and compared instead of read. `tests/bench/validate.rs lines` takes 0.67 of the instructions with it; a test
//! counts what the keys of the captured events take.

use crate::text::table::TextIndex;

use super::tape::Span;

/// The longest key in bytes, and the most keys, that are remembered.
const LONGEST: usize = 96;
const MOST: usize = 4000;
/// A power of two.
const CONTEXTS: usize = 8192;

/// The number of a key that is not remembered.
pub(super) const NO_NAME: u16 = 0;

#[derive(Default)]
pub(super) struct KeyNames {
    /// The concatenated keys, each in the notation of the text: `"key":`.
    text: Vec<u8>,
    /// Where each begins and ends; the first belongs to no key.
    spans: Vec<Span>,
    index: TextIndex,
    /// The key that followed the previous keys last time.
    next: Vec<u16>,
    context: usize,
}

impl KeyNames {
    /// Call this when a new document begins.
    pub(super) fn restart(&mut self) {
        self.context = 0;
    }

    /// The key that came here last time: its number and its text with quotes and colon.
    #[inline(always)]
    pub(super) fn expected(&self) -> (u16, &[u8]) {
        let number = self.next.get(self.context).copied().unwrap_or_default();
        (number, self.text_of(usize::from(number)))
    }

    #[inline(always)]
    fn text_of(&self, number: usize) -> &[u8] {
        let Span { start, end } = self.spans.get(number).copied().unwrap_or_default();
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Records that the expected key came.
    #[inline(always)]
    pub(super) fn follow(&mut self, number: u16) {
        // A hash of the last keys: older keys count less.
        let mixed = self.context.wrapping_mul(13) ^ usize::from(number).wrapping_mul(7);
        self.context = mixed & CONTEXTS.wrapping_sub(1);
    }

    /// The number of a key that was not expected.
    pub(super) fn number(&mut self, key: &[u8]) -> u16 {
        if self.next.is_empty() {
            self.next = vec![NO_NAME; CONTEXTS];
            self.spans.push(Span::default());
        }
        let number = self.find(key);
        if let Some(next) = self.next.get_mut(self.context) {
            *next = number;
        }
        self.follow(number);
        number
    }

    fn find(&mut self, key: &[u8]) -> u16 {
        let count = self.spans.len();
        let is_key =
            |number| self.text_of(number).strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\":")) == Some(key);
        if let Some(known) = self.index.find(key, is_key) {
            return u16::try_from(known).unwrap_or(NO_NAME);
        }
        if key.len() > LONGEST || count > MOST {
            return NO_NAME;
        }
        let start = length(&self.text);
        self.text.extend([&b"\""[..], key, b"\":"].concat());
        self.spans.push(Span { start, end: length(&self.text) });
        self.index.insert(key, count);
        u16::try_from(count).unwrap_or(NO_NAME)
    }
}

fn length(text: &[u8]) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}
