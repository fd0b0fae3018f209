//! Resolves scalars like `yaml.safe_load` of `PyYAML`, which Prefect uses: YAML 1.1 (`yaml/resolver.py`,
//! `yaml/constructor.py`).

use crate::json::MAX_INTEGER_DIGITS;
use crate::json::{Decimal, Kind};

use super::error::YamlProblem;

/// The value of a scalar: its kind, and its text if that differs from the source. Numbers have JSON's notation.
pub(super) type Resolved = Result<(Kind, Option<String>), YamlProblem>;

/// The prefix of YAML's own tags.
const YAML_TAGS: &str = "tag:yaml.org,2002:";

/// The kind of a plain scalar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Type {
    Null,
    Bool,
    Int,
    Float,
    Timestamp,
    /// `<<`
    Merge,
    /// `=`
    Default,
    Text,
}

/// A plain scalar without a tag.
pub(super) fn plain(text: &str) -> Resolved {
    construct(implicit(text), text)
}

/// A scalar with a tag.
pub(super) fn tagged(tag: &str, text: &str) -> Resolved {
    let kind = match tag.strip_prefix(YAML_TAGS) {
        Some("str") => Type::Text,
        Some("int") => Type::Int,
        Some("float") => Type::Float,
        Some("bool") => Type::Bool,
        Some("null") => Type::Null,
        Some("timestamp") => Type::Timestamp,
        Some("binary") => return Err(YamlProblem::TagWithoutJson),
        _ => return Err(YamlProblem::UnknownTag),
    };
    construct(kind, text)
}

/// Whether a tag fits a sequence or a mapping.
pub(super) fn collection(tag: &str, is_mapping: bool) -> Result<(), YamlProblem> {
    match tag.strip_prefix(YAML_TAGS) {
        Some("seq") if !is_mapping => Ok(()),
        Some("map") if is_mapping => Ok(()),
        Some("set" | "omap" | "pairs") => Err(YamlProblem::TagWithoutJson),
        Some("seq" | "map" | "str" | "int" | "float" | "bool" | "null" | "timestamp" | "binary") => {
            Err(YamlProblem::TagMismatch)
        }
        _ => Err(YamlProblem::UnknownTag),
    }
}

/// The implicit resolvers. Their order does not matter: no text matches two.
fn implicit(text: &str) -> Type {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Type::Null,
        "yes" | "Yes" | "YES" | "no" | "No" | "NO" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE" | "on"
        | "On" | "ON" | "off" | "Off" | "OFF" => return Type::Bool,
        "<<" => return Type::Merge,
        "=" => return Type::Default,
        ".nan" | ".NaN" | ".NAN" => return Type::Float,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned.as_bytes() {
        [b'0'..=b'9', ..] if is_integer(unsigned) => Type::Int,
        [b'0'..=b'9', ..] if is_float(unsigned) => Type::Float,
        // Not with a sign.
        [b'.', b'0'..=b'9', ..] if unsigned.len() == text.len() && is_float(unsigned) => Type::Float,
        b".inf" | b".Inf" | b".INF" => Type::Float,
        [b'0'..=b'9', ..] if unsigned.len() == text.len() && timestamp(text).is_some_and(|found| found.full) => {
            Type::Timestamp
        }
        _ => Type::Text,
    }
}

fn all(text: &str, fits: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(fits)
}

/// `[0-9_]`
fn digit(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

fn is_integer(text: &str) -> bool {
    let rest = |prefix: &str| text.strip_prefix(prefix);
    let starts_with_zero = text.starts_with('0');
    text == "0"
        || rest("0b").is_some_and(|digits| all(digits, |byte| matches!(byte, b'0' | b'1' | b'_')))
        || rest("0x").is_some_and(|digits| all(digits, |byte| byte.is_ascii_hexdigit() || byte == b'_'))
        || rest("0").is_some_and(|digits| all(digits, |byte| matches!(byte, b'0'..=b'7' | b'_')))
        || (!starts_with_zero && (all(text, digit) || sexagesimal(text)))
}

/// `digits(:[0-5]?[0-9])+`, not beginning with an underscore.
fn sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_digit()) && all(first, digit));
    let mut parts = parts.peekable();
    first
        && parts.peek().is_some()
        && parts.all(|part| match part.as_bytes() {
            [last] => last.is_ascii_digit(),
            [tens, last] => matches!(tens, b'0'..=b'5') && last.is_ascii_digit(),
            _ => false,
        })
}

fn is_float(text: &str) -> bool {
    let Some((whole, rest)) = text.split_once('.') else { return false };
    if whole.contains(':') {
        return sexagesimal(whole) && rest.bytes().all(digit);
    }
    let (fraction, exponent) = match rest.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (rest, None),
    };
    let good_exponent = exponent.is_none_or(|exponent| {
        exponent.strip_prefix(['-', '+']).is_some_and(|digits| all(digits, |byte| byte.is_ascii_digit()))
    });
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    good_exponent
        && fraction.bytes().all(digit)
        && if whole.is_empty() { starts_with_digit(fraction) } else { starts_with_digit(whole) && all(whole, digit) }
}

fn construct(kind: Type, text: &str) -> Resolved {
    Ok(match kind {
        Type::Null => (Kind::Null, None),
        Type::Text => (Kind::String, None),
        Type::Bool => match text.to_ascii_lowercase().as_str() {
            "yes" | "true" | "on" => (Kind::True, None),
            "no" | "false" | "off" => (Kind::False, None),
            _ => return Err(YamlProblem::TagMismatch),
        },
        Type::Int => (Kind::Integer, changed(text, integer(text)?)),
        Type::Float => float(text)?,
        Type::Timestamp => match timestamp(text) {
            Some(Timestamp { exists: true, .. }) => (Kind::Date, None),
            Some(_) => return Err(YamlProblem::NoSuchDate),
            None => return Err(YamlProblem::TagMismatch),
        },
        Type::Merge | Type::Default => return Err(YamlProblem::SpecialValue),
    })
}

fn changed(text: &str, value: String) -> Option<String> {
    Some(value).filter(|value| value != text)
}

fn sign_of(text: &str) -> (&'static str, &str) {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    (if text.starts_with('-') { "-" } else { "" }, unsigned)
}

fn integer(text: &str) -> Result<String, YamlProblem> {
    let digits = text.replace('_', "");
    let (sign, digits) = sign_of(&digits);
    let in_base = |digits: &str, base: u32| {
        // A sign in the middle is not a digit in Python.
        let good = all(digits, |byte| byte.is_ascii_alphanumeric());
        match u128::from_str_radix(digits, base) {
            _ if !good => Err(YamlProblem::TagMismatch),
            Ok(number) => Ok(number.to_string()),
            Err(error) if *error.kind() == std::num::IntErrorKind::PosOverflow => Err(YamlProblem::LargeNumber),
            Err(_) => Err(YamlProblem::TagMismatch),
        }
    };
    let value = match digits {
        "0" => "0".to_owned(),
        _ if digits.starts_with("0b") => in_base(digits.get(2..).unwrap_or_default(), 2)?,
        _ if digits.starts_with("0x") => in_base(digits.get(2..).unwrap_or_default(), 16)?,
        _ if digits.starts_with('0') => in_base(digits, 8)?,
        _ if digits.contains(':') => {
            let mut value = 0_u128;
            for part in digits.split(':') {
                let part: u128 = in_base(part, 10)?.parse().map_err(|_| YamlProblem::LargeNumber)?;
                let shifted = value.checked_mul(60).and_then(|value| value.checked_add(part));
                value = shifted.ok_or(YamlProblem::LargeNumber)?;
            }
            value.to_string()
        }
        _ if !all(digits, |byte| byte.is_ascii_digit()) => return Err(YamlProblem::TagMismatch),
        _ if digits.len() > MAX_INTEGER_DIGITS => return Err(YamlProblem::LargeNumber),
        _ => digits.to_owned(),
    };
    Ok(if value == "0" { value } else { [sign, &value].concat() })
}

fn float(text: &str) -> Resolved {
    let plain = text.replace('_', "").to_ascii_lowercase();
    let (sign, unsigned) = sign_of(&plain);
    if unsigned == ".inf" || plain == ".nan" {
        return Ok((Kind::NonFinite, None));
    }
    if unsigned.contains(':') {
        let (mut value, mut base) = (0.0, 1.0);
        for part in unsigned.rsplit(':') {
            let part = Decimal::read(decimal(part)?.as_bytes()).ok_or(YamlProblem::TagMismatch)?;
            value += part.to_double() * base;
            base *= 60.0;
        }
        if !f64::is_finite(value) {
            return Ok((Kind::NonFinite, None));
        }
        let written = serde_json::to_string(&value).map_err(|_| YamlProblem::TagMismatch)?;
        return Ok((Kind::Float, Some([sign, &written].concat())));
    }
    let written = [sign, &decimal(unsigned)?].concat();
    if Decimal::read(written.as_bytes()).is_some_and(Decimal::is_beyond_double) {
        return Ok((Kind::NonFinite, None));
    }
    Ok((Kind::Float, changed(text, written)))
}

/// A number in JSON's notation: digits before and after the point, no leading zeros.
fn decimal(text: &str) -> Result<String, YamlProblem> {
    let (mantissa, exponent) = text.find('e').map_or((text, ""), |at| text.split_at_checked(at).unwrap_or((text, "")));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_digits = exponent.get(1..).unwrap_or_default();
    let exponent_digits = exponent_digits.strip_prefix(['-', '+']).unwrap_or(exponent_digits);
    let good = digits(whole)
        && digits(fraction)
        && digits(exponent_digits)
        && exponent.is_empty() == exponent_digits.is_empty();
    if !good || (whole.is_empty() && !mantissa.contains('.')) || mantissa == "." {
        return Err(YamlProblem::TagMismatch);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    Ok([whole, ".", fraction, exponent].concat())
}

/// A text with the form of a date or of a timestamp.
struct Timestamp {
    /// Whether this date and time exists.
    exists: bool,
    /// Whether it is one without a tag: month and day of a date have two digits.
    full: bool,
}

/// `None`: the text does not have that form.
fn timestamp(text: &str) -> Option<Timestamp> {
    let mut rest = text;
    let number = |least: usize, most: usize, rest: &mut &str| -> Option<u32> {
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits)?;
        *rest = after;
        (digits >= least).then(|| number.parse().ok())?
    };
    let skip = |text: &str, rest: &mut &str| -> Option<()> {
        *rest = rest.strip_prefix(text)?;
        Some(())
    };
    let year = number(4, 4, &mut rest)?;
    skip("-", &mut rest)?;
    let before = rest.len();
    let month = number(1, 2, &mut rest)?;
    skip("-", &mut rest)?;
    let day = number(1, 2, &mut rest)?;
    let two_digits = before.saturating_sub(rest.len()) == 5;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    };
    let date = year > 0 && (1..=12).contains(&month) && (1..=days).contains(&day);
    if rest.is_empty() {
        return Some(Timestamp { exists: date, full: two_digits });
    }
    let blanks = rest.trim_start_matches([' ', '\t']);
    rest = match rest.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if blanks.len() < rest.len() => blanks,
        None => return None,
    };
    let hour = number(1, 2, &mut rest)?;
    skip(":", &mut rest)?;
    let minute = number(2, 2, &mut rest)?;
    skip(":", &mut rest)?;
    let second = number(2, 2, &mut rest)?;
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let good = date && hour < 24 && minute < 60 && second < 60;
    let found = |exists| Some(Timestamp { exists, full: true });
    if rest.is_empty() {
        return found(good);
    }
    rest = rest.trim_start_matches([' ', '\t']);
    if rest == "Z" {
        return found(good);
    }
    rest = rest.strip_prefix(['-', '+'])?;
    let hours = number(1, 2, &mut rest)?;
    let mut minutes = 0;
    if !rest.is_empty() {
        skip(":", &mut rest)?;
        minutes = number(2, 2, &mut rest)?;
    }
    let offset = hours.saturating_mul(60).saturating_add(minutes);
    if rest.is_empty() { found(good && offset < 24 * 60) } else { None }
}

/// The type of a plain scalar in `PyYAML`, in words for a message, if YAML 1.2 (core schema, section 10.3.2) gives it
/// another type.
#[must_use]
pub fn yaml_1_1(text: &str) -> Option<&'static str> {
    let kind = implicit(text);
    let core = core(text);
    Some(match kind {
        Type::Bool if core == Type::Text => match construct(kind, text) {
            Ok((Kind::True, _)) => "the boolean `true`",
            _ => "the boolean `false`",
        },
        Type::Int => {
            let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
            match () {
                () if unsigned.starts_with("0b") => "a binary number",
                () if unsigned.starts_with("0x") => "a hexadecimal number",
                () if unsigned.len() > 1 && unsigned.starts_with('0') => "an octal number",
                () if unsigned.contains(':') => "a number in base 60",
                () if core == Type::Text => "a number",
                () => return None,
            }
        }
        Type::Float if core == Type::Text => {
            if text.contains(':') {
                "a number in base 60"
            } else {
                "a number"
            }
        }
        Type::Text if core == Type::Float => "a text",
        Type::Timestamp => "a date",
        _ => return None,
    })
}

/// The type of a plain scalar by the core schema of YAML 1.2, without its numbers in other bases.
fn core(text: &str) -> Type {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Type::Null,
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Type::Bool,
        ".nan" | ".NaN" | ".NAN" => return Type::Float,
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Type::Float;
    }
    let digits = |text: &str| all(text, |byte| byte.is_ascii_digit());
    if digits(unsigned) {
        return Type::Int;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let number = (digits(whole) && (fraction.is_empty() || digits(fraction))) || (whole.is_empty() && digits(fraction));
    if number && exponent.is_none_or(digits) { Type::Float } else { Type::Text }
}
