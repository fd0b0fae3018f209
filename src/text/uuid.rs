//! UUIDs, read like pydantic.

use uuid::Uuid;

/// A UUID in any form that pydantic accepts.
pub(crate) fn read_uuid(text: &[u8]) -> Option<Uuid> {
    // Pydantic accepts the prefix `urn:uuid:` only in lower case.
    Uuid::try_parse_ascii(text).ok().filter(|_| !text.contains(&b':') || text.starts_with(b"urn:uuid:"))
}
