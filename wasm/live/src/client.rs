//! The client of servers: says which requests to send, and reads the responses.
#![expect(unreachable_pub, reason = "wasm-bindgen exports public items of any module")]

use prefect_events::client::{
    self, Batch, ClientError, ConnectOptions, EventFilter, EventStream, Lookup, LookupStep, Pull, PullStep, Request,
    Response, Server, SettingsSources, StreamStep, Timing, Wait, Wanted,
};
use prefect_events::time::Instant;
use serde::Serialize;
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

/// What to do next.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Step {
    Request(Request),
    Wait(Wait),
    Events(Batch),
    Done { summary: String },
    Found { text: String },
    Connect { url: String },
    Send { text: String },
    Receive { milliseconds: f64 },
    Failed(ClientError),
}

enum Task {
    Pull(Box<Pull>),
    Lookup(Box<Lookup>),
    Stream(Box<EventStream>),
}

/// Something to read from a server, in steps.
#[wasm_bindgen]
pub struct ServerTask {
    task: Task,
    failed: Option<ClientError>,
}

#[wasm_bindgen]
impl ServerTask {
    /// All events of a range of time. `now`: milliseconds since 1970.
    pub fn pull(connect: JsValue, filter: JsValue, now: f64) -> Result<ServerTask, JsValue> {
        let filter: EventFilter = options(filter)?;
        let pull = Pull::new(server(connect)?, &filter, instant(now)).map_err(misuse)?;
        Ok(ServerTask { task: Task::Pull(Box::new(pull)), failed: None })
    }

    /// An automation by its name or id, or all.
    pub fn automations(connect: JsValue, name: Option<String>) -> Result<ServerTask, JsValue> {
        let wanted = name.map_or(Wanted::Automations, Wanted::Automation);
        let lookup = Lookup::new(server(connect)?, wanted);
        Ok(ServerTask { task: Task::Lookup(Box::new(lookup)), failed: None })
    }

    /// Events as they happen.
    pub fn stream(connect: JsValue, filter: JsValue, now: f64) -> Result<ServerTask, JsValue> {
        let filter: EventFilter = options(filter)?;
        let stream = EventStream::new(server(connect)?, &filter, instant(now)).map_err(misuse)?;
        Ok(ServerTask { task: Task::Stream(Box::new(stream)), failed: None })
    }

    /// What to do next.
    pub fn step(&mut self, now: f64) -> Result<JsValue, JsValue> {
        if let Some(failed) = self.failed.take() {
            return object(&Step::Failed(failed));
        }
        object(&match &mut self.task {
            Task::Pull(pull) => match pull.step() {
                PullStep::Request(request) => Step::Request(request),
                PullStep::Wait(wait) => Step::Wait(wait),
                PullStep::Events(batch) => Step::Events(batch),
                PullStep::Done => Step::Done { summary: pull.progress().to_string() },
            },
            Task::Lookup(lookup) => match lookup.step() {
                LookupStep::Request(request) => Step::Request(request),
                LookupStep::Wait(wait) => Step::Wait(wait),
                LookupStep::Found(text) => Step::Found { text },
            },
            Task::Stream(stream) => match stream.step(instant(now)) {
                StreamStep::Request(request) => Step::Request(request),
                StreamStep::Wait(wait) => Step::Wait(wait),
                StreamStep::Events(batch) => Step::Events(batch),
                StreamStep::Connect(url) => Step::Connect { url },
                StreamStep::Send(text) => Step::Send { text },
                // Less than two minutes.
                #[allow(clippy::cast_precision_loss)]
                StreamStep::Receive(milliseconds) => Step::Receive { milliseconds: milliseconds as f64 },
            },
        })
    }

    /// The response to the last request.
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen passes optional texts by value")]
    pub fn respond(&mut self, status: u16, retry_after: Option<String>, body: &[u8], now: f64, jitter: f64) {
        let response = Response { status, retry_after: retry_after.as_deref(), body };
        let with = Timing { now: instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => pull.respond(&response, with).err(),
            Task::Lookup(lookup) => lookup.respond(&response, with).err(),
            Task::Stream(stream) => stream.respond(&response, with).err(),
        };
    }

    /// The last request had no response.
    pub fn lost(&mut self, reason: &str, now: f64, jitter: f64) {
        let with = Timing { now: instant(now), jitter };
        self.failed = match &mut self.task {
            Task::Pull(pull) => pull.lost(reason, with).err(),
            Task::Lookup(lookup) => lookup.lost(reason, with).err(),
            Task::Stream(stream) => stream.lost(reason, with).err(),
        };
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        if let Task::Stream(stream) = &mut self.task {
            stream.opened();
        }
    }

    /// A text came on the websocket.
    pub fn received(&mut self, frame: &str) {
        if let Task::Stream(stream) = &mut self.task {
            self.failed = stream.received(frame).err();
        }
    }

    /// The websocket was closed, or could not be opened.
    pub fn closed(&mut self, code: u16, reason: &str, now: f64, jitter: f64) {
        if let Task::Stream(stream) = &mut self.task {
            self.failed = stream.closed(code, reason, Timing { now: instant(now), jitter }).err();
        }
    }
}

/// Milliseconds since 1970, of which JavaScript has 53 bits.
#[allow(clippy::cast_possible_truncation)]
fn instant(milliseconds: f64) -> Instant {
    Instant((milliseconds as i64).saturating_mul(1000))
}
