//! The bytes between processes: postcard, which begins with the version that wrote it.

use std::fmt;

use postcard::ser_flavors::Flavor;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::VERSION;

/// Bytes that this version did not write, or that are damaged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchiveError {
    /// The version that wrote them, if it can be read and is another one.
    pub version: Option<String>,
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "written by version {version} of prefect-events, this is {VERSION}"),
            None => f.write_str("damaged, or not written by prefect-events"),
        }
    }
}

impl std::error::Error for ArchiveError {}

impl From<postcard::Error> for ArchiveError {
    fn from(_: postcard::Error) -> Self {
        ArchiveError { version: None }
    }
}

/// Adds a value. The first one comes after the version.
pub(super) fn write<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    if bytes.is_empty() {
        extend(bytes, VERSION);
    }
    extend(bytes, value);
}

/// Adds a value, without a version.
pub(super) fn extend<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) {
    let before = bytes.len();
    // Writing to a vector cannot fail, and no value has a length that is not known.
    if postcard::serialize_with_flavor(value, Appended(bytes)).is_err() {
        bytes.truncate(before);
    }
}

/// What postcard writes, behind other bytes.
struct Appended<'b>(&'b mut Vec<u8>);

impl Flavor for Appended<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        // Most numbers take one.
        match bytes {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// The values that were written. No bytes: no values.
pub(super) struct ValueReader<'b>(&'b [u8]);

impl<'b> ValueReader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Result<Self, ArchiveError> {
        if bytes.is_empty() {
            return Ok(ValueReader(bytes));
        }
        let (version, rest) = postcard::take_from_bytes::<&str>(bytes)?;
        if version == VERSION {
            return Ok(ValueReader(rest));
        }
        let like_one = version.starts_with(|first: char| first.is_ascii_digit()) && version.len() < 40;
        Err(ArchiveError { version: like_one.then(|| version.to_owned()) })
    }

    /// The next value, unless it was the last.
    pub(super) fn next<T: Deserialize<'b>>(&mut self) -> Result<Option<T>, ArchiveError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (value, rest) = postcard::take_from_bytes(self.0)?;
        self.0 = rest;
        Ok(Some(value))
    }

    /// A value that must be there.
    pub(super) fn read<T: Deserialize<'b>>(&mut self) -> Result<T, ArchiveError> {
        self.next()?.ok_or(ArchiveError { version: None })
    }
}

/// Bytes at once, not one by one.
pub(super) fn as_bytes<T: AsRef<[u8]>, S: Serializer>(bytes: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes.as_ref())
}

/// As many bytes, at once.
pub(super) fn array<'de, const N: usize, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; N], D::Error> {
    <&[u8]>::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
}

/// A value that was added without a version.
pub(super) fn value<'b, T: Deserialize<'b>>(bytes: &'b [u8]) -> Result<T, ArchiveError> {
    Ok(postcard::from_bytes(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_was_written() {
        let mut bytes = Vec::new();
        write(&mut bytes, &(7_u32, "a"));
        write(&mut bytes, &(8_u32, "b"));
        let mut reader = ValueReader::new(&bytes).unwrap();
        assert_eq!(reader.read::<(u32, &str)>(), Ok((7, "a")));
        assert_eq!(reader.read::<(u32, &str)>(), Ok((8, "b")));
        assert_eq!(reader.next::<(u32, &str)>(), Ok(None));
        assert!(reader.read::<u8>().is_err());
        assert!(ValueReader::new(b"{\"event\": 1}").is_err());
        assert_eq!(ValueReader::new(b"").unwrap().next::<u8>(), Ok(None));
    }

    #[test]
    fn names_another_version() {
        let mut bytes = Vec::new();
        extend(&mut bytes, "0.0.7");
        let error = ValueReader::new(&bytes).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), format!("written by version 0.0.7 of prefect-events, this is {VERSION}"));
    }
}
