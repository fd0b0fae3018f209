//! UUIDs as pydantic reads them.

use uuid::Uuid;

/// A UUID in any form that pydantic accepts.
pub(crate) fn read_uuid(text: &[u8]) -> Option<Uuid> {
    // Of the prefix `urn:uuid:`, pydantic takes lower case alone.
    Uuid::try_parse_ascii(text).ok().filter(|_| !text.contains(&b':') || text.starts_with(b"urn:uuid:"))
}
