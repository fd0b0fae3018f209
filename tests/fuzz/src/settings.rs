//! Settings are read the same from text and from values, unknown names are rejected, and what is read can be used or is
//! rejected with a message. The first byte selects the kind of settings.

use std::fmt::Debug;

use prefect_events::action::ActionOptions;
use prefect_events::archive::replay::{ArchiveReplayOptions, ReplayPlan};
use prefect_events::automation::CheckOptions;
use prefect_events::backtest::{BacktestOptions, CompareOptions, WhyOptions};
use prefect_events::client::{
    ConnectOptions, EventFilter, Pull, Secret, Server, SettingsSources, profiles_path, server_settings,
};
use prefect_events::render::RenderOptions;
use prefect_events::simulate::{
    ActionSettings, ExampleOptions, HeartbeatConfig, ReplayOptions, ReplayStream, SimulateOptions, StreamOptions,
};
use prefect_events::time::Instant;
use prefect_events::tune::{ObserveOptions, WindowCurveOptions};
use prefect_events::validate::ValidateOptions;
use prefect_events::watch::{Watch, WatchOptions};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::input::choice;
use super::small::AUTOMATIONS;

const NOW: Instant = Instant(1_774_982_400_000_000);

pub fn target(input: &[u8]) {
    let (choice, text) = choice(input);
    match choice % 20 {
        0 => drop(read::<ValidateOptions>(text)),
        1 => drop(read::<CheckOptions>(text)),
        2 => drop(read_as(text, simulated)),
        3 => drop(read::<ReplayOptions>(text)),
        4 => read(text).iter().for_each(plan),
        5 => read(text).iter().for_each(stream),
        6 => read(text).iter().for_each(watch),
        7 => drop(read::<BacktestOptions>(text)),
        8 => drop(read::<CompareOptions>(text)),
        9 => drop(read::<WhyOptions>(text)),
        10 => drop(read::<ActionOptions>(text)),
        11 => drop(read::<ActionSettings>(text)),
        12 => drop(read::<RenderOptions>(text)),
        13 => read(text).iter().for_each(pull),
        14 => read(text).iter().for_each(connect),
        15 => read(text).iter().for_each(server),
        16 => drop(read::<WindowCurveOptions>(text)),
        17 => drop(read::<ObserveOptions>(text)),
        18 => drop(read::<ExampleOptions>(text)),
        _ => drop(read::<HeartbeatConfig>(text)),
    }
}

/// Maps of files are shown with their random seeds.
fn simulated(options: &SimulateOptions) -> String {
    let SimulateOptions { trace, timeline, coverage, chance, events, server_version, automation_index, .. } = options;
    format!("{:?}", (trace, timeline, coverage, chance, events, server_version, automation_index))
}

fn read<T: DeserializeOwned + Debug>(text: &[u8]) -> Option<T> {
    read_as(text, |options| format!("{options:?}"))
}

fn read_as<T: DeserializeOwned + Debug>(text: &[u8], shown: impl Fn(&T) -> String) -> Option<T> {
    let options = match serde_json::from_slice::<T>(text) {
        Ok(options) => options,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return None;
        }
    };
    let value: Json = serde_json::from_slice(text).expect("JSON");
    let Json::Object(mut names) = value.clone() else { panic!("{options:?} is no object") };
    let same = serde_json::from_value::<T>(value).expect("as before");
    assert_eq!(shown(&same), shown(&options));
    names.insert("unknownName".to_owned(), Json::Null);
    let error = serde_json::from_value::<T>(Json::Object(names)).expect_err("an unknown name");
    assert!(error.to_string().contains("unknownName"), "{error}");
    Some(options)
}

fn assert_message(error: &impl ToString) {
    assert!(!error.to_string().is_empty());
}

fn plan(options: &ArchiveReplayOptions) {
    match ReplayPlan::new(AUTOMATIONS.into(), options) {
        Ok(plan) => assert!(plan.shares() >= 3),
        Err(error) => assert_message(&error),
    }
}

fn stream(options: &StreamOptions) {
    let stream = match ReplayStream::new(AUTOMATIONS.into(), options) {
        Ok(stream) => stream,
        Err(error) => return assert_message(&error),
    };
    let state = stream.save();
    let same = ReplayStream::restore(&state, AUTOMATIONS.into(), options).expect("its own state");
    assert_eq!(same.save(), state);
    let other = StreamOptions { intended: !options.intended, ..options.clone() };
    drop(ReplayStream::restore(&state, AUTOMATIONS.into(), &other));
}

fn watch(options: &WatchOptions) {
    let connect = ConnectOptions { url: Some("https://prefect.example/api".to_owned()), ..ConnectOptions::default() };
    let server = Server::new(&connect).expect("a server");
    let mut watch = match Watch::new(server.clone(), &[AUTOMATIONS.into()], options, NOW) {
        Ok(watch) => watch,
        Err(error) => return assert_message(&error),
    };
    let state = watch.save();
    let same = Watch::restore(server, &[AUTOMATIONS.into()], options, &state, NOW).expect("its own state");
    assert_eq!(same.save(), state);
    assert!(watch.step(NOW).is_ok());
}

fn pull(filter: &EventFilter) {
    let connect = ConnectOptions { url: Some("https://prefect.example/api".to_owned()), ..ConnectOptions::default() };
    match Pull::new(Server::new(&connect).expect("a server"), filter, NOW) {
        Ok(mut pull) => {
            let progress = pull.progress();
            assert!(progress.since <= progress.until && progress.reached == progress.since, "{progress:?}");
            drop(pull.step());
        }
        Err(error) => assert_message(&error),
    }
}

fn connect(options: &ConnectOptions) {
    match Server::new(options) {
        Ok(server) => {
            let url = server.url();
            assert!(url.starts_with("http://") || url.starts_with("https://"), "{url}");
            let host = url.split('/').nth(2).expect("a host");
            assert!(!url.ends_with('/') && !host.contains('@'), "{url}");
        }
        Err(error) => assert_message(&error),
    }
}

fn server(sources: &SettingsSources) {
    if let Err(error) = profiles_path(sources) {
        assert_message(&error);
    }
    let settings = server_settings(sources);
    assert_eq!(settings, server_settings(sources));
    // An empty file is as good as none.
    let file = |file: &Option<Secret>| Some(file.clone().unwrap_or_default());
    let empty = SettingsSources {
        dot_env: file(&sources.dot_env),
        prefect_toml: file(&sources.prefect_toml),
        pyproject_toml: file(&sources.pyproject_toml),
        ..sources.clone()
    };
    assert_eq!(settings, server_settings(&empty));
    match settings {
        Ok(settings) => {
            assert!(!settings.url.is_empty());
            // The environment wins.
            let mut sources = sources.clone();
            sources.environment.clear();
            sources.environment.insert("PREFECT_API_URL".to_owned(), Secret::new("https://prefect.example/api"));
            if let Ok(settings) = server_settings(&sources) {
                assert_eq!(settings.url, "https://prefect.example/api");
            }
        }
        Err(error) => assert_message(&error),
    }
}
