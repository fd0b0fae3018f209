//! Reads events and automations from a live server: says which requests to send, and reads the responses. The caller
//! sends them, has the clock and a random source, and waits.
//!
//! - [`server_settings`]: which server, from where Prefect reads its settings;
//! - [`Pull`]: all events of a range of time;
//! - [`EventStream`]: events as they happen;
//! - [`Lookup`]: automations by name or id;
//! - [`ServerTask`]: any of them, for programs that only do what each step says.
//!
//! ```
//! use prefect_events::client::{ConnectOptions, EventFilter, Pull, PullStep, Response, Server, Timing};
//! use prefect_events::time::Instant;
//!
//! let options = ConnectOptions { url: Some("http://127.0.0.1:4200/api".into()), ..ConnectOptions::default() };
//! let server = Server::new(&options).unwrap();
//! let now = Instant(1_772_366_400_000_000);
//! let mut pull = Pull::new(server, &EventFilter::default(), now).unwrap();
//! let PullStep::Request(request) = pull.step() else { panic!() };
//! assert_eq!((request.method, &*request.url), ("POST", "http://127.0.0.1:4200/api/events/filter"));
//! let body = br#"{"events": [], "total": 0, "next_page": null}"#;
//! pull.respond(&Response { status: 200, retry_after: None, body }, Timing { now, jitter: 0.5 }).unwrap();
//! ```

// Each file uses only those above it.
mod secret;
mod dotenv;
mod settings;
mod server;
mod error;
mod exchange;
mod filter;
mod page;
mod recent;
mod relevant;
mod slice;
mod lookup;
mod pull;
mod stream;
mod task;

pub use error::{ClientError, ClientErrorCode};
pub use exchange::{Response, Timing, Wait};
pub use filter::{EventFilter, When};
pub use lookup::{Lookup, LookupStep, Wanted};
pub use pull::{Batch, FilterError, Pull, PullProgress, PullStep};
pub use secret::Secret;
pub use server::{ConnectOptions, Request, Server, ServerError};
pub use settings::{ServerSettings, SettingsError, SettingsSources, profiles_path, server_settings};
pub use stream::{EventStream, StreamError, StreamStep};
pub use task::{ServerStep, ServerSteps, ServerTask};
