//! How often a window over heartbeats fires although the run is alive, and how long it takes to fire when the run is dead.

mod curve;
mod delays;
mod formula;
mod history;
mod interval;
mod model;
mod observed;
mod observer;
mod options;
mod simulation;
mod spread;
mod window;

#[cfg(test)]
mod tests;

pub use curve::{
    AllowedAlarms, Assumptions, CurveMethod, DetectionDelay, FalseAlarms, WindowCurve, WindowPoint, window_curve,
};
pub use observed::{ObserveOptions, ObservedDeployment, ObservedHeartbeats, ObservedLoss, ObservedWindow};
pub use observer::{HeartbeatObserver, ObserveError, Unobservable};
pub use options::{Outage, Probability, Target, TuneError, WindowCurveOptions};
pub use spread::{Distribution, HistogramBin};
