//! What the commands on captured events have in common.

use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde_json::Value;

use crate::render::{RenderOptions, display_name};

use super::super::steps::Stop;
use super::super::surroundings::Terminal;

/// Options by the library's names.
pub(super) fn library<O: for<'de> Deserialize<'de>>(given: Vec<(&'static str, Option<Value>)>) -> Result<O, Stop> {
    let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
    O::deserialize(MapDeserializer::new(given)).map_err(|error: serde_json::Error| Stop::Fail(error.to_string()))
}

/// How a result on events of files, and perhaps on a file of automations, is rendered.
pub(super) fn rendering(terminal: Terminal, file: Option<&str>, events: &[String]) -> RenderOptions {
    RenderOptions {
        file: file.map(|file| display_name(file).to_owned()),
        events: events.iter().map(|file| display_name(file).to_owned()).collect(),
        ..terminal.rendering()
    }
}
