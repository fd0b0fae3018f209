//! The options of `validate` and `check`.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, Error};
use serde_json::Value;

use crate::automation::CheckOptions;
use crate::command::steps::{Inputs, Stop};
use crate::command::surroundings::Surroundings;
use crate::render::FindingsFormat;
use crate::text::strict::{sentence, strict};
use crate::validate::{Schemas, ValidateOptions, Validator};

use super::content::Content;
use super::{Common, Reports};

const ENDING: &str = ".json";

/// The options of `validate`. The values of the check are those of [`ValidateOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct ValidateCommandOptions {
    /// The files; none: standard input.
    pub files: Vec<String>,
    /// Which rules apply.
    pub profile: Option<Value>,
    /// Severities that differ from the default, by code.
    pub severity: Option<Value>,
    /// The most findings that are listed per file.
    pub max_diagnostics: Option<Value>,
    /// A folder with JSON Schemas of your own.
    pub schemas: Option<String>,
    /// The form of the output.
    pub format: FindingsFormat,
    /// Apply every certain fix to the files.
    pub fix: bool,
}

/// The options of `check`. The values of the check are those of [`CheckOptions`].
#[derive(Clone, PartialEq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct CheckCommandOptions {
    /// The files; none: standard input.
    pub files: Vec<String>,
    /// Which rules apply.
    pub profile: Option<Value>,
    /// Severities that differ from the default, by code.
    pub severity: Option<Value>,
    /// The most findings that are listed per file.
    pub max_diagnostics: Option<Value>,
    /// How the files reach Prefect.
    pub route: Option<Value>,
    /// The version of the server.
    pub server_version: Option<Value>,
    /// The version of Prefect where the flows run.
    pub client_version: Option<Value>,
    /// Between two heartbeats of a run.
    pub heartbeat_frequency: Option<Value>,
    /// For Prefect Cloud.
    pub cloud: bool,
    /// The form of the output.
    pub format: FindingsFormat,
    /// Apply every certain fix to the files.
    pub fix: bool,
}

impl<'de> Deserialize<'de> for ValidateCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

impl<'de> Deserialize<'de> for CheckCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// The options of the library.
fn read<O: for<'de> Deserialize<'de>, E: Error>(given: Vec<(&'static str, Option<Value>)>) -> Result<O, E> {
    let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
    O::deserialize(MapDeserializer::new(given))
        .map_err(|error: serde_json::Error| E::custom(sentence(&error.to_string())))
}

impl ValidateCommandOptions {
    pub(in crate::command) fn start<E: Error>(self, surroundings: Surroundings) -> Result<Reports, E> {
        let ValidateCommandOptions { files, profile, severity, max_diagnostics, schemas, format, fix } = self;
        let options: ValidateOptions =
            read(vec![("profile", profile), ("severity", severity), ("maxDiagnostics", max_diagnostics)])?;
        let content = Content::Events { options, validator: Box::<Validator>::default() };
        Ok(Reports::new(Common { files, format, fix }, content, schemas, surroundings))
    }
}

impl CheckCommandOptions {
    pub(in crate::command) fn start<E: Error>(self, surroundings: Surroundings) -> Result<Reports, E> {
        let options: CheckOptions = read(vec![
            ("profile", self.profile),
            ("severity", self.severity),
            ("maxDiagnostics", self.max_diagnostics),
            ("route", self.route),
            ("serverVersion", self.server_version),
            ("clientVersion", self.client_version),
            ("heartbeatFrequency", self.heartbeat_frequency),
            ("cloud", self.cloud.then_some(Value::Bool(true))),
        ])?;
        let common = Common { files: self.files, format: self.format, fix: self.fix };
        Ok(Reports::new(common, Content::Automations(options), None, surroundings))
    }
}

/// Reads the schemas in the files `*.json` of a folder, each under the file's name without its ending.
pub(super) fn read_schemas(folder: &str, inputs: &mut Inputs) -> Result<Arc<Schemas>, Stop> {
    let fail = |subject: &str, problem: &str| Stop::Fail([subject, " ", problem].concat());
    let listed = inputs.list(folder)?.map_err(|reason| fail(folder, &reason))?;
    let mut own: Vec<_> = listed.iter().filter(|file| file.name.ends_with(ENDING)).collect();
    own.sort_by(|one, other| one.name.cmp(&other.name));
    if own.is_empty() {
        return Err(fail(folder, &["contains no schema: no file ends in ", ENDING].concat()));
    }
    let mut files = Vec::new();
    for file in own {
        let bytes = inputs.read(&file.path)?.map_err(|reason| fail(&file.path, &reason))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| fail(&file.path, "is not UTF-8 text"))?;
        let key = file.name.strip_suffix(ENDING).unwrap_or(&file.name);
        files.push((file.path.clone(), key.to_owned(), text.to_owned()));
    }
    compiled(files).map_err(Stop::Fail)
}

/// From the path, the key and the text of each.
#[cfg(feature = "custom-schemas")]
fn compiled(files: Vec<(String, String, String)>) -> Result<Arc<Schemas>, String> {
    use crate::validate::SchemaFile;

    let file = |(file, key, text)| SchemaFile { file, key, text };
    let files: Vec<SchemaFile> = files.into_iter().map(file).collect();
    Schemas::of_files(&files).map(Arc::new).map_err(|error| error.to_string())
}

#[cfg(not(feature = "custom-schemas"))]
fn compiled(_: Vec<(String, String, String)>) -> Result<Arc<Schemas>, String> {
    Err("--schemas needs the feature `custom-schemas`, without which this program was built".to_owned())
}
