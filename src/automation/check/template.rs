//! Jinja templates, as far as their form goes: what is opened must be closed. The server parses them in full
//! (`server/utilities/user_templates.py`).

/// How many loops a template may have, and how deeply they may be nested.
const MOST_LOOPS: usize = 10;
const DEEPEST_LOOPS: usize = 2;

/// Statements with an end of their own.
const BLOCKS: [&str; 9] = ["for", "if", "macro", "call", "filter", "block", "with", "autoescape", "raw"];

/// What is wrong with a template.
pub(super) fn problem(template: &str) -> Option<&'static str> {
    let mut rest = template;
    let mut open: Vec<&str> = Vec::new();
    let (mut loops, mut deepest) = (0_usize, 0_usize);
    while let Some((kind, inside)) = next(rest) {
        let (close, unclosed) = match kind {
            '{' => ("}}", "`{{` is not closed by `}}`"),
            '%' => ("%}", "`{%` is not closed by `%}`"),
            _ => ("#}", "`{#` is not closed by `#}`"),
        };
        let length = if kind == '#' { inside.find(close) } else { code_end(inside, close) };
        let Some((code, after)) = length.and_then(|length| inside.split_at_checked(length)) else {
            return Some(unclosed);
        };
        rest = after.strip_prefix(close).unwrap_or_default();
        if kind == '#' {
            continue;
        }
        let code = code.trim_matches(['-', '+']).trim();
        if let Some(problem) = unbalanced(code) {
            return Some(problem);
        }
        if kind == '{' {
            if code.is_empty() {
                return Some("`{{ }}` holds no expression");
            }
            continue;
        }
        let word = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        if word == "raw" {
            // What is raw reaches to its end, whatever it holds.
            let Some(end) = rest.find("endraw") else { return Some("`{% raw %}` has no `{% endraw %}`") };
            rest = rest.get(end..).and_then(|rest| rest.split_once("%}")).map_or("", |(_, rest)| rest);
            continue;
        }
        if let Some(ended) = word.strip_prefix("end") {
            match open.pop() {
                Some(last) if last == ended => {}
                Some(_) | None => return Some("a block is ended that is not the innermost open one"),
            }
        } else if BLOCKS.contains(&word) {
            open.push(word);
            if word == "for" {
                loops = loops.saturating_add(1);
                deepest = deepest.max(open.iter().filter(|word| **word == "for").count());
            }
        } else if !matches!(
            word,
            "elif" | "else" | "set" | "do" | "include" | "import" | "from" | "extends" | "break" | "continue"
        ) {
            return Some("there is a statement that Jinja does not know");
        }
    }
    match () {
        () if !open.is_empty() => Some("a block such as `{% for %}` or `{% if %}` has no end"),
        () if loops > MOST_LOOPS => Some("it has more than 10 loops, which the server does not allow"),
        () if deepest > DEEPEST_LOOPS => Some("its loops are nested more than 2 deep, which the server does not allow"),
        () => None,
    }
}

/// The next `{{`, `{%` or `{#`: its second character and what follows.
fn next(text: &str) -> Option<(char, &str)> {
    let bytes = text.as_bytes();
    let at = bytes.windows(2).position(|pair| matches!(pair, [b'{', b'{' | b'%' | b'#']))?;
    let kind = bytes.get(at.saturating_add(1)).copied().map(char::from)?;
    Some((kind, text.get(at.saturating_add(2)..)?))
}

/// The characters of code, each with its place, but for those of strings (of which the first quote is told).
fn bare(code: &str) -> impl Iterator<Item = (usize, char)> {
    let mut quote = None;
    let mut escaped = false;
    code.char_indices().filter(move |&(_, c)| {
        let Some(open) = quote else {
            quote = Some(c).filter(|c| matches!(c, '"' | '\''));
            return true;
        };
        let ends = !escaped && c == open;
        escaped = !escaped && c == '\\';
        quote = Some(open).filter(|_| !ends);
        false
    })
}

/// Where code ends: strings and brackets in it may hold the closing characters.
fn code_end(code: &str, close: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in bare(code) {
        if depth == 0 && code.get(at..).is_some_and(|rest| rest.starts_with(close)) {
            return Some(at);
        }
        match c {
            '{' | '(' | '[' => depth = depth.saturating_add(1),
            '}' | ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Brackets that do not belong together.
fn unbalanced(code: &str) -> Option<&'static str> {
    let mut open = Vec::new();
    for (_, c) in bare(code) {
        let expected = match c {
            '(' | '[' | '{' => {
                open.push(c);
                continue;
            }
            ')' => '(',
            ']' => '[',
            '}' => '{',
            _ => continue,
        };
        if open.pop() != Some(expected) {
            return Some("a bracket is closed that is not open");
        }
    }
    (!open.is_empty()).then_some("a bracket is not closed")
}
