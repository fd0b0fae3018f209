//! False alarms against delay.

use prefect_events::render::{RenderOptions, render_window_curve};
use prefect_events::tune::{self, WindowCurveOptions};
use prefect_events_boundary::{misuse, options, text};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// False alarms against delay over a range of windows, as JSON.
#[wasm_bindgen(js_name = windowCurve)]
pub fn window_curve(assumptions: JsValue) -> Result<String, JsValue> {
    let assumptions: WindowCurveOptions = options(assumptions)?;
    text(&tune::window_curve(&assumptions).map_err(misuse)?)
}

/// The same as text for people, or as indented JSON.
#[wasm_bindgen(js_name = renderWindowCurve)]
pub fn window_curve_text(assumptions: JsValue, how: JsValue) -> Result<String, JsValue> {
    let (assumptions, how): (WindowCurveOptions, RenderOptions) = (options(assumptions)?, options(how)?);
    Ok(render_window_curve(&tune::window_curve(&assumptions).map_err(misuse)?, &how))
}
