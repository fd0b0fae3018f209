//! Decimal numbers: digits and a power of ten. The standard library's code for reading and writing floating point
//! numbers would add 30 KB to a module, beside `serde_json`'s own.

use std::fmt;

/// A number's absolute value: `digits` × 10^`exponent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decimal {
    /// Below zero.
    pub negative: bool,
    /// At most 19 significant digits; further ones are cut off.
    pub digits: u64,
    /// The power of ten.
    pub exponent: i64,
}

const SIGNIFICANT: u32 = 19;

impl Decimal {
    /// Reads digits with an optional sign, point and exponent; at least one digit is needed.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Decimal> {
        let (mut digits, mut exponent, mut count, mut fraction) = (0_u64, 0_i64, 0_u32, false);
        let mut any = false;
        let unsigned = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    if count < SIGNIFICANT {
                        digits = digits.saturating_mul(10).saturating_add(u64::from(byte.wrapping_sub(b'0')));
                        count = count.saturating_add(u32::from(digits > 0));
                        exponent = exponent.saturating_sub(i64::from(fraction));
                    } else {
                        exponent = exponent.saturating_add(i64::from(!fraction));
                    }
                }
                b'.' if !fraction => fraction = true,
                b'e' | b'E' if any => {
                    exponent = exponent.saturating_add(read_exponent(unsigned.get(at.saturating_add(1)..)?)?);
                    break;
                }
                _ => return None,
            }
        }
        any.then_some(Decimal { negative: text.first() == Some(&b'-'), digits, exponent })
    }

    /// The nearest double, if the digits are below 2^53 and the exponent is from -22 to 22; otherwise one close to it.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "only beyond what the sentence above promises")]
    pub fn to_double(self) -> f64 {
        // Zero times an infinite power would not be a number.
        let exponent = if self.digits == 0 { 0 } else { self.exponent };
        let power = (0..exponent.saturating_abs().min(400)).fold(1.0, |power, _| power * 10.0);
        let digits = self.digits as f64;
        let size = if exponent < 0 { digits / power } else { digits * power };
        if self.negative { -size } else { size }
    }

    /// Whether the nearest double is infinite.
    #[must_use]
    pub fn is_beyond_double(self) -> bool {
        /// The first 19 digits of the smallest number that rounds to infinity; it has 309 digits before the point.
        const LIMIT: u64 = 1_797_693_134_862_315_807;
        if self.digits == 0 {
            return false;
        }
        // With all 19 digits the two can be compared.
        let missing = SIGNIFICANT.saturating_sub(self.digits.ilog10().saturating_add(1));
        let digits = self.digits.saturating_mul(10_u64.saturating_pow(missing));
        match self.exponent.saturating_sub(i64::from(missing)) {
            290 => digits > LIMIT,
            exponent => exponent > 290,
        }
    }

    /// Millionths, rounded half up; `None` on overflow.
    #[must_use]
    pub fn micros(self) -> Option<i64> {
        self.signed(self.scaled_to_millionths(0)?)
    }

    /// Thousandths, cut off after the sixth decimal was rounded half up: microseconds of a number of milliseconds.
    #[must_use]
    pub fn thousandths(self) -> Option<i64> {
        self.signed(self.scaled_to_millionths(-3)?)
    }

    /// The number, if it is whole. Values beyond 64 bits saturate.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        let unit = power(self.exponent.min(0).saturating_neg());
        let fraction = unit.map_or(Some(self.digits), |unit| self.digits.checked_rem(unit))?;
        if fraction > 0 {
            return None;
        }
        let limit = if self.negative { i64::MIN } else { i64::MAX };
        Some(scaled(self.digits, self.exponent).and_then(|value| self.signed(value)).unwrap_or(limit))
    }

    /// The absolute value in millionths, rounded half up, × 10^`shift`, without a fraction.
    fn scaled_to_millionths(self, shift: i64) -> Option<u64> {
        let exponent = self.exponent.saturating_add(6);
        if exponent >= 0 {
            return scaled(self.digits, exponent.saturating_add(shift));
        }
        let divisor = power(exponent.saturating_neg());
        let half_up = |divisor: u64| self.digits.saturating_add(divisor >> 1).checked_div(divisor);
        scaled(divisor.and_then(half_up).unwrap_or_default(), shift)
    }

    fn signed(self, value: u64) -> Option<i64> {
        let value = i64::try_from(value).ok()?;
        Some(if self.negative { value.saturating_neg() } else { value })
    }
}

/// A double in JavaScript's notation, except `inf`.
pub(crate) fn double_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // The fewest digits that identify the double.
    let digits = serde_json::to_string(&number).unwrap_or_default();
    Decimal::read(digits.as_bytes()).map_or(digits, |number| number.to_string())
}

/// In JavaScript's notation.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.digits.to_string();
        let digits = written.trim_end_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits };
        // The number of digits before the point.
        let whole = self.exponent.saturating_add_unsigned(written.len() as u64);
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or_default());
        let split = |at: i64| digits.split_at_checked(usize::try_from(at).unwrap_or_default()).unwrap_or((digits, ""));
        if self.negative && self.digits > 0 {
            f.write_str("-")?;
        }
        let behind = whole.saturating_sub_unsigned(digits.len() as u64);
        match whole {
            _ if self.digits == 0 => f.write_str("0"),
            -5..=0 => write!(f, "0.{}{digits}", zeros(whole.saturating_neg())),
            1..=21 if behind >= 0 => write!(f, "{digits}{}", zeros(behind)),
            1..=21 => {
                let (whole, fraction) = split(whole);
                write!(f, "{whole}.{fraction}")
            }
            _ => {
                let (first, rest) = split(1);
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{first}{point}{rest}e{:+}", whole.saturating_sub(1))
            }
        }
    }
}

/// `value` × 10^`shift`, without a fraction.
fn scaled(value: u64, shift: i64) -> Option<u64> {
    match power(shift.saturating_abs()) {
        Some(power) if shift < 0 => value.checked_div(power),
        Some(power) => value.checked_mul(power),
        None => Some(0).filter(|_| shift < 0 || value == 0),
    }
}

fn power(exponent: i64) -> Option<u64> {
    10_u64.checked_pow(u32::try_from(exponent).ok()?)
}

/// The digits after `e`, with an optional sign; very large values saturate.
fn read_exponent(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let add = |value: i64, byte: &u8| {
        let digit = i64::from(byte.wrapping_sub(b'0'));
        byte.is_ascii_digit().then_some(value.saturating_mul(10).saturating_add(digit))
    };
    let value = digits.iter().try_fold(0_i64, add).filter(|_| !digits.is_empty())?;
    Some(if text.first() == Some(&b'-') { value.saturating_neg() } else { value })
}

#[cfg(test)]
mod tests {

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn knows_what_a_double_can_hold() {
        for text in [
            "1e308",
            "1.7976931348623157e308",
            "17976931348623158e292",
            "0e999",
            "0.0",
            "1e-400",
            "-1e308",
            "9".repeat(308).as_str(),
        ] {
            assert!(!Decimal::read(text.as_bytes()).unwrap().is_beyond_double(), "{text}");
            assert!(text.parse::<f64>().unwrap().is_finite());
        }
        for text in [
            "1e309",
            "1.7976931348623159e308",
            "-2e308",
            "1e99999999999999999999",
            "0.001e312",
            "9".repeat(309).as_str(),
        ] {
            assert!(Decimal::read(text.as_bytes()).unwrap().is_beyond_double(), "{text}");
            assert!(text.parse::<f64>().unwrap().is_infinite());
        }
    }

    #[test]
    fn reads_only_numbers() {
        for text in ["", "-", ".", "e5", "1e", "1e+", "1.2.3", "1x", "--1"] {
            assert_eq!(Decimal::read(text.as_bytes()), None, "{text}");
        }
        for (text, micros) in [
            ("1.5", 1_500_000),
            ("-.5", -500_000),
            ("5.", 5_000_000),
            ("1e-7", 0),
            ("2.5e-6", 3),
            ("1.0e3", 1_000_000_000),
        ] {
            assert_eq!(Decimal::read(text.as_bytes()).unwrap().micros(), Some(micros), "{text}");
        }
        for (text, micros) in
            [("1.5", 1_500), ("-1.9999", -1_999), ("0.9999996", 1_000), ("2e3", 2_000_000), ("1e20", 0)]
        {
            let expected = Some(micros).filter(|&micros| micros != 0);
            assert_eq!(Decimal::read(text.as_bytes()).unwrap().thousandths(), expected, "{text}");
        }
        assert_eq!(Decimal::read(b"1e13").unwrap().micros(), None);
        assert_eq!(Decimal::read(b"0e99").unwrap().micros(), Some(0));
        for (text, whole) in [
            ("-1.0", Some(-1)),
            ("1.5e1", Some(15)),
            ("9300000000000.0", Some(9_300_000_000_000)),
            ("9300000000000.5", None),
            ("1e-30", None),
            ("0.0e-30", Some(0)),
            ("-1e300", Some(i64::MIN)),
        ] {
            assert_eq!(Decimal::read(text.as_bytes()).unwrap().whole(), whole, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?") {
            let ours = Decimal::read(text.as_bytes()).unwrap();
            prop_assert_eq!(ours.is_beyond_double(), text.parse::<f64>().unwrap().is_infinite());
        }
    }

    #[test]
    fn writes_doubles_as_javascript_does() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-1.5, "-1.5"),
            (100.0, "100"),
            (123_456.75, "123456.75"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1.5e-7, "1.5e-7"),
            (1e-6, "0.000001"),
            (1.25e-6, "0.00000125"),
            (-1.25e300, "-1.25e+300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(double_text(number), text);
        }
    }

    proptest! {
        #[test]
        fn writes_and_reads_doubles(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
            prop_assert_eq!(double_text(number).parse::<f64>().unwrap().to_bits(), (number + 0.0).to_bits());
        }

        #[test]
        fn knows_the_nearest_double(digits in 0..1_u64 << 53, exponent in -22..=22_i64, negative: bool) {
            let text = format!("{}{digits}e{exponent}", if negative { "-" } else { "" });
            let ours = Decimal::read(text.as_bytes()).unwrap().to_double();
            prop_assert_eq!(ours.to_bits(), text.parse::<f64>().unwrap().to_bits());
        }
    }
}
