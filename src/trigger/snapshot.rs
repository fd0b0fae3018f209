//! The state of a sequencer or an engine as bytes: to save it, to compare it by its hash, and to go on from it.
//!
//! Equal states give equal bytes: what has no order is sorted, and what no longer matters is left out. The bytes are
//! [postcard](https://postcard.jamesmunns.com/wire-format)'s, with a head: a mark with the number of the format, the
//! kind, and the SHA-256 of the rest.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// The mark of a snapshot. Its last byte is the number of the format: a new one whenever the state changes.
const MARK: [u8; 4] = *b"PET\x01";

/// What a snapshot is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum SnapshotKind {
    Sequencer = 1,
    Engine = 2,
    Stream = 3,
    /// The order of an archive's events, up to the end of a slice.
    Order = 4,
    /// The triggers of one task.
    Triggers = 5,
    /// A stream that follows a server.
    Watch = 6,
}

/// The SHA-256 of a state. Equal states have equal hashes, however they were reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateHash([u8; 32]);

impl StateHash {
    pub(super) fn of(value: &impl Serialize) -> Self {
        StateHash(sha256(&bytes_of(value)))
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for StateHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why a snapshot cannot be taken up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SnapshotError {
    /// It is not a snapshot, or one of something else.
    NotASnapshot,
    /// It has another format: another version of this library wrote it.
    OtherFormat(u8),
    /// Its bytes have changed, or some are missing.
    Damaged,
    /// It belongs to other automations, or to other options.
    OtherAutomations,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::NotASnapshot => f.write_str("this is not such a snapshot"),
            SnapshotError::OtherFormat(format) => {
                let [.., own] = MARK;
                write!(f, "the snapshot has the format {format}, but this version reads {own}")
            }
            SnapshotError::Damaged => f.write_str("the snapshot is damaged"),
            SnapshotError::OtherAutomations => {
                f.write_str("the snapshot belongs to other automations, or to other options")
            }
        }
    }
}

impl std::error::Error for SnapshotError {}

/// A saved state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    bytes: Vec<u8>,
}

/// The length of mark and kind, and of the whole head.
const KIND_END: usize = MARK.len() + 1;
const HEAD: usize = KIND_END + 32;

fn bytes_of(value: &impl Serialize) -> Vec<u8> {
    // It only fails for lists of unknown length, and there are none.
    postcard::to_allocvec(value).unwrap_or_default()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl Snapshot {
    pub(crate) fn new(kind: SnapshotKind, state: &impl Serialize) -> Self {
        let payload = bytes_of(state);
        let mut bytes = Vec::with_capacity(payload.len().saturating_add(HEAD));
        bytes.extend(MARK);
        bytes.push(kind as u8);
        bytes.extend(sha256(&payload));
        bytes.extend(payload);
        Snapshot { bytes }
    }

    /// Reads what [`Snapshot::bytes`] returned.
    ///
    /// # Errors
    /// If the bytes are none of a snapshot, of another format, or have changed.
    pub fn read(bytes: Vec<u8>) -> Result<Self, SnapshotError> {
        let [mark @ .., format] = MARK;
        let Some(([first @ .., own], _)) = bytes.split_first_chunk::<{ MARK.len() }>() else {
            return Err(SnapshotError::NotASnapshot);
        };
        if *first != mark {
            return Err(SnapshotError::NotASnapshot);
        }
        if *own != format {
            return Err(SnapshotError::OtherFormat(*own));
        }
        let snapshot = Snapshot { bytes };
        let is_whole = sha256(snapshot.payload()).as_slice() == snapshot.hash_bytes();
        if is_whole { Ok(snapshot) } else { Err(SnapshotError::Damaged) }
    }

    /// The bytes to store.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of the state.
    #[must_use]
    pub fn hash(&self) -> StateHash {
        StateHash(self.hash_bytes().try_into().unwrap_or_default())
    }

    fn hash_bytes(&self) -> &[u8] {
        self.bytes.get(KIND_END..HEAD).unwrap_or_default()
    }

    fn payload(&self) -> &[u8] {
        self.bytes.get(HEAD..).unwrap_or_default()
    }

    pub(crate) fn state<S: DeserializeOwned>(&self, kind: SnapshotKind) -> Result<S, SnapshotError> {
        if self.bytes.get(MARK.len()) != Some(&(kind as u8)) {
            return Err(SnapshotError::NotASnapshot);
        }
        match postcard::take_from_bytes(self.payload()) {
            Ok((state, [])) => Ok(state),
            _ => Err(SnapshotError::Damaged),
        }
    }
}
