//! What can go wrong with a server, as sentences without secrets.

use std::fmt;

use serde::Serialize;

use crate::text::phrase::shown;

/// Why something cannot be read from a server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ClientError {
    /// The kind of failure.
    pub code: ClientErrorCode,
    /// A sentence with the server's address, without secrets.
    pub message: String,
}

/// The kind of failure of a server: it does not respond (`unreachable`), rejects the credentials (`unauthorized`) or the
/// request (`rejected`), is not Prefect's (`not-prefect`), or does not have what was asked for (`not-found`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ServerErrorCode", rename_all = "kebab-case"))]
pub enum ClientErrorCode {
    /// The server does not respond, or responds with errors only.
    Unreachable,
    /// The server rejects the credentials, or needs some.
    Unauthorized,
    /// The server rejects the request.
    Rejected,
    /// The server responds, but not like Prefect's.
    NotPrefect,
    /// The server does not have what was asked for.
    NotFound,
}

impl ClientError {
    pub(super) fn new(code: ClientErrorCode, message: impl Into<String>) -> Self {
        ClientError { code, message: message.into() }
    }

    /// The server's response is not the expected one.
    pub(super) fn not_prefect(url: &str, expected: &str, body: &[u8]) -> Self {
        let begin = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let found = match begin {
            Some(b'<') => "it is a web page",
            None => "it is empty",
            _ => "it is something else",
        };
        let message = format!(
            "the response of {url} is not {expected}: {found}. Is this the address of the API? It usually ends with /api"
        );
        ClientError::new(ClientErrorCode::NotPrefect, message)
    }

    /// The server rejects a request, with this status.
    pub(super) fn of_status(url: &str, status: u16, has_credentials: bool, detail: Option<&str>) -> Self {
        use ClientErrorCode::{NotPrefect, Rejected, Unauthorized};
        let (code, message) = match status {
            401 if has_credentials => (
                Unauthorized,
                format!("{url} rejects the credentials (status 401): check PREFECT_API_AUTH_STRING or PREFECT_API_KEY"),
            ),
            401 => (
                Unauthorized,
                format!("{url} needs credentials (status 401): set PREFECT_API_AUTH_STRING or PREFECT_API_KEY"),
            ),
            403 => (Unauthorized, format!("{url} denies access (status 403): these credentials do not suffice")),
            404 | 405 => (
                NotPrefect,
                format!("there is no Prefect API at {url} (status {status}): its address usually ends with /api"),
            ),
            _ => (Rejected, format!("{url} rejects the request (status {status})")),
        };
        let detail = detail.filter(|_| code == Rejected).map(|detail| format!(": {}", shown(detail)));
        ClientError { code, message: message + &detail.unwrap_or_default() }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ClientError {}
