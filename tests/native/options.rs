//! Options as users write them: JSON, with their own schemas among those of `validate`.

use std::sync::Arc;

use prefect_events::automation::{CheckOptions, Route};
use prefect_events::render::{Format, RenderOptions};
use prefect_events::simulate::{ActionSettings, RenderActionsOptions, SimulateOptions};
use prefect_events::validate::{Schemas, ValidateOptions};
use serde_json::Value;

pub(crate) fn validate_options(json: &str) -> Result<ValidateOptions, String> {
    let json = if json.is_empty() { "{}" } else { json };
    let mut options: Value = serde_json::from_str(json).unwrap();
    let schemas = options.as_object_mut().and_then(|options| options.remove("schemas"));
    let mut options: ValidateOptions = serde_json::from_value(options).map_err(|error| error.to_string())?;
    if let Some(schemas) = schemas {
        options.schemas = Some(Arc::new(Schemas::read(&schemas.to_string()).map_err(|error| error.to_string())?));
    }
    Ok(options)
}

pub(crate) fn check_options(json: &str) -> CheckOptions {
    serde_json::from_str(if json.is_empty() { "{}" } else { json }).unwrap()
}

#[test]
fn settings_of_actions_are_among_the_other_options() {
    type Options = RenderActionsOptions<SimulateOptions>;
    let read = |json: &str| serde_json::from_str::<Options>(json).map_err(|error| error.to_string());
    let RenderActionsOptions { settings, playing } =
        read(r#"{"most": 3, "trace": true, "uiUrl": "http://ui", "automationIndex": 1}"#).unwrap();
    assert_eq!(settings, ActionSettings { ui_url: Some("http://ui".into()), most: Some(3) });
    assert_eq!(playing, SimulateOptions { trace: true, automation_index: Some(1), ..SimulateOptions::default() });
    assert_eq!(read("{}"), Ok(Options::default()));
    let error = |json: &str, expected: &str| {
        let error = read(json).unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    };
    error(r#"{"most": -1}"#, "the option `most`: invalid value");
    error(r#"{"trace": 1}"#, "the option `trace`: invalid type");
    error(r#"{"most": 1, "trac": true}"#, "unknown option `trac`: did you mean `trace`?");
    error("[]", "invalid type");
}

#[test]
fn routes_and_formats_are_words() {
    let route = |word: &str| serde_json::from_str::<CheckOptions>(&format!(r#"{{"route": "{word}"}}"#));
    let routes = ["api", "cli", "deploy", "terraform"].map(|word| route(word).unwrap().route);
    assert_eq!(routes, [Route::Api, Route::Cli, Route::Deploy, Route::Terraform].map(Some));
    let error = route("API").unwrap_err().to_string();
    assert!(error.contains("invalid value: `API`, expected `api`, `cli`, `deploy` or `terraform`"), "{error}");
    let format = |word: &str| serde_json::from_str::<RenderOptions>(&format!(r#"{{"format": "{word}"}}"#));
    let formats = ["pretty", "json", "junit", "github", "markdown"].map(|word| format(word).unwrap().format);
    assert_eq!(formats, [Format::Pretty, Format::Json, Format::Junit, Format::Github, Format::Markdown]);
    let error = format("html").unwrap_err().to_string();
    assert!(error.contains("`html`, expected `pretty`, `json`, `junit`, `github` or `markdown`"), "{error}");
}
