//! Which server, and with which credentials: read from where Prefect reads its settings, in its order.
//!
//! Source: `settings/base.py` (`settings_customise_sources`), `settings/sources.py` and `context.py` of Prefect 3.9.1.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer};
use toml::{Table, Value};

use crate::text::phrase::{joined, shown};
use crate::text::strict::strict;

use super::dotenv;
use super::secret::Secret;

/// What settings are read from: the environment, and the texts of files. Leave out files that do not exist.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct SettingsSources {
    /// The variables of the environment.
    pub environment: BTreeMap<String, Secret>,
    /// The text of `.env` in the working directory.
    pub dot_env: Option<Secret>,
    /// The text of `prefect.toml` in the working directory.
    pub prefect_toml: Option<Secret>,
    /// The text of `pyproject.toml` in the working directory.
    pub pyproject_toml: Option<Secret>,
    /// The text of the file with the profiles, whose path [`profiles_path`] returns.
    pub profiles: Option<Secret>,
    /// The name of the profile to use instead of the active one. As in Prefect, all other sources still win over it.
    pub profile: Option<String>,
}

impl<'de> Deserialize<'de> for SettingsSources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

/// Which server, and how to authenticate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerSettings {
    /// `PREFECT_API_URL`.
    pub url: String,
    /// `PREFECT_API_AUTH_STRING`.
    pub auth_string: Option<Secret>,
    /// `PREFECT_API_KEY`.
    pub api_key: Option<Secret>,
    /// `PREFECT_CLOUD_API_URL`, if it is not Prefect Cloud's.
    pub cloud_url: Option<String>,
}

/// Why the settings name no server. Displayed as a sentence without values of settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettingsError {
    /// `PREFECT_API_URL` is not set.
    NoUrl {
        /// The active profile.
        profile: String,
        /// The profiles of the file.
        others: Vec<String>,
    },
    /// The requested profile does not exist.
    UnknownProfile {
        /// Its name.
        name: String,
        /// The existing ones.
        names: Vec<String>,
    },
    /// A file is not TOML. Its text could contain secrets.
    NotToml {
        /// Such as `profiles.toml`.
        file: &'static str,
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A value in a file is not a text.
    NotText {
        /// Such as `profiles.toml`.
        file: &'static str,
        /// The name of the setting.
        name: &'static str,
    },
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingsError::NoUrl { profile, others } => {
                if EPHEMERAL.contains(&&**profile) {
                    write!(
                        f,
                        "no server: the profile `{profile}` starts a temporary server for each process, which keeps no events to read"
                    )?;
                } else {
                    write!(f, "no server: the profile `{}` does not set PREFECT_API_URL", shown(profile))?;
                }
                f.write_str(". Set PREFECT_API_URL, such as http://127.0.0.1:4200/api")?;
                let others: Vec<&str> = others.iter().filter(|name| *name != profile).map(|name| &**name).collect();
                if others.is_empty() {
                    return Ok(());
                }
                write!(f, ", or choose another profile: `{}`", joined(&mut others.into_iter(), "`, `"))
            }
            SettingsError::UnknownProfile { name, names } => {
                write!(f, "there is no profile `{}`: ", shown(name))?;
                match names.len() {
                    0 => f.write_str("the file with the profiles does not exist, or has none"),
                    1 => write!(f, "there is `{}`", joined(&mut names.iter().map(|name| &**name), "`, `")),
                    _ => write!(f, "there are `{}`", joined(&mut names.iter().map(|name| &**name), "`, `")),
                }
            }
            SettingsError::NotToml { file, line, problem } => write!(f, "{file} line {line} is not TOML: {problem}"),
            SettingsError::NotText { file, name } => write!(f, "{file}: `{name}` must be a string"),
        }
    }
}

impl std::error::Error for SettingsError {}

/// The built-in profiles without a server.
const EPHEMERAL: [&str; 2] = ["ephemeral", "test"];
const DEFAULT_PROFILE: &str = "ephemeral";

/// A setting by its names: in the environment and in profiles, and in Prefect's TOML files.
type Name = (&'static str, &'static [&'static str]);

const URL: Name = ("PREFECT_API_URL", &["api", "url"]);
const AUTH_STRING: Name = ("PREFECT_API_AUTH_STRING", &["api", "auth_string"]);
const KEY: Name = ("PREFECT_API_KEY", &["api", "key"]);
const CLOUD_URL: Name = ("PREFECT_CLOUD_API_URL", &["cloud", "api_url"]);
const PROFILES_PATH: Name = ("PREFECT_PROFILES_PATH", &["profiles_path"]);

const PROFILES_FILE: &str = "profiles.toml";

/// The path of the file with the profiles; `None`: `.prefect/profiles.toml` in the home directory.
///
/// # Errors
/// A file is not TOML.
pub fn profiles_path(sources: &SettingsSources) -> Result<Option<String>, SettingsError> {
    let layers = Layers::new(sources)?;
    // Here an empty setting hides none.
    for text in layers.texts(PROFILES_PATH) {
        let text = text?.reveal().to_owned();
        if !text.is_empty() {
            return Ok(Some(text));
        }
    }
    let home = layers.in_environment("PREFECT_HOME").filter(|home| !home.reveal().is_empty());
    Ok(home.map(|home| format!("{}/{PROFILES_FILE}", home.reveal().trim_end_matches('/'))))
}

/// The settings of the server. A setting that is empty hides those after it, and counts as not set.
///
/// # Errors
/// No server is set, a file is not TOML, or the profile does not exist.
pub fn server_settings(sources: &SettingsSources) -> Result<ServerSettings, SettingsError> {
    let mut layers = Layers::new(sources)?;
    let all = match &sources.profiles {
        Some(text) => table(PROFILES_FILE, text)?,
        // Without a file and a place for it, Prefect has its own.
        None if profiles_path(sources)?.is_none() => built_in_profiles(),
        None => Table::new(),
    };
    let profiles = all.get("profiles").and_then(Value::as_table);
    let of_file = profiles.filter(|_| sources.profiles.is_some());
    let names: Vec<String> = of_file.into_iter().flat_map(|profiles| profiles.keys().cloned()).collect();
    let active = || all.get("active").and_then(Value::as_str).map(str::to_owned);
    let asked = layers.in_environment("PREFECT_PROFILE").map(|name| name.reveal().to_owned());
    let asked = sources.profile.clone().or(asked).filter(|name| !name.is_empty());
    let chosen = asked.or_else(active).filter(|name| !name.is_empty());
    // Without a choice it is the built-in profile, whatever the file has under its name.
    let own = |name: &String| profiles.and_then(|profiles| profiles.get(name)).and_then(Value::as_table).cloned();
    layers.profile = chosen.as_ref().and_then(own);
    let name = chosen.unwrap_or_else(|| DEFAULT_PROFILE.to_owned());
    let built_in = EPHEMERAL.contains(&&*name);
    if layers.profile.is_none() && !built_in && sources.profile.is_some() {
        return Err(SettingsError::UnknownProfile { name, names });
    }
    let text = |layers: &Layers, name| Ok(layers.text(name)?.filter(|text| !text.reveal().trim().is_empty()));
    let Some(url) = text(&layers, URL)? else {
        // Prefect then uses the profile `ephemeral`, with a warning.
        return Err(if layers.profile.is_none() && !built_in {
            SettingsError::UnknownProfile { name, names }
        } else {
            SettingsError::NoUrl { profile: name, others: names }
        });
    };
    Ok(ServerSettings {
        url: url.reveal().trim().to_owned(),
        auth_string: text(&layers, AUTH_STRING)?,
        api_key: text(&layers, KEY)?,
        cloud_url: text(&layers, CLOUD_URL)?.map(|url| url.reveal().to_owned()),
    })
}

/// Of Prefect's own `profiles.toml`, those with settings of the API.
fn built_in_profiles() -> Table {
    let local = Table::from_iter([(URL.0.to_owned(), Value::from("http://127.0.0.1:4200/api"))]);
    let profiles = Table::from_iter([("local".to_owned(), Value::from(local))]);
    Table::from_iter([("profiles".to_owned(), Value::from(profiles))])
}

/// The sources in their order.
struct Layers {
    environment: Vec<(String, Secret)>,
    dot_env: Vec<(String, Secret)>,
    prefect: Option<Table>,
    pyproject: Option<Table>,
    profile: Option<Table>,
}

impl Layers {
    fn new(sources: &SettingsSources) -> Result<Layers, SettingsError> {
        let pairs = |(name, value): (&String, &Secret)| (name.clone(), value.clone());
        let dot_env = sources
            .dot_env
            .as_ref()
            .map(|text| dotenv::variables(text.reveal(), &mut |name| sources.environment.get(name)));
        let read = |file, text: &Option<Secret>| text.as_ref().map(|text| table(file, text)).transpose();
        let pyproject = read("pyproject.toml", &sources.pyproject_toml)?;
        Ok(Layers {
            environment: sources.environment.iter().map(pairs).collect(),
            dot_env: dot_env.unwrap_or_default(),
            prefect: read("prefect.toml", &sources.prefect_toml)?,
            pyproject: pyproject.and_then(|all| at(&all, &["tool", "prefect"])?.as_table().cloned()),
            profile: None,
        })
    }

    fn in_environment(&self, name: &str) -> Option<&Secret> {
        variable(&self.environment, name)
    }

    /// The first source that has the setting.
    fn text(&self, name: Name) -> Result<Option<Secret>, SettingsError> {
        self.texts(name).next().transpose()
    }

    /// The setting in each source that has it.
    fn texts(&self, (name, path): Name) -> impl Iterator<Item = Result<Secret, SettingsError>> {
        let variables = [self.in_environment(name), variable(&self.dot_env, name)];
        // A table is a group of settings.
        let in_table = |table: &Option<Table>| at(table.as_ref()?, path).filter(|value| !value.is_table()).cloned();
        let values = [
            ("prefect.toml", in_table(&self.prefect)),
            ("pyproject.toml", in_table(&self.pyproject)),
            (PROFILES_FILE, self.profile.as_ref().and_then(|table| table.get(name)).cloned()),
        ];
        let texts = values.into_iter().filter_map(move |(file, value)| match value? {
            Value::String(text) => Some(Ok(Secret::new(text))),
            _ => Some(Err(SettingsError::NotText { file, name })),
        });
        variables.map(Option::<&Secret>::cloned).into_iter().flatten().map(Ok).chain(texts)
    }
}

/// The names of variables are compared without case, as pydantic does.
fn variable<'v>(variables: &'v [(String, Secret)], name: &str) -> Option<&'v Secret> {
    let exact = variables.iter().rev().find(|(known, _)| known == name);
    let any = || variables.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(name));
    exact.or_else(any).map(|(_, value)| value)
}

fn at<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() { Some(value) } else { at(value.as_table()?, rest) }
}

fn table(file: &'static str, text: &Secret) -> Result<Table, SettingsError> {
    let text = text.reveal();
    text.strip_prefix('\u{feff}').unwrap_or(text).parse().map_err(|error: toml::de::Error| {
        // Its own text shows the line.
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        SettingsError::NotToml { file, line, problem: error.message().to_owned() }
    })
}
