//! The server: its address, its credentials, and the requests to it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize};

use crate::text::strict::strict;

use super::secret::Secret;
use super::settings::{SettingsError, SettingsSources, server_settings};

/// Where Prefect Cloud is, unless `PREFECT_CLOUD_API_URL` is set.
const CLOUD: &str = "https://api.prefect.cloud/api";

/// Which server, and how to authenticate.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ConnectOptions {
    /// The address of the API, as `PREFECT_API_URL`: `http://127.0.0.1:4200/api`.
    pub url: Option<String>,
    /// User and password for Basic authentication, as `PREFECT_API_AUTH_STRING`: `admin:secret`. It wins over `apiKey`.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub auth_string: Option<Secret>,
    /// The key of Prefect Cloud, as `PREFECT_API_KEY`.
    #[cfg_attr(feature = "typescript", ts(type = "string", optional))]
    pub api_key: Option<Secret>,
    /// The address of a Prefect Cloud elsewhere, as `PREFECT_CLOUD_API_URL`.
    pub cloud_url: Option<String>,
    /// Identifies this client for CSRF tokens: a UUID. Default: a random one.
    pub client_id: Option<String>,
    /// Where to read the address and the credentials if `url` is not given. With `url`, credentials are only those given
    /// beside it: those of one server must not go to another.
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub settings: Option<SettingsSources>,
}

impl<'de> Deserialize<'de> for ConnectOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Options that name no server; displayed as a sentence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerError {
    /// The address is not one.
    InvalidUrl,
    /// The settings name none.
    Settings(SettingsError),
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The address itself can contain a password.
            ServerError::InvalidUrl => f.write_str(
                "the server's address must begin with http:// or https://, such as http://127.0.0.1:4200/api",
            ),
            ServerError::Settings(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ServerError {}

/// A server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Without user, password, query, and slash at the end.
    url: String,
    /// The value of the header.
    authorization: Option<Secret>,
    /// For the websocket.
    token: Option<Secret>,
    is_cloud: bool,
    client_id: String,
}

impl Server {
    /// The server of these options.
    ///
    /// # Errors
    /// The address is missing or not one, or the settings name no server.
    pub fn new(options: &ConnectOptions) -> Result<Server, ServerError> {
        let from_settings;
        let options = match (&options.url, &options.settings) {
            (None, Some(sources)) => {
                let found = server_settings(sources).map_err(ServerError::Settings)?;
                from_settings = ConnectOptions {
                    url: Some(found.url),
                    auth_string: found.auth_string,
                    api_key: found.api_key,
                    cloud_url: found.cloud_url,
                    client_id: options.client_id.clone(),
                    settings: None,
                };
                &from_settings
            }
            _ => options,
        };
        Server::at(options).ok_or(ServerError::InvalidUrl)
    }

    fn at(options: &ConnectOptions) -> Option<Server> {
        let given = options.url.as_deref().unwrap_or_default().trim();
        let (scheme, rest) = given.split_once("://")?;
        let scheme = ["http", "https"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (place, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
        // Browsers reject requests to addresses with a password.
        let (user, host) = place.rsplit_once('@').map_or((None, place), |(user, host)| (Some(user), host));
        if host.is_empty() || host.contains(char::is_whitespace) {
            return None;
        }
        let url = format!("{scheme}://{host}{}", path.trim_end_matches('/'));
        let text = |secret: &Option<Secret>| secret.clone().filter(|secret| !secret.reveal().is_empty());
        let auth_string = text(&options.auth_string).or_else(|| user.map(|user| Secret::new(decoded(user))));
        let basic = |auth: &Secret| Secret::new(format!("Basic {}", BASE64.encode(auth.reveal())));
        let bearer = |key: &Secret| Secret::new(format!("Bearer {}", key.reveal()));
        let api_key = text(&options.api_key);
        let cloud = options.cloud_url.as_deref().unwrap_or(CLOUD).trim_end_matches('/');
        let is_cloud = url.starts_with(cloud);
        Some(Server {
            authorization: auth_string.as_ref().map(basic).or_else(|| api_key.as_ref().map(bearer)),
            // `events/clients.py`: the key counts for Cloud only.
            token: if is_cloud { api_key.or(auth_string) } else { auth_string.or(api_key) },
            is_cloud,
            url,
            client_id: options.client_id.clone().unwrap_or_default(),
        })
    }

    /// Its address, without secrets.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn is_cloud(&self) -> bool {
        self.is_cloud
    }

    pub(super) fn has_credentials(&self) -> bool {
        self.authorization.is_some()
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(Secret::reveal)
    }

    /// The address of the websocket that sends events.
    pub(super) fn socket_url(&self) -> String {
        // `https` becomes `wss`.
        format!("{}/events/out", self.url.replacen("http", "ws", 1))
    }

    /// `csrf`: the token where the server needs one.
    pub(super) fn request(&self, call: &Call, csrf: Option<&Secret>) -> Request {
        let mut headers = vec![("Accept", "application/json".to_owned())];
        if let Some(authorization) = &self.authorization {
            headers.push(("Authorization", authorization.reveal().to_owned()));
        }
        if call.body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        if let (Some(token), Some(_)) = (csrf, &call.body) {
            headers.push(("Prefect-Csrf-Token", token.reveal().to_owned()));
            headers.push(("Prefect-Csrf-Client", self.client_id.clone()));
        }
        Request {
            method: if call.body.is_some() { "POST" } else { "GET" },
            url: format!("{}{}", self.url, call.path),
            headers,
            body: call.body.clone(),
        }
    }
}

/// What to ask: a path with its query, and JSON to post.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Call {
    pub path: String,
    pub body: Option<String>,
}

impl Call {
    pub(super) fn get(path: String) -> Call {
        Call { path, body: None }
    }

    pub(super) fn post(path: &str, body: &impl Serialize) -> Call {
        Call { path: path.to_owned(), body: Some(serde_json::to_string(body).unwrap_or_default()) }
    }
}

/// An HTTP request to send. Its headers contain the credentials, so `Debug` leaves out their values.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields, rename = "ServerRequest"))]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| *name).collect();
        let Request { method, url, body, .. } = self;
        f.debug_struct("Request")
            .field("method", method)
            .field("url", url)
            .field("headers", &headers)
            .field("body", body)
            .finish()
    }
}

/// Without percent encoding.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
