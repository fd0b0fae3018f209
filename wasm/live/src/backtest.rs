//! Backtests, causes and comparisons.
