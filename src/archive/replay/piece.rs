//! What tasks hand to each other, as bytes: rows of postcard after a head. A row is read when it is needed, so a task
//! holds the bytes and not the rows.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Instant;
use crate::trigger::Facts;

use super::error::ArchiveReplayError;

/// The place of an event: its part, and its index there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub(super) struct EventPlace {
    pub(super) part: u64,
    pub(super) index: u32,
}

/// The mark of all pieces. Its last byte is the number of the format: a new one whenever a row changes.
const MARK: [u8; 4] = *b"PER\x02";

/// What a piece begins with.
pub(super) trait Head: Serialize + DeserializeOwned {
    /// Recognises the pieces with this head.
    const KIND: u8;
}

/// Writes a head and rows.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new() -> Self {
        Writer(Vec::new())
    }

    /// How many bytes the rows have.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn row(&mut self, row: &impl Serialize) {
        // It only fails for lists of unknown length, and there are none.
        self.0 = postcard::to_extend(row, std::mem::take(&mut self.0)).unwrap_or_default();
    }

    /// Appends other rows.
    pub(super) fn append(&mut self, other: Writer) {
        self.0.extend(other.0);
    }

    /// All of it; the head comes first.
    pub(super) fn finish<H: Head>(self, head: &H) -> Vec<u8> {
        let mut bytes = Writer(MARK.to_vec());
        bytes.0.push(H::KIND);
        bytes.row(head);
        // So that a piece that was cut is noticed.
        bytes.row(&(self.0.len() as u64));
        bytes.0.extend(self.0);
        bytes.0
    }
}

/// Only a head.
pub(super) fn bytes_of(head: &impl Head) -> Vec<u8> {
    Writer::new().finish(head)
}

/// Reads a head; returns the rows.
pub(super) fn open<H: Head, R>(bytes: &[u8]) -> Result<(H, Rows<'_, R>), ArchiveReplayError> {
    let rest = bytes.strip_prefix(&MARK).and_then(|rest| rest.strip_prefix(&[H::KIND]));
    let ((head, length), rest) = take::<(H, u64)>(rest.ok_or(ArchiveReplayError::Damaged)?)?;
    if rest.len() as u64 != length {
        return Err(ArchiveReplayError::Damaged);
    }
    Ok((head, Rows { rest, row: PhantomData }))
}

fn take<T: DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), ArchiveReplayError> {
    postcard::take_from_bytes(bytes).map_err(|_| ArchiveReplayError::Damaged)
}

/// Rows that are read one after the other.
pub(super) struct Rows<'b, R> {
    rest: &'b [u8],
    row: PhantomData<R>,
}

impl<R: DeserializeOwned> Rows<'_, R> {
    pub(super) fn next(&mut self) -> Result<Option<R>, ArchiveReplayError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (row, rest) = take(self.rest)?;
        self.rest = rest;
        Ok(Some(row))
    }
}

impl<'b, R: DeserializeOwned> Rows<'b, R> {
    /// The first row, and those after it, which are of type `T`.
    pub(super) fn split<T>(&self) -> Result<(R, Rows<'b, T>), ArchiveReplayError> {
        let (row, rest) = take(self.rest)?;
        Ok((row, Rows { rest, row: PhantomData }))
    }
}

/// Which of several pieces has the next row, in order of receipt.
pub(super) struct NextRows(BinaryHeap<Reverse<(i64, EventPlace, usize)>>);

impl NextRows {
    pub(super) fn of(count: usize) -> Self {
        NextRows(BinaryHeap::with_capacity(count))
    }

    /// `at`: when the first row of a piece was received, and its place.
    pub(super) fn add(&mut self, at: (i64, EventPlace), piece: usize) {
        self.0.push(Reverse((at.0, at.1, piece)));
    }

    /// The place of the next row, and the number of its piece.
    pub(super) fn first(&self) -> Option<(EventPlace, usize)> {
        self.0.peek().map(|Reverse((_, place, piece))| (*place, *piece))
    }

    /// Goes on behind the first row. `at`: the next one of its piece. Mostly that is the first again, which takes two
    /// comparisons, however deep the heap is.
    pub(super) fn advance(&mut self, at: Option<(i64, EventPlace)>) {
        let Some(mut first) = self.0.peek_mut() else { return };
        match at {
            Some((received, place)) => (first.0.0, first.0.1) = (received, place),
            None => drop(PeekMut::pop(first)),
        }
    }
}

/// The head of a piece of facts.
#[derive(Serialize, Deserialize)]
pub(super) struct FactsHead {
    pub(super) plan: u64,
    pub(super) part: u64,
    /// Which shares match an event: a row names one of these sets.
    pub(super) sets: Vec<Vec<u32>>,
}

impl Head for FactsHead {
    const KIND: u8 = 3;
}

/// What couples an event with others.
#[derive(Serialize, Deserialize)]
pub(super) struct FactsRow {
    pub(super) index: u32,
    pub(super) set: u32,
    pub(super) id: Uuid,
    pub(super) received: i64,
    /// From `occurred` to `received`.
    pub(super) lag: i64,
    pub(super) follows: Option<Uuid>,
    pub(super) is_log: bool,
}

impl FactsRow {
    pub(super) fn new(index: u32, set: u32, facts: &Facts) -> Self {
        let Facts { id, occurred, received, follows, is_log } = *facts;
        // The difference of any two instants, and back.
        let lag = received.0.wrapping_sub(occurred.0);
        FactsRow { index, set, id, received: received.0, lag, follows, is_log }
    }

    pub(super) fn facts(&self) -> Facts {
        Facts {
            id: self.id,
            occurred: Instant(self.received.wrapping_sub(self.lag)),
            received: Instant(self.received),
            follows: self.follows,
            is_log: self.is_log,
        }
    }
}
