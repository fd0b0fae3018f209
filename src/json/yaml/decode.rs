//! The texts that scalars stand for.

use super::super::tape::hex4;

/// The text of a scalar that is not written as it is. `before`: the byte before it, a quote for quoted ones;
/// `indent`: how far a block is indented by its header, counted from 1; 0 where its lines tell.
pub fn decode(raw: &[u8], before: Option<u8>, bare: bool, indent: u16) -> Vec<u8> {
    match before {
        _ if bare => match raw.first() {
            Some(b'|' | b'>') => block(raw, usize::from(indent)),
            _ => fold(raw, |line, out| out.extend_from_slice(line)),
        },
        Some(b'\'') => fold(raw, single),
        _ => double(raw),
    }
}

fn single(line: &[u8], out: &mut Vec<u8>) {
    let mut rest = line;
    while let Some((&byte, tail)) = rest.split_first() {
        out.push(byte);
        rest = if byte == b'\'' { tail.strip_prefix(b"'").unwrap_or(tail) } else { tail };
    }
}

fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// Several lines to one: a line break becomes a blank, and each empty line a line break.
fn fold(raw: &[u8], write: impl Fn(&[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let last = lines(raw).count().saturating_sub(1);
    let mut empty = 0_usize;
    for (number, line) in lines(raw).enumerate() {
        let mut line = line;
        if number > 0 {
            line = line.trim_ascii_start();
        }
        if number < last {
            line = line.trim_ascii_end();
        }
        if number > 0 {
            if line.is_empty() && number < last {
                empty = empty.saturating_add(1);
                continue;
            }
            separate(&mut out, empty);
            empty = 0;
        }
        write(line, &mut out);
    }
    out
}

/// A line break between lines, with so many empty ones in between.
fn separate(out: &mut Vec<u8>, empty: usize) {
    if empty == 0 {
        out.push(b' ');
    } else {
        out.resize(out.len().saturating_add(empty), b'\n');
    }
}

/// A text in double quotes: lines are folded, unless a backslash ends them, and escapes resolved.
fn double(raw: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(raw.len());
    let mut rest = raw;
    // Blanks before it were escaped, and are kept.
    let mut kept = 0;
    while let Some((&byte, tail)) = rest.split_first() {
        match byte {
            b'\n' => {
                while out.len() > kept && matches!(out.last(), Some(b' ' | b'\t' | b'\r')) {
                    out.pop();
                }
                let (empty, after) = empty_lines(tail);
                separate(&mut out, empty);
                rest = after;
            }
            b'\\' => {
                let (text, length) = escape(tail);
                let Some(c) = text else {
                    let (empty, after) = empty_lines(tail.get(length..).unwrap_or_default());
                    out.resize(out.len().saturating_add(empty), b'\n');
                    kept = out.len();
                    rest = after;
                    continue;
                };
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                kept = out.len();
                rest = tail.get(length..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// How many empty lines come first, and what follows, without its indentation.
fn empty_lines(mut text: &[u8]) -> (usize, &[u8]) {
    let mut empty = 0_usize;
    loop {
        text = text.trim_ascii_start_blanks();
        match text.strip_prefix(b"\n") {
            Some(rest) => {
                empty = empty.saturating_add(1);
                text = rest;
            }
            None => return (empty, text),
        }
    }
}

trait Blanks {
    fn trim_ascii_start_blanks(&self) -> &Self;
}

impl Blanks for [u8] {
    fn trim_ascii_start_blanks(&self) -> &[u8] {
        let blanks = self.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
        self.get(blanks..).unwrap_or_default()
    }
}

/// What follows a backslash stands for, and how long it is. No character: the line break after it is none.
fn escape(tail: &[u8]) -> (Option<char>, usize) {
    let simple = match tail.first() {
        Some(b'0') => '\0',
        Some(b'a') => '\u{7}',
        Some(b'b') => '\u{8}',
        Some(b't' | b'\t') => '\t',
        Some(b'n') => '\n',
        Some(b'v') => '\u{b}',
        Some(b'f') => '\u{c}',
        Some(b'r') => '\r',
        Some(b'e') => '\u{1b}',
        Some(b'N') => '\u{85}',
        Some(b'_') => '\u{a0}',
        Some(b'L') => '\u{2028}',
        Some(b'P') => '\u{2029}',
        Some(b'\n') => return (None, 1),
        Some(b'\r') => return (None, 2),
        Some(b'x') => return hex(tail, 2),
        Some(b'U') => return hex(tail, 8),
        Some(b'u') => {
            if let (Some(high @ 0xD800..=0xDBFF), Some(b"\\u")) = (hex4(tail, 1), tail.get(5..7))
                && let Some(low @ 0xDC00..=0xDFFF) = hex4(tail, 7)
            {
                let joined = 0x1_0000_u32.wrapping_add((high & 0x3FF) << 10) | (low & 0x3FF);
                return (Some(char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)), 11);
            }
            return hex(tail, 4);
        }
        // `"`, `\`, `/` and the blank mean themselves; the reader has refused all else.
        Some(&other) => char::from(other),
        None => '\\',
    };
    (Some(simple), 1)
}

fn hex(tail: &[u8], digits: usize) -> (Option<char>, usize) {
    let length = digits.saturating_add(1);
    let digits = tail.get(1..length).unwrap_or_default().iter();
    let code = digits.fold(0_u32, |code, &byte| (code << 4) | char::from(byte).to_digit(16).unwrap_or_default());
    (Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)), length)
}

/// Whether a byte is one of the escapes.
pub fn is_escape(text: &[u8]) -> bool {
    let digits = match text.first() {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        other => return matches!(other, Some(byte) if b"0abt\tnvfreN_LP \"/\\\n\r".contains(byte)),
    };
    text.get(1..).and_then(|rest| rest.get(..digits)).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// A block scalar from its `|` or `>` on.
fn block(raw: &[u8], indent: usize) -> Vec<u8> {
    let mut all = lines(raw);
    let header = all.next().unwrap_or_default();
    let folded = header.first() == Some(&b'>');
    let header = header.split(|&byte| byte == b' ' || byte == b'#').next().unwrap_or_default();
    let (keep, strip) = (header.contains(&b'+'), header.contains(&b'-'));
    let all: Vec<&[u8]> = all.collect();
    let leading = |line: &[u8]| line.iter().take_while(|&&byte| byte == b' ').count();
    let blank = |line: &[u8]| line.iter().all(|&byte| byte == b' ');
    let own = all.iter().find(|line| !blank(line)).map_or(usize::MAX, |line| leading(line));
    let indent = indent.checked_sub(1).unwrap_or(own);
    let content = |line: &'_ [u8]| -> usize { leading(line).min(indent) };
    let lines: Vec<&[u8]> = all.iter().map(|line| line.get(content(line)..).unwrap_or_default()).collect();
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last.saturating_add(1));
    let (text, trailing) = lines.split_at_checked(end).unwrap_or((&lines, &[]));
    let mut out = Vec::with_capacity(raw.len());
    let mut previous_indented = false;
    let mut empty = 0_usize;
    for (number, line) in text.iter().enumerate() {
        let indented = matches!(line.first(), Some(b' ' | b'\t'));
        if folded {
            if line.is_empty() {
                empty = empty.saturating_add(1);
                continue;
            }
            if number == 0 || out.is_empty() {
                out.resize(out.len().saturating_add(empty), b'\n');
            } else if indented || previous_indented {
                out.resize(out.len().saturating_add(empty).saturating_add(1), b'\n');
            } else {
                separate(&mut out, empty);
            }
            empty = 0;
        } else if number > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(line);
        previous_indented = indented;
    }
    if !text.is_empty() && !strip {
        out.push(b'\n');
    }
    if keep {
        // The last of the lines is what follows the last line break: nothing.
        out.resize(out.len().saturating_add(trailing.len().saturating_sub(1)), b'\n');
    }
    out
}
