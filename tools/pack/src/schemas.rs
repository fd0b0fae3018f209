//! Writes the JSON Schemas: as files, as a JavaScript module for look-up by an event's name, and as TypeScript types.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use prefect_events::automation::schema as automation;
use prefect_events::schema::{Schema, all, schemas};
use prefect_events::simulate::schema as simulate;

use crate::stamp::{self, Stamp};
use crate::{function, run, write};

/// The programs that generate the types, with the library json-schema-to-typescript.
const EVENT_TYPES: &str = "tools/pack/types.js";
const SCENARIO_TYPES: &str = "tools/pack/scenario-types.js";

pub(crate) fn write_schemas(root: &Path, target: &Path) -> Result<()> {
    let package = root.join("pkg");
    let all = all();
    let line = all.line();
    // The schemas of the single events are parts of this one.
    let module = function("allEvents", "import(\"../api/json-schema.js\").AllEvents", &line);
    write(&package.join("wasm/schemas.js"), &module)?;
    let version = format!("export const VERSION = \"{}\";\n", prefect_events::VERSION);
    write(&package.join("wasm/version.js"), &version)?;
    let automations = automation::schemas();
    let scenario = simulate::schema();
    write_automations(&package, &automations, &scenario)?;
    let folder = package.join("schemas");
    remove_events(&folder)?;
    for schema in schemas().iter().chain([&all]).chain(&automations).chain([&scenario]) {
        write(&folder.join(file(schema)), &schema.text())?;
    }

    write_types(root, target, EVENT_TYPES, &folder.join(file(&all)), "events.d.ts")?;
    write_types(root, target, SCENARIO_TYPES, &folder.join(file(&scenario)), "scenario.d.ts")
}

/// Writes the schemas of automations and scenarios as functions. That of triggers is a part of the first, and that of
/// scenarios has most of the first's definitions, which are not written again.
fn write_automations(package: &Path, schemas: &[Schema], scenario: &Schema) -> Result<()> {
    let named = |name: &str| {
        schemas.iter().find(|schema| schema.name == name).with_context(|| format!("there is no schema {name}"))
    };
    let one = |function_name: &str, schema: &Schema| {
        function(function_name, "import(\"../api/json-schema.js\").Definitions", &schema.line())
    };
    let automation = named(automation::AUTOMATION)?;
    let module = [
        one("automationSchema", automation),
        one("deploymentTriggersSchema", named(automation::DEPLOYMENT_TRIGGERS)?),
        one("scenarioSchema", &scenario.without(automation)),
    ];
    write(&package.join("wasm/automation-schemas.js"), &module.concat())
}

/// Writes the types of a schema with a program.
fn write_types(root: &Path, target: &Path, program: &str, schema: &Path, name: &str) -> Result<()> {
    let types = [root.join("pkg").join(name)];
    let stamp = Stamp::new(target.join([name, ".stamp"].concat()));
    let inputs = [schema.to_owned(), root.join(program), root.join("package-lock.json")];
    let inputs = inputs.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    let inputs = stamp::hash(&inputs.iter().map(Vec::as_slice).collect::<Vec<_>>());
    if !stamp.holds(inputs, &types) {
        run(Command::new("node").arg(root.join(program)).arg(schema).args(&types))
            .context("the types cannot be made: run `npm ci` first")?;
        stamp.set(inputs, &types)?;
    }
    Ok(())
}

fn file(schema: &Schema) -> String {
    [&schema.name, ".json"].concat()
}

/// Removes previously written schemas of events: renamed ones must not stay.
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
