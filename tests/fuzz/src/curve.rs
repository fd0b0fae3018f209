//! False alarms and delays over a range of windows: rates are within their intervals, and the same each time. The first
//! byte selects how they are rendered.

use prefect_events::render::render_window_curve;
use prefect_events::tune::{CurveMethod, WindowCurveOptions, WindowPoint, window_curve};

use super::input::{choice, is_short};
use super::printed::{assert_rendered, renderings};

/// More takes seconds, and would leave a fuzzer no time for anything else.
const MOST_HOURS: u32 = 500;
const MOST_WINDOWS: usize = 5;

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    if !is_short(text) {
        return;
    }
    let Ok(mut options) = serde_json::from_slice::<WindowCurveOptions>(text) else { return };
    options.run_hours = Some(options.run_hours.unwrap_or(MOST_HOURS).min(MOST_HOURS));
    options.windows.iter_mut().for_each(|windows| windows.truncate(MOST_WINDOWS));
    let curve = match window_curve(&options) {
        Ok(curve) => curve,
        Err(error) => return assert!(error.to_string().starts_with('`'), "{error}"),
    };
    assert_eq!(Ok(&curve), window_curve(&options).as_ref());
    assert!(curve.windows.is_sorted_by(|one, next| one.within < next.within));
    curve.windows.iter().for_each(assert_point);
    // A longer window has no more false alarms; simulations only show it within their intervals.
    let by_formula = curve.windows.iter().filter(|point| point.false_alarms.method == CurveMethod::Formula);
    let rates: Vec<f64> = by_formula.map(|point| point.false_alarms.per_1000_run_hours).collect();
    assert!(rates.is_sorted_by(|one, next| one >= next), "{rates:?}");
    let best = curve.windows.iter().find(|point| point.meets_target == Some(true));
    assert_eq!(curve.best, best.map(|point| point.within));
    for rendering in renderings(choice) {
        assert_rendered(&render_window_curve(&curve, &rendering), &rendering);
    }
}

fn assert_point(point: &WindowPoint) {
    let alarms = &point.false_alarms;
    assert!(0.0 <= alarms.low && alarms.high.is_finite() && alarms.expected >= 0.0, "{point:?}");
    assert!(alarms.low <= alarms.per_1000_run_hours && alarms.per_1000_run_hours <= alarms.high, "{point:?}");
    assert_eq!(alarms.method == CurveMethod::Simulation, alarms.alarms.is_some() && alarms.run_hours.is_some());
    assert!(point.tolerated_misses >= -1);
    if let Some(delay) = point.detection {
        assert!(delay.median <= delay.p95 && (0.0..=1.0).contains(&delay.undetected), "{point:?}");
    }
}
