//! What plain scalars are.

use super::super::tape::Kind;

/// The kind of a plain scalar by the core schema of YAML 1.2 (section 10.3.2).
pub fn kind(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" => return Kind::True,
        "false" | "False" | "FALSE" => return Kind::False,
        ".nan" | ".NaN" | ".NAN" => return Kind::NonFinite,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Kind::NonFinite;
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(unsigned) {
        return Kind::Integer;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let number = (digits(whole) && (fraction.is_empty() || digits(fraction))) || (whole.is_empty() && digits(fraction));
    if number && exponent.is_none_or(digits) { Kind::Float } else { Kind::String }
}

/// What a plain scalar is to `PyYAML`, which Prefect reads with and which keeps to YAML 1.1, if that is something else
/// (`yaml/resolver.py`). Words, to be put into a sentence.
#[must_use]
pub fn yaml_1_1(text: &str) -> Option<&'static str> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some("the boolean `true`"),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some("the boolean `false`"),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let octal = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| matches!(byte, b'0'..=b'7' | b'_'));
    if unsigned.len() > 1 && unsigned.strip_prefix('0').is_some_and(octal) {
        return Some("an octal number");
    }
    if unsigned.split(':').count() > 1
        && unsigned.split(':').enumerate().all(|(at, part)| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
            digits && (at == 0 || (part.len() <= 2 && part.parse::<u8>().is_ok_and(|part| part < 60)))
        })
        && unsigned.starts_with(|c: char| c != '0')
    {
        return Some("a number in base 60");
    }
    if unsigned.contains('_') && unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return Some("a number");
    }
    if let Some(digits) = unsigned.strip_prefix("0x")
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_')
    {
        return Some("a hexadecimal number");
    }
    // PyYAML wants a point and a sign in numbers with an exponent.
    if kind(text) == Kind::Float
        && let Some((mantissa, exponent)) = text.split_once(['e', 'E'])
        && !(mantissa.contains('.') && exponent.starts_with(['-', '+']))
    {
        return Some("a text");
    }
    None
}
