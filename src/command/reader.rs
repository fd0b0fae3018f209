//! Reads files of captured events: small ones and documents whole, NDJSON of any size in chunks of whole lines.

use memchr::{memchr_iter, memrchr};

use crate::validate::is_ndjson;

use super::input::Contents;

/// The most bytes of a file that is read whole although it could be NDJSON.
const WHOLE: usize = 8 << 20;
/// If these first bytes do not show whether it is NDJSON, all that was read decides.
const SNIFFED: usize = 64 << 10;
const CHUNK: usize = 1 << 20;
const LONGEST_LINE: usize = 64 << 20;

/// What receives a file.
pub(super) trait Sink {
    /// Whole lines of NDJSON after `lines` others; the last one of the file may lack its line break. Returns whether
    /// more is needed.
    fn lines(&mut self, bytes: &[u8], lines: u64) -> bool;
}

/// A file that is being read.
#[derive(Default)]
pub(super) struct Reader {
    state: ReaderState,
    problem: Option<String>,
}

enum ReaderState {
    /// A document, or the beginning of a file.
    Whole {
        contents: Contents,
        is_decided: bool,
    },
    Lines(Lines),
}

impl Default for ReaderState {
    fn default() -> Self {
        ReaderState::Whole { contents: Contents::default(), is_decided: false }
    }
}

/// NDJSON whose last line is not complete yet.
#[derive(Default)]
struct Lines {
    bytes: Vec<u8>,
    /// Where the last whole line ends.
    whole: usize,
    /// How many bytes and lines were passed on.
    taken: usize,
    count: u64,
}

impl Lines {
    fn push(&mut self, piece: &[u8], sink: &mut dyn Sink) -> Result<bool, String> {
        for piece in piece.chunks(CHUNK) {
            let before = self.bytes.len();
            self.bytes.extend_from_slice(piece);
            if let Some(at) = memrchr(b'\n', piece) {
                self.whole = before.saturating_add(at).saturating_add(1);
            }
            if self.bytes.len().saturating_sub(self.whole) > LONGEST_LINE {
                let start = self.taken.saturating_add(self.whole);
                return Err(format!(
                    "the line that starts at byte {start} is longer than 64 MiB: a stream must be NDJSON, one event per line"
                ));
            }
            if self.bytes.len() >= CHUNK && self.whole > 0 && !self.pass_on(self.whole, sink) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn pass_on(&mut self, end: usize, sink: &mut dyn Sink) -> bool {
        let lines = self.bytes.get(..end).unwrap_or_default();
        let wants_more = sink.lines(lines, self.count);
        self.count = self.count.saturating_add(memchr_iter(b'\n', lines).count() as u64);
        self.taken = self.taken.saturating_add(end);
        self.bytes.drain(..end);
        self.whole = 0;
        wants_more
    }
}

impl Reader {
    /// A file that is read whole.
    pub(super) fn whole() -> Reader {
        Reader { state: ReaderState::Whole { contents: Contents::default(), is_decided: true }, problem: None }
    }

    /// Adds a piece; returns whether more is needed.
    pub(super) fn push(&mut self, piece: &[u8], sink: &mut dyn Sink) -> bool {
        match &mut self.state {
            ReaderState::Lines(lines) => match lines.push(piece, sink) {
                Ok(wants_more) => wants_more,
                Err(problem) => {
                    self.problem = Some(problem);
                    false
                }
            },
            ReaderState::Whole { contents, is_decided } => {
                if !contents.push(piece) {
                    return false;
                }
                if *is_decided || contents.bytes().len() <= WHOLE {
                    return true;
                }
                *is_decided = true;
                let head = contents.bytes();
                let sniffed = head.get(..SNIFFED).unwrap_or(head);
                if !is_ndjson(sniffed, false).or_else(|| is_ndjson(head, false)).unwrap_or_default() {
                    return true;
                }
                let head = std::mem::take(contents).into_bytes();
                let mut lines = Lines::default();
                let pushed = lines.push(&head, sink);
                self.state = ReaderState::Lines(lines);
                pushed.unwrap_or_else(|problem| {
                    self.problem = Some(problem);
                    false
                })
            }
        }
    }

    /// The whole document, nothing if it was passed on in lines, or why the file cannot be read: a sentence without its
    /// subject, or with one.
    pub(super) fn end(self, sink: &mut dyn Sink) -> Result<Option<Vec<u8>>, Unreadable> {
        if let Some(problem) = self.problem {
            return Err(Unreadable::Line(problem));
        }
        match self.state {
            ReaderState::Whole { contents, .. } => contents.end().map(Some).map_err(Unreadable::File),
            ReaderState::Lines(mut lines) => {
                if !lines.bytes.is_empty() {
                    lines.pass_on(lines.bytes.len(), sink);
                }
                Ok(None)
            }
        }
    }
}

/// Why a file cannot be read.
pub(super) enum Unreadable {
    /// A sentence without its subject, the file.
    File(String),
    /// A sentence about a line.
    Line(String),
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct All(Vec<(usize, u64)>);

    impl Sink for All {
        fn lines(&mut self, bytes: &[u8], lines: u64) -> bool {
            self.0.push((bytes.len(), lines));
            true
        }
    }

    #[test]
    fn small_files_and_documents_are_whole() {
        let (mut reader, mut all) = (Reader::default(), All::default());
        assert!(reader.push(b"{}\n{}\n", &mut all));
        assert_eq!(reader.end(&mut all).ok(), Some(Some(b"{}\n{}\n".to_vec())));
        assert_eq!(all.0, []);
    }

    #[test]
    fn large_ndjson_comes_in_whole_lines() {
        let line = [b"{\"a\":\"".as_slice(), &[b'x'; 1000], b"\"}\n"].concat();
        let text = line.repeat(9_000);
        let text = text.strip_suffix(b"\n").unwrap_or_default();
        let (mut reader, mut all) = (Reader::default(), All::default());
        for piece in text.chunks(70_000) {
            assert!(reader.push(piece, &mut all));
        }
        assert!(matches!(reader.end(&mut all), Ok(None)));
        assert!(all.0.len() > 5);
        assert_eq!(all.0.iter().map(|(bytes, _)| bytes).sum::<usize>(), text.len());
        let mut count = 0;
        for (bytes, lines) in all.0 {
            assert_eq!(lines, count);
            count += (bytes + 1) as u64 / line.len() as u64;
            assert!((bytes + 1) % line.len() <= 1);
        }
        assert_eq!(count, 9_000);
    }

    #[test]
    fn too_long_lines_are_refused() {
        let (mut reader, mut all) = (Reader::default(), All::default());
        assert!(reader.push(&b"{}\n".repeat(4_000_000), &mut all));
        let piece = vec![b'x'; LONGEST_LINE + 1];
        assert!(!reader.push(&piece, &mut all));
        assert!(
            matches!(reader.end(&mut all), Err(Unreadable::Line(problem)) if problem.contains("at byte 12000000 "))
        );
    }
}
