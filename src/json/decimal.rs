//! Numbers as they are written: digits and a power of ten. The standard library's reader of floating
//! point numbers, with its tables, would be 14 KB of the module.

/// A number's absolute value: `digits` × 10^`exponent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decimal {
    pub negative: bool,
    /// At most 20 significant digits; further ones are cut off.
    pub digits: u128,
    pub exponent: i64,
}

const SIGNIFICANT: u32 = 20;

impl Decimal {
    /// Reads digits with an optional sign, point and exponent; at least one digit is needed.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Decimal> {
        let (mut digits, mut exponent, mut count, mut fraction) = (0_u128, 0_i64, 0_u32, false);
        let mut any = false;
        let unsigned = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    any = true;
                    if count < SIGNIFICANT {
                        digits = digits.saturating_mul(10).saturating_add(u128::from(byte.wrapping_sub(b'0')));
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
        /// The first 20 digits of what rounds to infinity, which has 309 digits before the point.
        const LIMIT: u128 = 17_976_931_348_623_158_079;
        if self.digits == 0 {
            return false;
        }
        // With all 20 digits the two can be compared.
        let missing = SIGNIFICANT.saturating_sub(self.digits.ilog10().saturating_add(1));
        let digits = self.digits.saturating_mul(10_u128.saturating_pow(missing));
        match self.exponent.saturating_sub(i64::from(missing)) {
            289 => digits > LIMIT,
            exponent => exponent > 289,
        }
    }

    /// Millionths, rounded half up; `None` from 10^28 on.
    #[must_use]
    pub fn micros(self) -> Option<i128> {
        let shift = self.exponent.saturating_add(6);
        let power = |shift: i64| 10_u128.checked_pow(u32::try_from(shift).ok()?);
        let micros = if shift >= 0 {
            if self.digits == 0 {
                0
            } else {
                self.digits.checked_mul(power(shift).filter(|power| *power <= 1_000_000_000_000_000_000)?)?
            }
        } else {
            let divisor = power(shift.saturating_neg());
            divisor
                .map_or(0, |divisor| self.digits.saturating_add(divisor >> 1).checked_div(divisor).unwrap_or_default())
        };
        let micros = i128::try_from(micros).ok()?;
        Some(if self.negative { micros.saturating_neg() } else { micros })
    }
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
        assert_eq!(Decimal::read(b"1e30").unwrap().micros(), None);
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?(e[+-]?[0-9]{1,3})?") {
            let ours = Decimal::read(text.as_bytes()).unwrap();
            prop_assert_eq!(ours.is_beyond_double(), text.parse::<f64>().unwrap().is_infinite());
        }
    }
}
