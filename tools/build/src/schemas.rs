//! Writes the JSON Schemas: as files, and as a JavaScript module for who asks by an event's name.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use prefect_events::schema::{all, schemas};

use crate::{function, write};

/// `folder` gets a file for each schema, `modules` the JavaScript module. That has the schema of all events alone: those
/// of the single ones are parts of it.
pub fn write_schemas(folder: &Path, modules: &Path) -> Result<()> {
    let all = all();
    write(&modules.join("schemas.js"), &function("allEvents", "import(\"../schemas.js\").AllEvents", &all.json))?;
    // What is called otherwise by now must not stay.
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder)?;
    for schema in schemas().iter().chain([&all]) {
        write(&folder.join(format!("{}.json", schema.name)), &schema.text())?;
    }
    Ok(())
}
