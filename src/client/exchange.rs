//! One request after the other, each until it has a response: CSRF tokens, `Retry-After`, and back-off.
//!
//! Source: `client/base.py` of Prefect 3.9.1.

use serde::Serialize;

use crate::json::{Tape, Value, parse};
use crate::time::Instant;

use super::error::{ClientError, ClientErrorCode};
use super::secret::Secret;
use super::server::{Call, Request, Server};

/// A response to the last request.
#[derive(Clone, Copy, Debug)]
pub struct Response<'r> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'r str>,
    /// The body.
    pub body: &'r [u8],
}

/// What the core does not have: a clock and a random source.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// The present time.
    pub now: Instant,
    /// A random number from 0 to 1: clients that wait at the same time must not return at the same time.
    pub jitter: f64,
}

impl Timing {
    /// A pause of this many milliseconds, or a little longer.
    // The number is clamped.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub(super) fn spread(self, pause: u64) -> u64 {
        let thousandths = (self.jitter.clamp(0.0, 1.0) * 1000.0) as u64;
        let more = pause.saturating_mul(thousandths).checked_div(4000).unwrap_or_default();
        pause.saturating_add(more)
    }
}

/// A pause before the next request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ServerWait"))]
pub struct Wait {
    /// How long, in milliseconds.
    pub milliseconds: u64,
    /// Why, as a sentence.
    pub reason: String,
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    Request(Request),
    Wait(Wait),
}

/// How often a request is sent before the server counts as gone: the pauses add up to two minutes.
const MOST_ATTEMPTS: u32 = 8;
/// The same if the server says each time how long to wait.
const MOST_ANNOUNCED: u32 = 100;
const LONGEST_PAUSE: u64 = 60_000;
/// A server that asks for a longer pause is down.
const LONGEST_ANNOUNCED: u64 = 3_600_000;
/// Also if the token has expired during the request.
const MOST_TOKENS: u8 = 3;

pub(super) struct Exchange {
    server: Server,
    csrf: Option<Secret>,
    call: Option<Call>,
    asks_token: bool,
    tokens: u8,
    /// Why no response came, if a token is asked for because of that.
    hidden: Option<String>,
    wait: Option<Wait>,
    attempts: u32,
    /// The server has responded at least once.
    is_connected: bool,
    requests: u64,
}

impl Exchange {
    pub(super) fn new(server: Server) -> Self {
        Exchange {
            server,
            csrf: None,
            call: None,
            asks_token: false,
            tokens: 0,
            hidden: None,
            wait: None,
            attempts: 0,
            is_connected: false,
            requests: 0,
        }
    }

    /// The server has responded to others before: without a response, it is asked again.
    pub(super) fn expect_response(&mut self) {
        self.is_connected = true;
    }

    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// How many requests were sent.
    pub(super) fn requests(&self) -> u64 {
        self.requests
    }

    pub(super) fn start(&mut self, call: Call) {
        self.call = Some(call);
        (self.attempts, self.tokens, self.wait) = (0, 0, None);
    }

    /// `None`: there is nothing to ask.
    pub(super) fn next(&mut self) -> Option<Turn> {
        if let Some(wait) = self.wait.take() {
            return Some(Turn::Wait(wait));
        }
        let call = self.call.as_ref()?;
        self.requests = self.requests.saturating_add(1);
        if self.asks_token {
            let token = Call::get(format!("/csrf-token?client={}", self.server.client_id()));
            return Some(Turn::Request(self.server.request(&token, None)));
        }
        Some(Turn::Request(self.server.request(call, self.csrf.as_ref())))
    }

    /// Whether the body answers the call; otherwise it continues.
    pub(super) fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<bool, ClientError> {
        let status = response.status;
        if self.asks_token {
            self.asks_token = false;
            self.csrf = text_at(response.body, "token").map(Secret::new);
            let hidden = self.hidden.take();
            if (200..300).contains(&status) && self.csrf.is_some() {
                self.is_connected = true;
                return Ok(false);
            }
            if let Some(reason) = hidden {
                return Err(self.unreachable(&reason));
            }
        }
        self.is_connected = true;
        match status {
            200..=299 => return Ok(true),
            403 if self.tokens < MOST_TOKENS && is_about_csrf(response.body) => {
                self.tokens = self.tokens.saturating_add(1);
                self.asks_token = true;
                return Ok(false);
            }
            408 | 429 | 500 | 502..=599 => {}
            _ => {
                let detail = text_at(response.body, "detail");
                let has_credentials = self.server.has_credentials();
                return Err(ClientError::of_status(self.server.url(), status, has_credentials, detail.as_deref()));
            }
        }
        let reason = match status {
            429 => "the server asks to wait (status 429)".to_owned(),
            _ => format!("the server fails (status {status})"),
        };
        let announced = response.retry_after.and_then(|text| milliseconds(text, with.now));
        self.retry(&reason, announced, with)?;
        Ok(false)
    }

    /// No response came: `reason` is the platform's message.
    pub(super) fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        if self.is_connected {
            return self.retry(&format!("no response ({reason})"), None, with);
        }
        // Browsers hide that a server wants a CSRF token: Prefect's response then lacks the headers that allow to read it.
        if self.tokens == 0 && self.call.as_ref().is_some_and(|call| call.body.is_some()) {
            (self.tokens, self.asks_token, self.hidden) = (1, true, Some(reason.to_owned()));
            return Ok(());
        }
        let first = self.hidden.take();
        Err(self.unreachable(first.as_deref().unwrap_or(reason)))
    }

    fn unreachable(&self, reason: &str) -> ClientError {
        let message = format!("{} cannot be reached: {reason}. Is the server running there?", self.server.url());
        ClientError::new(ClientErrorCode::Unreachable, message)
    }

    /// The body is not complete, or not what was asked for.
    pub(super) fn unreadable(&mut self, expected: &str, body: &[u8], with: Timing) -> Result<(), ClientError> {
        if self.attempts.saturating_add(1) < MOST_ATTEMPTS && body.first() == Some(&b'{') {
            return self.retry("the response was cut", None, with);
        }
        Err(ClientError::not_prefect(self.server.url(), expected, body))
    }

    /// The call has its answer.
    pub(super) fn finish(&mut self) {
        self.call = None;
    }

    fn retry(&mut self, reason: &str, announced: Option<u64>, with: Timing) -> Result<(), ClientError> {
        self.attempts = self.attempts.saturating_add(1);
        let most = if announced.is_some_and(|wait| wait > 0) { MOST_ANNOUNCED } else { MOST_ATTEMPTS };
        if self.attempts >= most || announced.is_some_and(|wait| wait > LONGEST_ANNOUNCED) {
            let message = format!("{} does not respond: {reason}, after {} attempts", self.server.url(), self.attempts);
            return Err(ClientError::new(ClientErrorCode::Unreachable, message));
        }
        let doubled = 1000_u64.saturating_mul(1 << self.attempts.saturating_sub(1).min(10));
        let pause = announced.unwrap_or(0).max(if announced.is_some() { 0 } else { doubled.min(LONGEST_PAUSE) });
        // Never shorter than the server asks for.
        self.wait = Some(Wait { milliseconds: with.spread(pause), reason: reason.to_owned() });
        Ok(())
    }
}

/// `Retry-After`: seconds, or a date.
fn milliseconds(text: &str, now: Instant) -> Option<u64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let span = crate::time::TimeSpan::from_seconds(seconds)?;
        return u64::try_from(span.0).ok()?.checked_div(1000);
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    let date = Instant(i64::try_from(date.as_micros()).ok()?);
    Some(u64::try_from(date.since(now)).unwrap_or(0).div_ceil(1000))
}

/// `server/api/middleware.py`
fn is_about_csrf(body: &[u8]) -> bool {
    text_at(body, "detail").is_some_and(|detail| detail.contains("CSRF") || detail == "Missing client identifier.")
}

/// A text of a JSON object.
fn text_at(body: &[u8], key: &str) -> Option<String> {
    let mut tape = Tape::new();
    parse(body, 0, &mut tape, &mut Vec::new());
    let document = tape.document(body);
    let found = document.root()?.get(key)?;
    Some(if found.is_string() { found.string().into_owned() } else { written(found) })
}

fn written(value: Value<'_>) -> String {
    String::from_utf8_lossy(value.written()).into_owned()
}
