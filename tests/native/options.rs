//! Options as users write them: JSON, with their own schemas among those of `validate`.

use std::sync::Arc;

use prefect_events::automation::CheckOptions;
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
