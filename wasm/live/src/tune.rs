//! False alarms against delay, and what captured heartbeats show.

use prefect_events::render::{self, RenderOptions};
use prefect_events::tune::{self, HeartbeatObserver, ObserveOptions, WindowCurveOptions};
use prefect_events_boundary::{misuse, object, options};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// False alarms against delay over a range of windows.
#[wasm_bindgen(js_name = windowCurve)]
pub fn window_curve(assumptions: JsValue) -> Result<JsValue, JsValue> {
    let assumptions: WindowCurveOptions = options(assumptions)?;
    object(&tune::window_curve(&assumptions).map_err(misuse)?)
}

/// The same as text for people, or as indented JSON.
#[wasm_bindgen(js_name = renderWindowCurve)]
pub fn render_window_curve(assumptions: JsValue, how: JsValue) -> Result<String, JsValue> {
    let (assumptions, how): (WindowCurveOptions, RenderOptions) = (options(assumptions)?, options(how)?);
    Ok(render::render_window_curve(&tune::window_curve(&assumptions).map_err(misuse)?, &how))
}

/// Reads the heartbeats among captured events, part by part.
#[wasm_bindgen]
#[derive(Default)]
pub struct Heartbeats {
    observer: HeartbeatObserver,
}

#[wasm_bindgen]
impl Heartbeats {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Heartbeats {
        Heartbeats::default()
    }

    /// A further text follows.
    pub fn begin(&mut self) {
        self.observer.begin_text();
    }

    /// Adds whole JSON documents, such as lines of NDJSON.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), JsValue> {
        self.observer.add(bytes).map_err(misuse)
    }

    /// What they show.
    pub fn finish(&mut self, how: JsValue) -> Result<JsValue, JsValue> {
        let how: ObserveOptions = options(how)?;
        object(&std::mem::take(&mut self.observer).finish(&how))
    }

    /// The same as text for people, or as indented JSON.
    pub fn render(&mut self, how: JsValue, form: JsValue) -> Result<String, JsValue> {
        let (how, form): (ObserveOptions, RenderOptions) = (options(how)?, options(form)?);
        Ok(render::render_heartbeats(&std::mem::take(&mut self.observer).finish(&how), &form))
    }
}
