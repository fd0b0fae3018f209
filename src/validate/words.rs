//! Small pieces of the sentences that users read.

use crate::json::Value;

/// How many characters of a value a message shows.
const SHOWN: usize = 80;

/// A text for a message: cut to a readable length, control characters made visible.
pub(super) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).flat_map(visible).collect();
    if text.chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

fn visible(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control();
    let plain = (!escaped).then_some(character);
    let hidden = escaped.then(|| character.escape_default()).into_iter().flatten();
    plain.into_iter().chain(hidden)
}

/// A value as users call it: its text in backticks if it is a string or short, and its kind if it is not a string.
pub(super) fn text(value: Value<'_>) -> String {
    if value.is_string() { format!("`{}`", shown(&value.string())) } else { self::value(value) }
}

/// A value of a wrong kind: the kind, and its text in backticks if it is a string or short.
pub(super) fn value(value: Value<'_>) -> String {
    if value.is_string() {
        format!("the string `{}`", shown(&value.string()))
    } else {
        let raw = String::from_utf8_lossy(value.raw());
        if raw.len() <= 40 { format!("{} (`{raw}`)", value.kind_name()) } else { value.kind_name().to_owned() }
    }
}

/// A number as people read it: `1,500,000`.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `a`, `b` and `c`.
pub(super) fn list<'t>(items: impl IntoIterator<Item = &'t str>, last: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| format!("`{item}`")).collect();
    match items.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
    }
}

/// The nearest of some words, if it is near enough to be meant.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = word.to_ascii_lowercase();
    let mut best = None;
    for candidate in candidates {
        let (length, other) = (word.chars().count(), candidate.chars().count());
        let allowed = (length.min(other) / 4).clamp(1, 3);
        if length.abs_diff(other) > allowed {
            continue;
        }
        let distance = strsim::osa_distance(&folded, &candidate.to_ascii_lowercase());
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// A duration for a message, in its two largest units.
pub(super) fn duration(micros: i64) -> String {
    let micros = micros.unsigned_abs();
    let units =
        [("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("µs", 1)];
    let mut rest = micros;
    let mut parts = Vec::new();
    for (unit, size) in units {
        let count = rest.checked_div(size).unwrap_or_default();
        rest = rest.checked_rem(size).unwrap_or_default();
        if count > 0 && parts.len() < 2 {
            parts.push(format!("{count} {unit}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}
