//! What is drawn: the parts of a result, as its JSON has them.

use serde::Deserialize;

#[derive(Deserialize)]
pub(in crate::render) struct Drawing {
    #[serde(default)]
    pub(super) timeline: Option<Timeline>,
    /// With the option `trace`.
    #[serde(default)]
    pub(super) decisions: Vec<Decision>,
}

/// Times are milliseconds.
#[derive(Deserialize)]
pub(super) struct Timeline {
    pub start: f64,
    pub end: f64,
    pub lanes: Vec<Lane>,
}

#[derive(Deserialize)]
pub(super) struct Lane {
    pub name: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub run: bool,
    pub starts: f64,
    #[serde(default)]
    pub heartbeats: Vec<f64>,
    #[serde(default)]
    pub missed: Vec<f64>,
    #[serde(default)]
    pub states: Vec<DrawnState>,
    #[serde(default)]
    pub windows: Vec<Window>,
    #[serde(default)]
    pub decisions: Vec<usize>,
    #[serde(default)]
    pub fired: Vec<Fired>,
    #[serde(default)]
    pub ending: Option<String>,
    #[serde(default)]
    pub over: Option<f64>,
    #[serde(default)]
    pub caption: String,
    #[serde(default)]
    pub wrong: bool,
}

impl Lane {
    /// When the run died.
    pub(super) fn death(&self) -> Option<f64> {
        self.over.filter(|_| self.ending.as_deref() == Some("died"))
    }
}

#[derive(Deserialize)]
pub(super) struct DrawnState {
    pub at: f64,
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Window {
    pub posture: String,
    pub opened: f64,
    pub start: f64,
    pub end: f64,
    #[serde(default)]
    pub closed: Option<f64>,
    #[serde(default)]
    pub closed_by: Option<String>,
}

impl Window {
    pub(super) fn is_proactive(&self) -> bool {
        self.posture == "Proactive"
    }

    /// Whether it ended by firing.
    pub(super) fn fires(&self) -> bool {
        self.closed_by.as_deref() == Some("fired")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fired {
    pub at: f64,
    #[serde(default)]
    pub child: bool,
    #[serde(default)]
    pub false_alarm: bool,
    #[serde(default)]
    pub if_silent: bool,
    pub reason: String,
}

impl Fired {
    pub(super) fn is_hollow(&self) -> bool {
        self.child || self.if_silent
    }
}

#[derive(Deserialize)]
pub(super) struct Decision {
    pub kind: String,
    /// RFC 3339.
    pub at: String,
    pub reason: String,
}
