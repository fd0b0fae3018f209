//! Automations and flow runs by name or id.

use serde::Serialize;

use crate::json::{Kind, Value};
use crate::text::phrase::shown;
use crate::text::uuid::read_uuid;

use super::error::{ClientError, ClientErrorCode};
use super::exchange::{Exchange, Response, Timing, Turn, Wait};
use super::page::{self, line};
use super::server::{Call, Request, Server};

/// The most objects that the server returns at once.
const LIMIT: usize = 200;

/// The request for the runs with these names.
pub(super) fn runs_by_name(names: &[String]) -> Call {
    #[derive(Serialize)]
    struct Body<'n> {
        flow_runs: Named<'n>,
        limit: usize,
    }
    Call::post("/flow_runs/filter", &Body { flow_runs: Named { name: Any { any_: names } }, limit: LIMIT })
}

#[derive(Serialize)]
struct Named<'n> {
    name: Any<'n>,
}

#[derive(Serialize)]
struct Any<'n> {
    any_: &'n [String],
}

/// The ids and names of the objects of a list.
pub(super) fn named(root: Value<'_>) -> Option<Vec<(String, String)>> {
    (root.kind() == Kind::Array).then_some(())?;
    let text = |item: Value<'_>, key| Some(item.get(key)?.string().into_owned());
    root.items().map(|item| Some((text(item, "id")?, text(item, "name")?))).collect()
}

/// What to look up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All automations.
    Automations,
    /// One automation, by its name or id.
    Automation(String),
}

/// What to do next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LookupStep {
    /// Send this request, then call `respond` or `lost`.
    Request(Request),
    /// Wait.
    Wait(Wait),
    /// A JSON array of what was found.
    Found(String),
}

/// Looks up automations. Decides which requests to send, and reads the responses.
pub struct Lookup {
    exchange: Exchange,
    wanted: Wanted,
    /// Their texts.
    found: Vec<String>,
}

impl Lookup {
    /// Looks up on this server.
    #[must_use]
    pub fn new(server: Server, wanted: Wanted) -> Lookup {
        let mut lookup = Lookup { exchange: Exchange::new(server), wanted, found: Vec::new() };
        lookup.ask();
        lookup
    }

    fn ask(&mut self) {
        #[derive(Serialize)]
        struct Body<'n> {
            sort: &'static str,
            limit: usize,
            offset: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            automations: Option<Named<'n>>,
        }
        let names;
        let automations = match &self.wanted {
            Wanted::Automation(name) => {
                if let Some(id) = read_uuid(name.as_bytes()) {
                    return self.exchange.start(Call::get(format!("/automations/{id}")));
                }
                names = [name.clone()];
                Some(Named { name: Any { any_: &names } })
            }
            Wanted::Automations => None,
        };
        let body = Body { sort: "NAME_ASC", limit: LIMIT, offset: self.found.len(), automations };
        self.exchange.start(Call::post("/automations/filter", &body));
    }

    /// What to do next. Call it again after each step; after a request only when its response is known.
    pub fn step(&mut self) -> LookupStep {
        match self.exchange.next() {
            Some(Turn::Request(request)) => LookupStep::Request(request),
            Some(Turn::Wait(wait)) => LookupStep::Wait(wait),
            None => LookupStep::Found(format!("[{}]", self.found.join(","))),
        }
    }

    /// The response to the last request.
    ///
    /// # Errors
    /// The server's failure is final, or it has no such automation, or several.
    pub fn respond(&mut self, response: &Response<'_>, with: Timing) -> Result<(), ClientError> {
        if let (404, Wanted::Automation(name)) = (response.status, &self.wanted) {
            return Err(self.missing(name));
        }
        if !self.exchange.respond(response, with)? {
            return Ok(());
        }
        let Some(items) = page::read(response.body, items) else {
            return self.exchange.unreadable("a list of automations", response.body, with);
        };
        let is_last = items.len() < LIMIT;
        // A list that changes meanwhile repeats some of them, not all.
        if !is_last && self.found.ends_with(&items) {
            let message = format!("{} returns the same automations for every offset", self.exchange.server().url());
            return Err(ClientError::new(ClientErrorCode::NotPrefect, message));
        }
        self.found.extend(items);
        match &self.wanted {
            Wanted::Automation(name) if self.found.is_empty() => Err(self.missing(name)),
            Wanted::Automation(name) if self.found.len() > 1 => {
                let message = format!(
                    "{} has {} automations named `{}`: use the id of one",
                    self.exchange.server().url(),
                    self.found.len(),
                    shown(name)
                );
                Err(ClientError::new(ClientErrorCode::NotFound, message))
            }
            Wanted::Automations if !is_last => {
                self.ask();
                Ok(())
            }
            _ => {
                self.exchange.finish();
                Ok(())
            }
        }
    }

    /// The last request had no response.
    ///
    /// # Errors
    /// The server is gone.
    pub fn lost(&mut self, reason: &str, with: Timing) -> Result<(), ClientError> {
        self.exchange.lost(reason, with)
    }

    fn missing(&self, name: &str) -> ClientError {
        let message = format!("{} has no automation `{}`", self.exchange.server().url(), shown(name));
        ClientError::new(ClientErrorCode::NotFound, message)
    }
}

/// A list of objects, or one object.
fn items(root: Value<'_>) -> Option<Vec<String>> {
    match root.kind() {
        Kind::Array => Some(root.items().map(line).collect()),
        Kind::Object if root.get("trigger").is_some() => Some(vec![line(root)]),
        _ => None,
    }
}
