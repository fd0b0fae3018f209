//! `str.format` and `%`: fields and conversions are read here, minijinja lays out one number or text at a time.

use minijinja::Value;
use minijinja::formatting::{FormatStyle, format};

use super::attribute::{attr, item};
use super::error::{Outcome, Raised, not_calculated, type_error, value_error};
use super::eval_context::EvalContext;
use super::operator::{escaped, float, whole};
use super::show::{repr_of, str_of};
use super::time::{self, Arguments};
use super::value::{Delta, Dict, Py, Seen, class, int, is_undefined, look, own, sequence, unknown};

/// Whether a text that is marked as safe would escape this value.
pub(super) fn is_escaped_in_safe(value: &Value) -> bool {
    match look(value) {
        Seen::Text(_) if value.is_safe() => false,
        Seen::List | Seen::Tuple => sequence(value).unwrap_or_default().iter().any(is_escaped_in_safe),
        Seen::Py(Py::Dict(dict)) => dict.iter().any(|(_, value)| is_escaped_in_safe(value)),
        _ => {
            let text = str_of(value);
            escaped(&text) != text
        }
    }
}

/// `ascii(value)`
fn ascii_of(value: &Value) -> Outcome<String> {
    let text = repr_of(value);
    if text.is_ascii() { Ok(text) } else { not_calculated("`ascii` of other letters") }
}

/// One number or text, laid out.
fn one(style: FormatStyle, specification: &str, value: Value) -> Outcome<String> {
    format(style, specification, &[value]).or_else(|_| not_calculated(&["the format `", specification, "`"].concat()))
}

/// The numbers in a specification: as wide is the result at least.
fn pay_widths(specification: &str, around: EvalContext<'_>) -> Outcome<()> {
    let numbers = specification.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    around.pay(numbers.map(|digits| digits.parse().unwrap_or(usize::MAX)).fold(0, usize::saturating_add))
}

/// `format(value, specification)`
fn laid_out(value: &Value, specification: &str, around: EvalContext<'_>) -> Outcome<String> {
    around.visit(value)?;
    if specification.is_empty() {
        return Ok(str_of(value));
    }
    pay_widths(specification, around)?;
    let kind = specification.chars().next_back().filter(|kind| kind.is_ascii_alphabetic() || *kind == '%');
    let wrong = |of: &str, known: &str| match kind {
        Some(kind) if !known.contains(kind) => {
            value_error(format!("Unknown format code '{kind}' for object of type '{of}'"))
        }
        _ => Ok(()),
    };
    let whole_format = |specification: &str| ["{:", specification, "}"].concat();
    let is_real = kind.is_some_and(|kind| "eEfFgG%".contains(kind));
    match look(value) {
        Seen::Text(text) => {
            wrong("str", "s")?;
            let aligned = specification.find(['<', '>', '^', '=']).filter(|at| *at < 5);
            let rest = specification.get(aligned.map_or(0, |at| at.saturating_add(1))..).unwrap_or_default();
            let is_plain = rest.chars().all(|c| c.is_ascii_digit() || ".s".contains(c));
            if !is_plain || aligned.is_some() && rest.starts_with('0') {
                return not_calculated(&["the format `", specification, "`"].concat());
            }
            let zeros = if aligned.is_none() && specification.starts_with('0') { "0<" } else { "" };
            let specification = [zeros, specification.trim_start_matches(if zeros.is_empty() { '\0' } else { '0' })];
            one(FormatStyle::StrFormat, &whole_format(&specification.concat()), Value::from(text))
        }
        Seen::Int(_) | Seen::Bool(_) | Seen::Float(_) => {
            let is_float = matches!(look(value), Seen::Float(_));
            if is_float {
                wrong("float", "eEfFgGn%")?;
            } else {
                wrong("int", "bcdeEfFgGnoxX%")?;
            }
            let number = float(value).unwrap_or_default();
            if !number.is_finite() || !is_float && !is_real && specification.contains('.') {
                return not_calculated(&["the format `", specification, "`"].concat());
            }
            if let Some(digits) = specification.strip_suffix('%') {
                let digits = if digits.is_empty() { Some("6") } else { digits.strip_prefix('.') };
                return match digits.and_then(|digits| digits.parse::<usize>().ok()) {
                    Some(digits) => Ok(format!("{:.*}%", digits.min(1000), number * 100.0)),
                    None => not_calculated(&["the format `", specification, "`"].concat()),
                };
            }
            let number = whole(value).map_or_else(|| value.clone(), int);
            one(FormatStyle::StrFormat, &whole_format(specification), number)
        }
        Seen::Py(Py::Time(micros)) => {
            let name = if specification.contains('%') { "strftime" } else { "format" };
            let given = [Value::from(specification)];
            let given = Arguments { positional: &given, named: &[] };
            around.pay_times(specification.len(), 16 * super::value::NODE)?;
            time::method(*micros, name, &given).map(|text| str_of(&text))
        }
        Seen::Py(Py::Enum(..) | Py::Plain(..)) | Seen::Other => {
            not_calculated(&["the format `", specification, "`"].concat())
        }
        found => {
            let class = match found {
                Seen::Py(Py::Delta(Delta { between: Some(_), .. })) => "_Interval",
                _ => class(value),
            };
            type_error(format!("unsupported format string passed to {class}.__format__"))
        }
    }
}

/// A field of `str.format`: its name, its conversion, its specification, and the text behind it.
type Field<'t> = (&'t str, Option<char>, &'t str, &'t str);

fn field_of(text: &str) -> Outcome<Field<'_>> {
    let unclosed = || value_error("expected '}' before end of string");
    let mut in_brackets = false;
    let mut end = None;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => return value_error("unexpected '{' in field name"),
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '}' | ':' | '!' if !in_brackets => {
                end = Some(at);
                break;
            }
            _ => {}
        }
    }
    let Some((name, mut rest)) = end.and_then(|end| text.split_at_checked(end)) else { return unclosed() };
    let mut conversion = None;
    if let Some(behind) = rest.strip_prefix('!') {
        let mut letters = behind.chars();
        conversion = letters.next();
        if conversion.is_none() {
            return value_error("end of string while looking for conversion specifier");
        }
        rest = letters.as_str();
        if !rest.starts_with(['}', ':']) {
            return if rest.is_empty() { unclosed() } else { value_error("expected ':' after conversion specifier") };
        }
    }
    if let Some(behind) = rest.strip_prefix('}') {
        return Ok((name, conversion, "", behind));
    }
    let specification = rest.get(1..).unwrap_or_default();
    let mut open = 1_usize;
    for (at, letter) in specification.char_indices() {
        match letter {
            '{' => open = open.saturating_add(1),
            '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            let (specification, behind) = specification.split_at_checked(at).unwrap_or_default();
            return Ok((name, conversion, specification, behind.get(1..).unwrap_or_default()));
        }
    }
    unclosed()
}

/// How fields are numbered: by their order, or by their names. Not both.
enum Numbering {
    Open,
    Automatic(usize),
    Manual,
}

struct Fields<'a> {
    given: &'a Arguments<'a>,
    around: EvalContext<'a>,
    numbering: Numbering,
    /// Something that only the server knows.
    hidden: Option<Value>,
}

impl Fields<'_> {
    fn text(&mut self, template: &str, depth: usize) -> Outcome<String> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((literal, brace)) = rest.find(['{', '}']).and_then(|at| rest.split_at_checked(at)) {
            out.push_str(literal);
            let own = if brace.starts_with('{') { '{' } else { '}' };
            let behind = brace.get(1..).unwrap_or_default();
            if let Some(behind) = behind.strip_prefix(own) {
                out.push(own);
                rest = behind;
                continue;
            }
            if own == '}' || behind.is_empty() {
                return value_error(format!("Single '{own}' encountered in format string"));
            }
            let (name, conversion, specification, behind) = field_of(behind)?;
            let value = self.value(name)?;
            if unknown(&value).is_some() {
                self.hidden.get_or_insert_with(|| value.clone());
            }
            let converted = match conversion {
                None => value,
                Some(letter) => {
                    self.around.visit(&value)?;
                    Value::from(match letter {
                        's' => str_of(&value),
                        'r' => repr_of(&value),
                        'a' => ascii_of(&value)?,
                        other => return value_error(format!("Unknown conversion specifier {other}")),
                    })
                }
            };
            let specification = match depth.checked_sub(1) {
                Some(depth) => self.text(specification, depth)?,
                None => return value_error("Max string recursion exceeded"),
            };
            if self.hidden.is_none() {
                out.push_str(&laid_out(&converted, &specification, self.around)?);
            }
            rest = behind;
        }
        out.push_str(rest);
        Ok(out)
    }

    /// What a name such as `0.a[b]` stands for.
    fn value(&mut self, name: &str) -> Outcome<Value> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let mixed = "cannot switch from manual field specification to automatic field numbering";
        let (first, mut rest) = name.find(['.', '[']).and_then(|at| name.split_at_checked(at)).unwrap_or((name, ""));
        let mut index = first.parse::<usize>().ok().filter(|_| digits(first));
        if name.is_empty() {
            let next = match self.numbering {
                Numbering::Open => 0,
                Numbering::Automatic(next) => next,
                Numbering::Manual => return value_error(mixed),
            };
            self.numbering = Numbering::Automatic(next.saturating_add(1));
            index = Some(next);
        } else if digits(name) {
            if matches!(self.numbering, Numbering::Automatic(_)) {
                return value_error(mixed);
            }
            self.numbering = Numbering::Manual;
        }
        let found = match index {
            Some(index) => self.given.positional.get(index).ok_or(("IndexError", "tuple index out of range")),
            None => {
                let named = self.given.named.iter().find(|(own, _)| own == first);
                named.map(|(_, value)| value).ok_or(("KeyError", first))
            }
        };
        let mut found = found.map_err(|(class, message)| Raised::new(class, message))?.clone();
        while !rest.is_empty() {
            let is_item = rest.starts_with('[');
            let behind = rest.get(1..).unwrap_or_default();
            if !is_item && !rest.starts_with('.') {
                return value_error("Only '.' or '[' may follow ']' in format field specifier");
            }
            let (part, left) = if is_item {
                match behind.split_once(']') {
                    Some(parts) => parts,
                    None => return value_error("Missing ']' in format string"),
                }
            } else {
                behind.find(['.', '[']).and_then(|at| behind.split_at_checked(at)).unwrap_or((behind, ""))
            };
            if part.is_empty() {
                return value_error("Empty attribute in format string");
            }
            let key = match part.parse::<i64>().ok().filter(|_| is_item && digits(part)) {
                Some(index) => Value::from(index),
                None => Value::from(part),
            };
            self.around.find(&found, &key)?;
            let inner = if is_item { item(&found, &key)? } else { attr(&found, part)? };
            self.around.looked_up(&found, &key, &inner)?;
            found = inner;
            rest = left;
        }
        Ok(found)
    }
}

/// `template.format(…)`
pub(super) fn str_format(template: &str, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    let mut fields = Fields { given, around, numbering: Numbering::Open, hidden: None };
    let text = fields.text(template, 2)?;
    Ok(fields.hidden.unwrap_or_else(|| Value::from(text)))
}

/// `template | format(…)`
pub(super) fn by_filter(template: &Value, given: &Arguments<'_>, around: EvalContext<'_>) -> Outcome<Value> {
    if given.named.is_empty() {
        return printf(template, &super::value::tuple(given.positional.to_vec()), around);
    }
    let mut named = Dict::default();
    for (name, value) in given.named {
        named.set(name, value.clone());
    }
    printf(template, &own(Py::Dict(named)), around)
}

/// The arguments of `%`, taken one after the other.
struct Operands<'a> {
    all: &'a [Value],
    taken: usize,
}

impl Operands<'_> {
    fn next(&mut self) -> Outcome<Value> {
        let found = self.all.get(self.taken).cloned();
        self.taken = self.taken.saturating_add(1);
        found.ok_or_else(|| Raised::new("TypeError", "not enough arguments for format string"))
    }
}

/// The number at the start of a text, or `*` for an argument.
fn width_of<'t>(rest: &'t str, operands: &mut Operands<'_>) -> Outcome<(String, &'t str)> {
    if let Some(behind) = rest.strip_prefix('*') {
        return match whole(&operands.next()?) {
            Some(width) => Ok((width.to_string(), behind)),
            None => type_error("* wants int"),
        };
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at_checked(end).unwrap_or_default();
    Ok((digits.to_owned(), behind))
}

/// `template % given`
pub(super) fn printf(template: &Value, given: &Value, around: EvalContext<'_>) -> Outcome<Value> {
    around.visit(given)?;
    let text = str_of(template);
    let all = match look(given) {
        Seen::Tuple => sequence(given).unwrap_or_default(),
        _ => std::slice::from_ref(given),
    };
    // What has items.
    let is_mapping = is_undefined(given)
        || matches!(look(given), Seen::List | Seen::Py(Py::Dict(_) | Py::Root(..) | Py::Range(..) | Py::Labels(_)));
    let mut operands = Operands { all, taken: 0 };
    let (mut out, mut rest) = (String::new(), &*text);
    while let Some((literal, behind)) = rest.split_once('%') {
        out.push_str(literal);
        if let Some(behind) = behind.strip_prefix('%') {
            out.push('%');
            rest = behind;
            continue;
        }
        let mut behind = behind;
        let mut keyed = None;
        if let Some(key) = behind.strip_prefix('(') {
            let Some((key, left)) = key.split_once(')').filter(|_| is_mapping || key.contains(')')) else {
                return value_error("incomplete format key");
            };
            if key.contains('(') {
                return not_calculated("a key with brackets");
            }
            keyed = Some(match look(given) {
                Seen::Py(Py::Dict(dict) | Py::Root(_, dict)) => match dict.get(key) {
                    Some(value) => value.clone(),
                    None => return Err(Raised::new("KeyError", key)),
                },
                _ if is_mapping => return not_calculated("a key of a list"),
                _ => return type_error("format requires a mapping"),
            });
            behind = left;
        }
        let end = behind.find(|c: char| !"-+ #0".contains(c)).unwrap_or(behind.len());
        let (flags, left) = behind.split_at_checked(end).unwrap_or_default();
        let (width, mut left) = width_of(left, &mut operands)?;
        let mut precision = None;
        if let Some(behind) = left.strip_prefix('.') {
            let (digits, behind) = width_of(behind, &mut operands)?;
            precision = Some(digits);
            left = behind;
        }
        left = left.strip_prefix(['h', 'l', 'L']).unwrap_or(left);
        let mut letters = left.chars();
        let Some(kind) = letters.next() else { return value_error("incomplete format") };
        if kind == '%' {
            return not_calculated("a width of `%`");
        }
        if !"diuxXoeEfFgGcsra".contains(kind) {
            let index = text.chars().count().saturating_sub(left.chars().count());
            let code = u32::from(kind);
            return value_error(format!("unsupported format character '{kind}' ({code:#x}) at index {index}"));
        }
        let value = match keyed {
            Some(value) => value,
            None => operands.next()?,
        };
        around.visit(&value)?;
        let mut specification = ["%", flags, &width].concat();
        if let Some(precision) = &precision {
            specification = [&specification, ".", precision].concat();
        }
        pay_widths(&specification, around)?;
        let (kind, value) = converted(kind, value, precision.is_some())?;
        specification.push(kind);
        out.push_str(&one(FormatStyle::Printf, &specification, value)?);
        rest = letters.as_str();
    }
    out.push_str(rest);
    if operands.taken < all.len() && !is_mapping {
        return type_error("not all arguments converted during string formatting");
    }
    if !template.is_safe() {
        return Ok(Value::from(out));
    }
    if is_escaped_in_safe(given) {
        return not_calculated("`%` of a safe text, with what it escapes,");
    }
    Ok(Value::from_safe_string(out))
}

/// A value for a conversion, as minijinja takes it.
#[allow(clippy::cast_possible_truncation, reason = "the conversion saturates")]
fn converted(kind: char, value: Value, is_precise: bool) -> Outcome<(char, Value)> {
    let found = class(&value);
    if unknown(&value).is_some() {
        return Ok(('s', Value::from(str_of(&value))));
    }
    Ok(match kind {
        's' => ('s', Value::from(str_of(&value))),
        'r' => ('s', Value::from(repr_of(&value))),
        'a' => ('s', Value::from(ascii_of(&value)?)),
        'd' | 'i' | 'u' => match (whole(&value), float(&value)) {
            _ if is_precise => return not_calculated("a precision of a whole number"),
            (Some(number), _) => ('d', int(number)),
            (_, Some(number)) if number.abs() < 1e30 => ('d', int(number.trunc() as i128)),
            (_, Some(_)) => return not_calculated("a number this large"),
            _ => return type_error(format!("%{kind} format: a real number is required, not {found}")),
        },
        'x' | 'X' | 'o' => match whole(&value) {
            _ if is_precise => return not_calculated("a precision of a whole number"),
            Some(number) => (kind, int(number)),
            None => return type_error(format!("%{kind} format: an integer is required, not {found}")),
        },
        'c' => match look(&value) {
            Seen::Int(_) => (kind, value),
            Seen::Text(text) if text.chars().count() == 1 => (kind, value),
            _ => return type_error("%c requires int or char"),
        },
        _ => match float(&value) {
            Some(number) if !number.is_finite() => return not_calculated("infinity in a format"),
            Some(number) => (kind, Value::from(number)),
            None => return type_error(format!("must be real number, not {found}")),
        },
    })
}
