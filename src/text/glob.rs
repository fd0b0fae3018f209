//! Patterns of Python's `fnmatch.fnmatchcase`.

/// A pattern of Python's `fnmatch.fnmatchcase`.
#[derive(Debug)]
pub enum Glob {
    /// No wildcard, or only a last `*`: most patterns.
    Plain {
        text: String,
        open: bool,
    },
    Pieces(Vec<Piece>),
}

#[derive(Debug)]
pub enum Piece {
    /// `*`
    Many,
    /// `?`
    One,
    Char(char),
    /// `[a-c]`, `[!x]`: from and to, both included. Nothing is in `[z-a]`.
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Piece {
    fn is(&self, c: char) -> bool {
        match self {
            Piece::Many | Piece::One => true,
            Piece::Char(own) => *own == c,
            Piece::Set { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
        }
    }
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let (text, open) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        if text.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'[')) {
            Glob::Pieces(pieces(pattern))
        } else {
            Glob::Plain { text: text.to_owned(), open }
        }
    }

    pub fn matches(&self, value: &str) -> bool {
        match self {
            Glob::Plain { text, open: true } => value.as_bytes().starts_with(text.as_bytes()),
            Glob::Plain { text, open: false } => *text == *value,
            Glob::Pieces(pieces) => pieces_match(pieces, value),
        }
    }
}

/// A `*` first takes nothing; where the rest fails, the last `*` takes one more.
fn pieces_match(pieces: &[Piece], value: &str) -> bool {
    let (mut pattern, mut rest) = (pieces.iter(), value.chars());
    let mut retry = None;
    loop {
        let before = (pattern.clone(), rest.clone());
        match (pattern.next(), rest.next()) {
            (Some(Piece::Many), _) => {
                retry = Some((pattern.clone(), before.1.clone()));
                rest = before.1;
            }
            (None, None) => return true,
            (Some(piece), Some(c)) if piece.is(c) => {}
            _ => {
                let Some((after, mut from)) = retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, rest) = (after.clone(), from.clone());
                retry = Some((after, from));
            }
        }
    }
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        pieces.push(match c {
            '*' => Piece::Many,
            '?' => Piece::One,
            '[' => match set_end(rest) {
                // Without its end it is nothing but a bracket.
                None => Piece::Char('['),
                Some(end) => {
                    let inside = rest.get(..end).unwrap_or_default();
                    rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
                    set(inside)
                }
            },
            c => Piece::Char(c),
        });
    }
    pieces
}

/// Where the `]` is that ends a set; one that comes first belongs to it.
fn set_end(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('!').unwrap_or(rest);
    let skipped = rest.len().saturating_sub(inside.len());
    let first = usize::from(inside.starts_with(']'));
    let end = inside.bytes().skip(first).position(|byte| byte == b']')?;
    Some(skipped.saturating_add(first).saturating_add(end))
}

/// `fnmatch.translate` splits what is inside at the hyphens that make ranges: the end of one chunk and the start
/// of the next are a range, all else stands for itself. Empty ranges vanish.
fn set(inside: &str) -> Piece {
    let (negated, own) = inside.strip_prefix('!').map_or((false, inside), |own| (true, own));
    let mut rest: Vec<char> = own.chars().collect();
    let mut chunks: Vec<Vec<char>> = Vec::new();
    // A hyphen cannot come first, nor directly after the end of a range.
    let mut from = 1;
    while let Some(at) = rest.iter().skip(from).position(|c| *c == '-').map(|at| at.saturating_add(from)) {
        let tail = rest.split_off(at.saturating_add(1).min(rest.len()));
        rest.pop();
        chunks.push(std::mem::replace(&mut rest, tail));
        from = 2;
    }
    match chunks.last_mut() {
        Some(last) if rest.is_empty() => last.push('-'),
        _ => chunks.push(rest),
    }
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut after: Vec<char> = Vec::new();
    // From the last chunk to the first, as Python removes the empty ranges.
    while let Some(mut chunk) = chunks.pop() {
        if let (Some(to), Some(start)) = (after.first().copied(), chunk.last().copied()) {
            after.remove(0);
            chunk.pop();
            if start <= to {
                ranges.push((start, to));
                ranges.extend(after.iter().map(|c| (*c, *c)));
            } else {
                chunk.append(&mut after);
            }
        }
        after = chunk;
    }
    ranges.extend(after.iter().map(|c| (*c, *c)));
    Piece::Set { negated, ranges }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of `fnmatch.fnmatchcase` in Python 3.11.
    #[test]
    fn globs_are_pythons() {
        for (pattern, value, is) in [
            ("", "", true),
            ("*", "", true),
            ("*", "a\nb", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("*.flow-run.*", "prefect.flow-run.x", true),
            ("a?c", "abc", true),
            ("a?c", "aéc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[!a-c]x", "dx", true),
            ("[]]", "]", true),
            ("[!]]", "]", false),
            ("[abc", "[abc", true),
            ("[z-a]", "m", false),
            ("[!z-a]", "m", true),
            ("[a-]", "-", true),
            ("[-a]", "-", true),
            ("[a-c-e]", "-", true),
            ("[a-c-e]", "d", false),
            ("[a-cx-z]", "y", true),
            ("[^a]", "^", true),
            ("[^a]", "b", false),
            ("[--0]", ".", true),
            ("[a-zz-a]", "z", true),
            ("*a*b*c", "xaxbxbxc", true),
            ("*a*b*c", "xaxbxbx", false),
            ("[[]x", "[x", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(value), is, "{pattern:?} {value:?}");
        }
    }
}
