//! Commands that read events from a server, or captured ones: `backtest`, `why`, `diff` and `pull`.

mod connection;
mod source;
mod replay;
mod backtest;
mod why;
mod diff;
mod pull;

pub use backtest::BacktestCommandOptions;
pub use diff::DiffCommandOptions;
pub use pull::PullCommandOptions;
pub use why::WhyCommandOptions;

pub(super) use backtest::BacktestCommand;
pub(super) use connection::{Connection, FromServer};
pub(super) use diff::DiffCommand;
pub(super) use pull::PullCommand;
pub(super) use why::WhyCommand;
