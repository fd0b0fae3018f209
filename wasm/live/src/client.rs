//! The client of servers: says which requests to send, and reads the responses.
#![expect(unreachable_pub, reason = "wasm-bindgen exports public items of any module")]

use prefect_events::client::{self, ConnectOptions, EventFilter, Response, Server, SettingsSources, Timing};
use prefect_events::time::Instant;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use prefect_events_boundary::{misuse, object, options};

/// The path of the file with the profiles; `undefined`: `.prefect/profiles.toml` in the home directory.
#[wasm_bindgen(js_name = profilesPath)]
pub fn profiles_path(sources: JsValue) -> Result<Option<String>, JsValue> {
    let sources: SettingsSources = options(sources)?;
    client::profiles_path(&sources).map_err(misuse)
}

/// The address of the server that these options name, without secrets.
#[wasm_bindgen(js_name = serverUrl)]
pub fn server_url(connect: JsValue) -> Result<String, JsValue> {
    Ok(server(connect)?.url().to_owned())
}

fn server(connect: JsValue) -> Result<Server, JsValue> {
    let connect: ConnectOptions = options(connect)?;
    Server::new(&connect).map_err(misuse)
}

/// Something to read from a server, in steps: see the core's type of the same name.
#[wasm_bindgen]
pub struct ServerTask(client::ServerTask);

#[wasm_bindgen]
impl ServerTask {
    /// All events of a range of time. `now`: milliseconds since 1970.
    pub fn pull(connect: JsValue, filter: JsValue, now: f64) -> Result<ServerTask, JsValue> {
        let filter: EventFilter = options(filter)?;
        client::ServerTask::pull(server(connect)?, &filter, instant(now)).map(ServerTask).map_err(misuse)
    }

    /// An automation by its name or id, or all.
    pub fn automations(connect: JsValue, name: Option<String>) -> Result<ServerTask, JsValue> {
        Ok(ServerTask(client::ServerTask::automations(server(connect)?, name)))
    }

    /// Events as they happen.
    pub fn stream(connect: JsValue, filter: JsValue, now: f64) -> Result<ServerTask, JsValue> {
        let filter: EventFilter = options(filter)?;
        client::ServerTask::stream(server(connect)?, &filter, instant(now)).map(ServerTask).map_err(misuse)
    }

    /// What to do next.
    pub fn step(&mut self, now: f64) -> Result<JsValue, JsValue> {
        object(&self.0.step(instant(now)))
    }

    /// The response to the last request.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen passes optional texts by value")]
    pub fn respond(&mut self, status: u16, retry_after: Option<String>, body: &[u8], now: f64, jitter: f64) {
        let response = Response { status, retry_after: retry_after.as_deref(), body };
        self.0.respond(&response, None, timing(now, jitter));
    }

    /// The last request had no response.
    pub fn lost(&mut self, reason: &str, now: f64, jitter: f64) {
        self.0.lost(reason, timing(now, jitter));
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        self.0.opened();
    }

    /// A text came on the websocket.
    pub fn received(&mut self, frame: &str) {
        self.0.received(frame);
    }

    /// The websocket was closed, or could not be opened.
    pub fn closed(&mut self, code: u16, reason: &str, now: f64, jitter: f64) {
        self.0.closed(code, reason, timing(now, jitter));
    }
}

fn timing(now: f64, jitter: f64) -> Timing {
    Timing { now: instant(now), jitter }
}

/// Milliseconds since 1970, of which JavaScript has 53 bits.
#[allow(clippy::cast_possible_truncation)]
fn instant(milliseconds: f64) -> Instant {
    Instant((milliseconds as i64).saturating_mul(1000))
}
