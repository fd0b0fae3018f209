//! The contents of a file, handed over in pieces.

/// The most bytes of a file that is read whole; only NDJSON of events can be longer.
const MOST: usize = 1 << 30;
/// Binary data has a NUL byte near its beginning.
const SNIFFED: usize = 8192;

/// The first bytes of the types of files that are most often mistaken for text.
const SIGNATURES: [(&[u8], &str); 7] = [
    (&[0x1f, 0x8b], "is compressed with gzip: decompress it first (gunzip)"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "is compressed with zstd: decompress it first (unzstd)"),
    (&[0xfd, 0x37, 0x7a, 0x58, 0x5a], "is compressed with xz: decompress it first (unxz)"),
    (&[0x42, 0x5a, 0x68], "is compressed with bzip2: decompress it first (bunzip2)"),
    (&[0x50, 0x4b, 0x03, 0x04], "is a zip archive: extract it first (unzip)"),
    (&[0xff, 0xfe], "is UTF-16 text: save it as UTF-8"),
    (&[0xfe, 0xff], "is UTF-16 text: save it as UTF-8"),
];

/// Why a file that begins like this is not text that can be JSON or YAML: a sentence without its subject.
#[must_use]
pub fn not_text(head: &[u8]) -> Option<&'static str> {
    if head.is_empty() {
        return Some("is empty");
    }
    if let Some((_, reason)) = SIGNATURES.iter().find(|(bytes, _)| head.starts_with(bytes)) {
        return Some(reason);
    }
    let nul = head.iter().take(SNIFFED).position(|byte| *byte == 0)?;
    // JSON and YAML begin with an ASCII character, which in UTF-16 is one byte and a NUL.
    let other = 1_usize.checked_sub(nul).and_then(|other| head.get(other));
    let is_utf16 = other.is_some_and(|byte| *byte != 0);
    Some(if is_utf16 { "is UTF-16 text: save it as UTF-8" } else { "is a binary file, not text" })
}

/// A file that is read whole.
#[derive(Default)]
pub(super) struct Contents {
    bytes: Vec<u8>,
    problem: Option<&'static str>,
}

impl Contents {
    /// Adds a piece; returns whether more is needed.
    pub(super) fn push(&mut self, piece: &[u8]) -> bool {
        let before = self.bytes.len();
        if before.saturating_add(piece.len()) > MOST {
            self.problem = Some("is larger than 1 GiB and not NDJSON: write one event per line");
        } else {
            self.bytes.extend_from_slice(piece);
            if before < SNIFFED && self.bytes.len() >= SNIFFED {
                self.problem = not_text(&self.bytes);
            }
        }
        self.problem.is_none()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The bytes, or why they are not a text.
    pub(super) fn end(self) -> Result<Vec<u8>, String> {
        match self.problem.or_else(|| not_text(&self.bytes)) {
            Some(problem) => Err(problem.to_owned()),
            None => Ok(self.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_not_text() {
        assert_eq!(not_text(b"{}"), None);
        assert_eq!(not_text(b""), Some("is empty"));
        assert_eq!(not_text(b"{\0}\0"), Some("is UTF-16 text: save it as UTF-8"));
        assert_eq!(not_text(b"\0{\0}"), Some("is UTF-16 text: save it as UTF-8"));
        assert_eq!(not_text(b"\0\0"), Some("is a binary file, not text"));
        assert_eq!(not_text(b"abc\0"), Some("is a binary file, not text"));
        assert_eq!(not_text(b"\0"), Some("is a binary file, not text"));
        assert_eq!(not_text(&[0x1f, 0x8b, 1]), Some("is compressed with gzip: decompress it first (gunzip)"));
    }

    #[test]
    fn reads_no_further_than_needed() {
        let mut binary = Contents::default();
        assert!(binary.push(b"ab\0"));
        assert!(!binary.push(&[b' '; SNIFFED]));
        assert_eq!(binary.end(), Err("is a binary file, not text".to_owned()));
        let mut text = Contents::default();
        assert!(text.push(b"{") && text.push(b"}"));
        assert_eq!(text.end(), Ok(b"{}".to_vec()));
    }
}
