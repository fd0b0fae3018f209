//! The windows of a share from slice to slice: on a disk, so that a task only holds those of its slice.

use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::trigger::SavedWindow;

use super::error::ArchiveReplayError;
use super::piece::{Head, Rows, Writer, open};

/// About how many bytes are written and read at once.
const PIECE: usize = 1 << 18;

/// The head of some windows.
#[derive(Serialize, Deserialize, PartialEq, Clone, Copy)]
pub(super) struct WindowsHead {
    pub(super) plan: u64,
    pub(super) share: u32,
    /// The slice after which they were left.
    pub(super) slice: u64,
}

impl Head for WindowsHead {
    const KIND: u8 = 8;
}

/// Writes windows, in pieces with their lengths.
pub(super) struct WindowsWriter<'o> {
    head: WindowsHead,
    out: &'o mut dyn Write,
    rows: Writer,
    count: u64,
}

impl<'o> WindowsWriter<'o> {
    pub(super) fn new(head: WindowsHead, out: &'o mut dyn Write) -> Self {
        WindowsWriter { head, out, rows: Writer::new(), count: 0 }
    }

    pub(super) fn add(&mut self, window: &SavedWindow) -> Result<(), ArchiveReplayError> {
        self.rows.row(window);
        self.count = self.count.saturating_add(1);
        if self.rows.len() < PIECE { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<(), ArchiveReplayError> {
        let piece = std::mem::replace(&mut self.rows, Writer::new()).finish(&self.head);
        self.out.write_all(&(piece.len() as u64).to_le_bytes())?;
        Ok(self.out.write_all(&piece)?)
    }

    /// How many there are.
    pub(super) fn finish(mut self) -> Result<u64, ArchiveReplayError> {
        self.write()?;
        self.out.flush()?;
        Ok(self.count)
    }
}

/// Reads what [`WindowsWriter`] wrote.
pub(super) fn read_windows(
    head: WindowsHead,
    count: u64,
    from: &mut dyn Read,
    each: &mut dyn FnMut(SavedWindow) -> Result<(), ArchiveReplayError>,
) -> Result<(), ArchiveReplayError> {
    let (mut left, mut length, mut piece) = (count, [0; 8], Vec::new());
    while left > 0 {
        from.read_exact(&mut length).map_err(damaged)?;
        piece.clear();
        // Not all at once: a damaged length may be any number.
        let mut wanted = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        while wanted > 0 {
            let begun = piece.len();
            let block = wanted.min(PIECE);
            piece.resize(begun.saturating_add(block), 0);
            from.read_exact(piece.get_mut(begun..).unwrap_or_default()).map_err(damaged)?;
            wanted = wanted.saturating_sub(block);
        }
        let (own, mut rows): (WindowsHead, Rows<'_, SavedWindow>) = open(&piece)?;
        if own != head {
            return Err(ArchiveReplayError::Damaged);
        }
        while let Some(window) = rows.next()? {
            left = left.checked_sub(1).ok_or(ArchiveReplayError::Damaged)?;
            each(window)?;
        }
    }
    Ok(())
}

/// What ends too early was cut.
fn damaged(error: io::Error) -> ArchiveReplayError {
    if error.kind() == io::ErrorKind::UnexpectedEof { ArchiveReplayError::Damaged } else { error.into() }
}
