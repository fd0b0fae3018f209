//! What the server says.

use std::time::UNIX_EPOCH;

use crate::client::{ClientError, Response, Timing};
use crate::time::Instant;
use crate::time::units::SECOND;

use super::Watch;

impl Watch {
    /// The response to the last request.
    ///
    /// # Errors
    /// The server's failure is final.
    pub fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        self.stream.respond(response, with)
    }

    /// The header `Date` of a response: if the server's clock is behind the caller's, less is certain.
    pub fn dated(&mut self, date: &str, now: Instant) {
        let date = httpdate::parse_http_date(date.trim()).ok();
        let since = date.and_then(|date| date.duration_since(UNIX_EPOCH).ok());
        if let Some(date) = since.and_then(|since| i64::try_from(since.as_micros()).ok()) {
            // It has whole seconds.
            self.behind = now.0.saturating_sub(date).saturating_sub(SECOND).max(0);
        }
    }

    /// The last request had no response.
    ///
    /// # Errors
    /// The server is gone.
    pub fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.stream.lost(reason, with)
    }

    /// The websocket is open.
    pub fn opened(&mut self) {
        self.stream.opened();
    }

    /// A text came on the websocket.
    ///
    /// # Errors
    /// It is not what Prefect's server sends.
    pub fn received(&mut self, frame: &str) -> Result<(), ClientError> {
        self.stream.received(frame)
    }

    /// The websocket was closed, or could not be opened. `code` and `reason`: as the server says.
    ///
    /// # Errors
    /// The server rejects the subscription, or cannot be reached.
    pub fn closed(&mut self, code: u16, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.stream.closed(code, reason, with)
    }
}
