//! Reads `.env` like python-dotenv, which Prefect uses: only `${NAME}` and `${NAME:-default}` are replaced, so that a
//! password can contain `$`.
//!
//! No Rust library does: dotenvy, on which most build, reads 8 of the 17 texts below differently (it replaces `$NAME`,
//! rejects unquoted blanks, has no `:-`), and takes variables from the environment of the process.
//! Source: `dotenv/parser.py` and `dotenv/variables.py` of python-dotenv 1.

use super::secret::Secret;

/// The variables in the order of the file. `environment`: the variables of the process.
pub(super) fn variables<'e>(
    text: &str,
    environment: &mut dyn FnMut(&str) -> Option<&'e Secret>,
) -> Vec<(String, Secret)> {
    // `KEY` alone is known and has no value.
    let mut all: Vec<(String, Option<Secret>)> = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    while !rest.is_empty() {
        match binding(rest) {
            Some((key, value, after)) => {
                let value = value.map(|value| {
                    Secret::new(interpolated(&value, &mut |name| {
                        let own = all.iter().rev().find(|(known, _)| known == name);
                        let text = |value: Option<&Secret>| value.map(Secret::reveal).unwrap_or_default().to_owned();
                        own.map(|(_, value)| text(value.as_ref()))
                            .or_else(|| environment(name).map(|own| text(Some(own))))
                    }))
                });
                all.extend(key.map(|key| (key.to_owned(), value)));
                rest = after.trim_start();
            }
            // Not a binding: skipped with a warning there.
            None => rest = line_end(rest).1.trim_start(),
        }
    }
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

/// A line and what follows it.
fn line_end(text: &str) -> (&str, &str) {
    text.split_at_checked(text.find(['\r', '\n']).unwrap_or(text.len())).unwrap_or((text, ""))
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start_matches(|one: char| one.is_whitespace() && one != '\r' && one != '\n')
}

/// `KEY=value`, `KEY`, or a comment; with the text after it.
fn binding(text: &str) -> Option<(Option<&str>, Option<String>, &str)> {
    let rest = match text.strip_prefix("export") {
        Some(after) if skip_blanks(after).len() < after.len() => skip_blanks(after),
        _ => text,
    };
    let (key, rest) = match rest.chars().next()? {
        '#' => (None, rest),
        '\'' => {
            let (key, rest) = rest.strip_prefix('\'')?.split_once('\'')?;
            (Some(key).filter(|key| !key.is_empty()).map(Some)?, rest)
        }
        _ => {
            let end = rest.find(|one: char| one == '=' || one == '#' || one.is_whitespace()).unwrap_or(rest.len());
            let (key, rest) = rest.split_at_checked(end)?;
            (Some(key).filter(|key| !key.is_empty()).map(Some)?, rest)
        }
    };
    let rest = skip_blanks(rest);
    let (value, rest) = match rest.strip_prefix('=') {
        None => (None, rest),
        Some(after) => {
            let begin = skip_blanks(after);
            // `KEY= # comment` is empty; in `KEY=#value` it is part of the value.
            let (value, rest) = if begin.len() < after.len() && begin.starts_with('#') {
                (String::new(), begin)
            } else {
                value(begin)?
            };
            (Some(value), rest)
        }
    };
    let rest = skip_blanks(rest);
    let rest = if rest.starts_with('#') { line_end(rest).1 } else { rest };
    (rest.is_empty() || rest.starts_with(['\r', '\n'])).then_some((key, value, rest))
}

fn value(text: &str) -> Option<(String, &str)> {
    if let Some(quote @ ('\'' | '"')) = text.chars().next() {
        return quoted(text.strip_prefix(quote)?, quote);
    }
    let (line, rest) = line_end(text);
    Some((without_comment(line).trim_end().to_owned(), rest))
}

/// Up to the first `#` after a blank.
fn without_comment(line: &str) -> &str {
    let mut before = ' ';
    for (at, one) in line.char_indices() {
        if one == '#' && at > 0 && before.is_whitespace() {
            return line.get(..at).unwrap_or(line);
        }
        before = one;
    }
    line
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut characters = text.char_indices();
    while let Some((at, one)) = characters.next() {
        if one == quote {
            return Some((out, text.get(at.saturating_add(one.len_utf8())..)?));
        }
        if one != '\\' {
            out.push(one);
            continue;
        }
        let (_, escaped) = characters.next()?;
        match (quote, escaped) {
            (_, '\\' | '\'') | ('"', '"') => out.push(escaped),
            ('"', 'a') => out.push('\u{7}'),
            ('"', 'b') => out.push('\u{8}'),
            ('"', 'f') => out.push('\u{c}'),
            ('"', 'n') => out.push('\n'),
            ('"', 'r') => out.push('\r'),
            ('"', 't') => out.push('\t'),
            ('"', 'v') => out.push('\u{b}'),
            _ => out.extend(['\\', escaped]),
        }
    }
    None
}

/// Replaces `${NAME}` and `${NAME:-default}`.
fn interpolated(value: &str, known: &mut dyn FnMut(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let variable = after.split_once('}').and_then(|(inside, tail)| match inside.split_once(':') {
            None => Some((inside, "", tail)),
            Some((name, default)) => Some((name, default.strip_prefix('-')?, tail)),
        });
        if let Some((name, default, tail)) = variable {
            out.push_str(&known(name).unwrap_or_else(|| default.to_owned()));
            rest = tail;
        } else {
            out.push_str("${");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As python-dotenv 1.2 reads them.
    #[test]
    fn values_are_those_of_python_dotenv() {
        let home = Secret::new("/home/ada");
        let read = |text: &str| {
            let all = variables(text, &mut |name| (name == "HOME").then_some(&home));
            all.into_iter().map(|(key, value)| (key, value.reveal().to_owned())).collect::<Vec<_>>()
        };
        for (text, expected) in [
            ("A=b", "b"),
            ("export A=b # c", "b"),
            ("A = b", "b"),
            ("A=#b", "#b"),
            ("A= # b", ""),
            ("A=b#c", "b#c"),
            ("A='b\\n$x'", "b\\n$x"),
            ("A=\"b\\n\\\"\" # c", "b\n\""),
            ("A=admin:pa$$word$HOME", "admin:pa$$word$HOME"),
            ("A=${HOME}/x", "/home/ada/x"),
            ("A=${NONE:-d}e", "de"),
            ("A=${NONE}e", "e"),
            ("A=${NONE:x}e", "${NONE:x}e"),
            ("'A'=\"b\r\nc\"", "b\r\nc"),
            ("\u{feff}A=b", "b"),
            ("A=a b#c", "a b#c"),
            ("A=\"pa$$word\"", "pa$$word"),
        ] {
            assert_eq!(read(text), [("A".to_owned(), expected.to_owned())], "{text}");
        }
        // `B` alone is known, and has no value.
        assert_eq!(read("B\nA=${B:-c}d"), [("A".to_owned(), "d".to_owned())]);
        assert_eq!(
            read("# x\n\nA\nB=1\r\n\"no\" x\nC=${B}2\n"),
            [("B".to_owned(), "1".to_owned()), ("C".to_owned(), "12".to_owned()),]
        );
    }
}
