//! Writes the TypeScript types of the core's options and results, with their comments; those that only the package itself uses
//! in a file that is not packed.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::Result;
use prefect_events::automation::{CheckOptions, CheckReport};
use prefect_events::backtest::{Backtest, BacktestOptions, CompareOptions, Comparison, Why, WhyOptions};
use prefect_events::catalogue::{EventType, event_types};
use prefect_events::client::{Batch, ClientErrorCode, ConnectOptions, EventFilter, PullProgress, ServerStep, Wait};
use prefect_events::command::{FileAction, Next};
use prefect_events::diagnostic::Report;
use prefect_events::explain::Explanation;
use prefect_events::generate::{BreakSpec, BuildOptions, RunSpec};
use prefect_events::render::RenderOptions;
use prefect_events::simulate::{
    ActionSettings, Advice, ExampleOptions, ExampleRuns, HeartbeatConfig, RenderedFirings, ReplayOptions,
    SimulateOptions, SimulationResult, TestOptions, TestReport, VersionComparison,
};
use prefect_events::trigger::Version;
use prefect_events::tune::{ObserveOptions, ObservedHeartbeats, WindowCurve, WindowCurveOptions};
use prefect_events::validate::ValidateOptions;
use ts_rs::{Config, TS, TypeVisitor};

use crate::write;

const HEAD: &str = "// Generated from the core's types by `make build`. Do not edit.\n";

/// Names for what a text or a number stands for.
const ALIASES: [(&str, &str, &str); 5] = [
    ("Timestamp", "string", "A point in time: RFC 3339 in UTC with microseconds."),
    ("Seconds", "number", "A duration in seconds, to the microsecond."),
    ("Span", "string | number", "A span of time: a number of seconds, or a text such as `3m30s` or `PT90S`."),
    ("Real", "number", "A number with a fraction. All others are whole, or durations and times."),
    ("Milliseconds", "number", "A point in time: milliseconds since 1970 in UTC, to the microsecond."),
];

pub(crate) fn write_types(package: &Path) -> Result<()> {
    let mut types = Types {
        config: Config::default().with_large_int("number"),
        seen: HashSet::new(),
        declarations: BTreeMap::new(),
    };
    types.visit::<ValidateOptions>();
    types.visit::<CheckOptions>();
    types.visit::<Report>();
    types.visit::<CheckReport>();
    types.visit::<Explanation>();
    types.visit::<BuildOptions>();
    types.visit::<RunSpec>();
    // Types named only in a field's hand-written type are not found automatically.
    types.visit::<BreakSpec>();
    types.visit::<EventType>();
    types.visit::<ActionSettings>();
    types.visit::<RenderedFirings>();
    types.visit::<SimulateOptions>();
    types.visit::<ReplayOptions>();
    types.visit::<SimulationResult>();
    types.visit::<ExampleOptions>();
    types.visit::<ExampleRuns>();
    types.visit::<VersionComparison>();
    types.visit::<TestOptions>();
    types.visit::<TestReport>();
    types.visit::<HeartbeatConfig>();
    types.visit::<Advice>();
    types.visit::<BacktestOptions>();
    types.visit::<Backtest>();
    types.visit::<CompareOptions>();
    types.visit::<Comparison>();
    types.visit::<WhyOptions>();
    types.visit::<Why>();
    types.visit::<RenderOptions>();
    types.visit::<ConnectOptions>();
    types.visit::<EventFilter>();
    types.visit::<PullProgress>();
    types.visit::<WindowCurveOptions>();
    types.visit::<WindowCurve>();
    types.visit::<ObserveOptions>();
    types.visit::<ObservedHeartbeats>();
    types.visit::<Batch>();
    types.visit::<Wait>();
    types.visit::<ClientErrorCode>();
    types.declarations.insert("StateType".to_owned(), state_type());
    types.declarations.insert("ServerVersion".to_owned(), server_version());
    for (name, of, docs) in ALIASES {
        types.declarations.insert(name.to_owned(), format!("/** {docs} */\nexport type {name} = {of};\n"));
    }
    let public = std::mem::take(&mut types.declarations);
    write(&package.join("types.d.ts"), &[HEAD, &joined(&public)].join("\n"))?;
    types.visit::<ServerStep>();
    types.visit::<Next>();
    types.visit::<FileAction>();
    let own = joined(&types.declarations);
    let words: HashSet<&str> = own.split(|c: char| !c.is_alphanumeric()).collect();
    let named: Vec<&str> = public.keys().map(String::as_str).filter(|name| words.contains(name)).collect();
    let import = format!("import type {{ {} }} from \"../types.js\";\n", named.join(", "));
    write(&package.join("wasm/steps.d.ts"), &[HEAD, &import, &own].join("\n"))
}

fn joined(declarations: &BTreeMap<String, String>) -> String {
    declarations.values().map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// The state types of the flow runs in the catalogue.
fn state_type() -> String {
    let mut types: Vec<String> = Vec::new();
    for event in event_types(&|_| Vec::new()).iter().filter(|event| event.name_pattern == "prefect.flow-run.{state}") {
        for name in event.variants.iter().filter_map(|variant| variant.state_type) {
            let literal = format!("\"{name}\"");
            if !types.contains(&literal) {
                types.push(literal);
            }
        }
    }
    format!(
        "/** The type of a state: Prefect decides by it, whatever the state is called. */\nexport type StateType = {};\n",
        types.join(" | ")
    )
}

/// Any version can be given with its patch.
fn server_version() -> String {
    let names: Vec<String> = Version::names().map(|name| format!("\"{name}\"")).collect();
    format!(
        "/** The version of a server; its patch may follow. */\nexport type ServerVersion = {} | (string & {{}});\n",
        names.join(" | ")
    )
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
        // TypeScript's built-in types have no file.
        if T::output_path().is_some() {
            let declaration = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), laid_out(&declaration));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

/// A declaration in hand-written style: objects as interfaces, one field per line, short comments on one line.
fn laid_out(declaration: &str) -> String {
    let mut out = String::new();
    let mut comment: Vec<String> = Vec::new();
    let (mut depth, mut interface) = (0_usize, false);
    for line in declaration.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let indent = "  ".repeat(depth);
        if line.starts_with("/**") && !line.ends_with("*/") {
            comment.clear();
        } else if line == "*/" {
            let text = match comment.as_slice() {
                [one] => format!("{indent}/** {one} */\n"),
                lines => {
                    let lines: Vec<String> = lines.iter().map(|line| format!("{indent} * {line}\n")).collect();
                    format!("{indent}/**\n{}{indent} */\n", lines.concat()).replace(" * \n", " *\n")
                }
            };
            out.push_str(&text);
        } else if let Some(text) = line.strip_prefix('*') {
            comment.push(without_links(text.trim()));
        } else if line.ends_with("= {") && depth == 0 {
            interface = true;
            depth = 1;
            out.push_str(&line.replace("export type ", "export interface ").replace(" = {", " {"));
            out.push('\n');
        } else if let (true, Some(field)) = (interface, line.strip_suffix("};").or(line.strip_suffix(','))) {
            let field = field.trim().trim_end_matches(',');
            if !field.is_empty() {
                out.extend([&*indent, field, ";\n"]);
            }
            if line.ends_with("};") {
                out.push_str("}\n");
            }
        } else {
            out.extend([&*indent, line, "\n"]);
        }
    }
    out
}

/// A comment without links to Rust's names, which lead nowhere in TypeScript.
fn without_links(comment: &str) -> String {
    let mut out = String::new();
    let mut rest = comment;
    while let Some((before, (name, after))) =
        rest.split_once("[`").and_then(|(before, link)| Some((before, link.split_once("`]")?)))
    {
        out.extend([before, "`", name, "`"]);
        rest = after.strip_prefix('(').and_then(|target| target.split_once(')')).map_or(after, |(_, after)| after);
    }
    out + rest
}
