//! Writes the JSON Schemas: as files, as a JavaScript module for who asks by an event's name, and as TypeScript types.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use prefect_events::schema::{Schema, all, schemas};

use crate::stamp::{self, Stamp};
use crate::{function, run, write};

/// Makes the types, with the library json-schema-to-typescript.
const TYPES: &str = "tools/pack/types.js";

pub fn write_schemas(root: &Path, target: &Path) -> Result<()> {
    let package = root.join("pkg");
    let all = all();
    let line = all.line();
    // The schemas of the single events are parts of this one.
    let module = function("allEvents", "import(\"../api/json-schema.js\").AllEvents", &line);
    write(&package.join("wasm/schemas.js"), &module)?;
    let folder = package.join("schemas");
    remove_events(&folder)?;
    for schema in schemas().iter().chain([&all]) {
        write(&folder.join(file(schema)), &schema.text())?;
    }

    let types = [package.join("events.d.ts")];
    let stamp = Stamp::new(target.join("events.d.ts.stamp"));
    let inputs =
        stamp::hash(&[line.as_bytes(), &fs::read(root.join(TYPES))?, &fs::read(root.join("package-lock.json"))?]);
    if !stamp.holds(inputs, &types) {
        let command = &mut Command::new("node");
        run(command.arg(root.join(TYPES)).arg(folder.join(file(&all))).args(&types))
            .context("the types cannot be made: run `npm ci` first")?;
        stamp.set(inputs, &types)?;
    }
    Ok(())
}

fn file(schema: &Schema) -> String {
    [&schema.name, ".json"].concat()
}

/// Removes the schemas of events that were written before: what is called otherwise by now must not stay.
fn remove_events(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("prefect") {
            fs::remove_file(entry.path()).with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}
