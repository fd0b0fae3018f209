//! The confidence interval of a count.

use statrs::function::gamma::checked_gamma_lr;

/// Both ends of the interval leave out 2.5 %.
const TAIL: f64 = 0.025;
/// The quantile of the normal distribution that leaves out as much.
const QUANTILE: f64 = 1.959_963_984_540_054;
/// From here on the exact interval takes long, and the approximation of E. B. Wilson and M. M. Hilferty ("The distribution of
/// chi-square", 1931) has the same digits.
const MANY: f64 = 100_000.0;

/// The exact interval of 95 % for the mean of a Poisson distribution of which `count` was observed: F. Garwood,
/// "Fiducial limits for the Poisson distribution", Biometrika 28 (1936). From each mean in it, a count as far off has a
/// probability of at least 2.5 %.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn poisson(count: u64) -> (f64, f64) {
    let count = count as f64;
    let low = if count > 0.0 { mean(count, TAIL) } else { 0.0 };
    (low, mean(count + 1.0, 1.0 - TAIL))
}

/// The mean of which `count` or more are observed with this probability.
fn mean(count: f64, probability: f64) -> f64 {
    if count > MANY {
        return count
            * (1.0 - 1.0 / (9.0 * count) + QUANTILE.copysign(probability - 0.5) / (3.0 * count.sqrt())).powi(3);
    }
    let (mut low, mut high) = (0.0, count + 10.0 * count.sqrt() + 10.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        // A Poisson process has `count` events by a time that has a gamma distribution.
        let reached = checked_gamma_lr(count, middle).unwrap_or(0.0);
        if reached < probability { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::poisson;

    /// Table 40 of Biometrika Tables for Statisticians, volume 1.
    #[test]
    fn is_garwoods() {
        for (count, low, high) in [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (50, 37.11, 65.92)] {
            let own = poisson(count);
            assert!((own.0 - low).abs() < 0.01 && (own.1 - high).abs() < 0.01, "{count}: {own:?}");
        }
    }

    #[test]
    fn the_approximation_goes_on_where_the_exact_interval_ends() {
        let (exact, near) = (poisson(99_999), poisson(100_001));
        assert!((near.0 - exact.0 - 2.0).abs() < 0.1 && (near.1 - exact.1 - 2.0).abs() < 0.1, "{exact:?} {near:?}");
        // Far heartbeats miss as many.
        assert!(poisson(u64::MAX).0 > 1e19);
    }
}
