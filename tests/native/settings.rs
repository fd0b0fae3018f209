//! The settings of Prefect, read from random combinations of their sources, against those that Prefect 3.9.1 has
//! (`tests/live/settings.py`).

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use prefect_events::client::{
    ConnectOptions, Lookup, LookupStep, Secret, Server, SettingsSources, Wanted, profiles_path,
};
use serde_json::Value as Json;

use super::cases;

fn sources(case: &Json) -> SettingsSources {
    let file = |name: &str| case["files"][name].as_str().map(Secret::new);
    let environment = case["environment"].as_object().unwrap();
    let mut sources = SettingsSources {
        environment: environment
            .iter()
            .map(|(name, text)| (name.clone(), Secret::new(text.as_str().unwrap())))
            .collect(),
        dot_env: file(".env"),
        prefect_toml: file("prefect.toml"),
        pyproject_toml: file("pyproject.toml"),
        ..SettingsSources::default()
    };
    // The home directory is the working directory.
    if let Ok(path) = profiles_path(&sources) {
        let path = path.unwrap_or_else(|| ".prefect/profiles.toml".to_owned());
        assert!(Path::new(&path).is_relative());
        sources.profiles = file(&path);
    }
    sources
}

/// The address and the header that the client sends.
fn here(case: &Json) -> Option<(String, Option<String>)> {
    let options = ConnectOptions { settings: Some(sources(case)), ..ConnectOptions::default() };
    let server = Server::new(&options).ok()?;
    let url = server.url().to_owned();
    let LookupStep::Request(request) = Lookup::new(server, Wanted::Automations).step() else { panic!() };
    Some((url, request.headers.into_iter().find(|(name, _)| *name == "Authorization").map(|(_, value)| value)))
}

/// The same from Prefect's settings, with its client's rule: the auth string wins (`client/orchestration/__init__.py`).
fn there(settings: &Json) -> Option<(String, Option<String>)> {
    let text = |name: &str| settings[name].as_str().filter(|text| !text.is_empty());
    let basic = text("authString").map(|auth| format!("Basic {}", BASE64.encode(auth)));
    let bearer = || text("key").map(|key| format!("Bearer {key}"));
    Some((text("url")?.to_owned(), basic.or_else(bearer)))
}

#[test]
fn every_combination_gives_the_server_of_prefect() {
    let rows = cases::read("settings.ndjson.gz");
    let (mut servers, mut different) = (0, Vec::new());
    for row in rows.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()) {
        let case: Json = serde_json::from_slice(row).unwrap();
        let (here, there) = (here(&case), there(&case["settings"]));
        servers += usize::from(there.is_some());
        if here != there {
            different.push(format!("{case}\n  here {here:?}\n  there {there:?}"));
        }
    }
    assert!(servers > 100, "{servers}");
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different[..different.len().min(8)].join("\n"));
}
