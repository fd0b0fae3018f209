//! Numbers as they are written: digits and a power of ten. The standard library's reader of floating
//! point numbers, with its tables, would be 14 KB of the module.

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

    /// Whether the nearest double is infinite.
    #[must_use]
    pub fn is_beyond_double(self) -> bool {
        /// The first 19 digits of what rounds to infinity, which has 309 digits before the point.
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

    /// Millionths, rounded half up; `None` where there are more than fit.
    #[must_use]
    pub fn micros(self) -> Option<i64> {
        self.signed(self.scaled_to_millionths(0)?)
    }

    /// Thousandths, cut off after the sixth decimal was rounded half up: microseconds of a number of milliseconds.
    #[must_use]
    pub fn thousandths(self) -> Option<i64> {
        self.signed(self.scaled_to_millionths(-3)?)
    }

    /// The number, if it is a whole one. What is beyond 64 bits is made the largest of them.
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

/// The digits after `e`, with an optional sign; beyond what matters they saturate.
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
    #![allow(clippy::unwrap_used)]

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
}
