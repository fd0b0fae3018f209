//! Writes the TypeScript types of the core's options and results, with their comments.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::Result;
use prefect_events::automation::CheckOptions;
use prefect_events::catalogue::EventType;
use prefect_events::diagnostic::Report;
use prefect_events::simulate::{
    Advice, HeartbeatConfig, ReplayOptions, SimulateOptions, SimulationResult, TestReport, VersionComparison,
};
use prefect_events::validate::ValidateOptions;
use ts_rs::{Config, TS, TypeVisitor};

use crate::write;

const HEAD: &str = "// Made of the core's types by `make build`. Not to be edited.\n";

pub fn write_types(package: &Path) -> Result<()> {
    let mut types = Types {
        config: Config::default().with_large_int("number"),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    types.visit::<ValidateOptions>();
    types.visit::<CheckOptions>();
    types.visit::<Report>();
    types.visit::<EventType>();
    types.visit::<SimulateOptions>();
    types.visit::<ReplayOptions>();
    types.visit::<SimulationResult>();
    types.visit::<VersionComparison>();
    types.visit::<TestReport>();
    types.visit::<HeartbeatConfig>();
    types.visit::<Advice>();
    let all: Vec<String> = types.declarations.into_values().collect();
    write(&package.join("types.d.ts"), &[HEAD, &all.join("\n")].join("\n"))
}

/// The declarations by the names of their types, each with those that it depends on.
struct Types {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // What TypeScript knows by itself has no file.
        if T::output_path().is_some() {
            let declaration = format!("{}export {}\n", T::docs().unwrap_or_default(), T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}
