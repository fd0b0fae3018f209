//! Reproducible random numbers: splitmix64.

/// The same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// From 0 to before `end`; 0 if there is no such number.
    pub fn below(&mut self, end: i64) -> i64 {
        let end = u64::try_from(end).unwrap_or_default();
        let scaled = u128::from(self.word()).wrapping_mul(u128::from(end)) >> 64;
        i64::try_from(scaled).unwrap_or_default()
    }

    /// Hexadecimal digits, 16 at most.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut text = format!("{:016x}", self.word());
        text.truncate(digits);
        text
    }

    /// 128 bits.
    pub fn bits(&mut self) -> u128 {
        (u128::from(self.word()) << 64) | u128::from(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn is_splitmix64() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.word(), 6_457_827_717_110_365_317);
        assert_eq!(random.word(), 3_203_168_211_198_807_973);
        assert!((0..1000).all(|_| (0..10).contains(&random.below(10))));
        assert_eq!((random.below(0), random.below(-5)), (0, 0));
    }
}
