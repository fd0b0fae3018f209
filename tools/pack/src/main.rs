//! Builds `pkg/wasm` from the crates in `wasm/`: cargo, then wasm-bindgen, then wasm-opt.
//! The last two are skipped if their inputs have not changed.
//!
//! Data that is known beforehand and is no part of a check is kept out of the module, which every page loads whole: it
//! becomes a JavaScript module, generated from this crate as a library.

mod nullable;
mod schemas;
mod stamp;
mod types;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use anyhow::{Context, Result, anyhow, bail, ensure};
use prefect_events::catalogue::{event_types, examples};
use prefect_events::diagnostic::Code;
use prefect_events::explain::{Explanation, explain};
use prefect_events::generate::{custom_inputs, inputs};
use serde::Serialize;
use wasm_bindgen_cli_support::Bindgen;

use stamp::Stamp;

const TARGET: &str = "wasm32-unknown-unknown";

/// The modules, each built from the crate of this name in `wasm/`, with LLVM's threshold for inlining. At opt-level z,
/// LLVM inlines next to nothing (a threshold of 5). Code that each event runs through is inlined by name; beyond 40,
/// validation is no faster. With 20 instead of 15, the module for authors is 7 KB larger (2 KB with brotli), and plays
/// automations no faster; with 10 it plays them a fifth slower. That for live servers is 42 KB larger, compares a twentieth
/// faster and simulates windows a twentieth slower. With 40 instead of 30, the command line's is 60 KB larger, and validates
/// no faster.
const MODULES: [(&str, u8); 5] = [("validate", 40), ("author", 15), ("schemas", 40), ("live", 15), ("command", 30)];

/// The options of wasm-opt: the first for speed or size, the others enable features that rustc emits, which wasm-opt
/// would otherwise reject.
const WASM_OPT: [&str; 13] = [
    // Compressed, no larger than with -Oz.
    "-O3",
    // The first KiB of memory is the end of the stack, where an access may trap: 0.6 % fewer bytes.
    "--low-memory-unused",
    // Functions of one module side by side, wherever it is built: 0.9 % fewer bytes with brotli.
    "--reorder-functions-by-name",
    "--strip-debug",
    // Functions with a single caller stay separate: 1 % more bytes, 1.5 % fewer with brotli.
    "--one-caller-inline-max-function-size=0",
    // It would omit zeros, with 8 bytes for each gap: 2 % fewer bytes, and 3 % more with brotli.
    "--skip-pass=memory-packing",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// Options for rustc beyond the profile. The library `memchr` looks for line breaks 128 bits at a time: without it,
/// validation takes a tenth longer. Safari 16.4, newer browsers and all supported versions of Node.js support this.
const SIMD: &str = "-Ctarget-feature=+simd128";

/// Writes the modules as text, and the script with everything, with the library esbuild.
const INLINE: &str = "tools/pack/inline.js";

/// Writes the types of `buildEvent`'s inputs, by the names of events.
const INPUT_TYPES: &str = "tools/pack/inputs.js";

/// npm packs only files in the package's own folder. `readme.js` copies the README, whose links differ there.
const COPIES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("build: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    let root = root()?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let package = root.join("pkg/wasm");
    match env::args().nth(1).as_deref() {
        None => {}
        // For measurements; not part of the package.
        Some("bench") => return modules(&root, &target, &target.join("bench"), &[("bench", 25)]),
        Some(name) => {
            let Some(known) = MODULES.iter().find(|(known, _)| *known == name) else {
                bail!("there is no module `{name}`: there are {}, and bench", MODULES.map(|(name, _)| name).join(", "));
            };
            return modules(&root, &target, &package, &[*known]);
        }
    }

    modules(&root, &target, &package, &MODULES)?;
    write_known(&package)?;
    schemas::write_schemas(&root, &target)?;
    types::write_types(&root.join("pkg"))?;
    let nullable = target.join("nullable.json");
    write(&nullable, &json(&nullable::nullable()?)?)?;
    let input_types = [package.join("event-types.js"), nullable, root.join("pkg/inputs.d.ts")];
    run(Command::new("node").arg(root.join(INPUT_TYPES)).args(input_types))
        .context("the types of what events are built from cannot be generated")?;
    run(Command::new("node").arg(root.join(INLINE)).arg(root.join("pkg")))
        .context("the entry that has the modules in itself cannot be made: run `npm ci` first")?;
    copy(&root)
}

/// Builds modules from their crates, in a folder. While one is compiled, those before are finished: each step has one
/// thread.
fn modules(root: &Path, target: &Path, folder: &Path, modules: &[(&str, u8)]) -> Result<()> {
    add_target()?;
    let wasm_opt = root.join("node_modules/binaryen/bin/wasm-opt");
    ensure!(wasm_opt.exists(), "wasm-opt is missing: run `npm ci` first");
    fs::create_dir_all(folder)?;
    thread::scope(|scope| {
        let mut finishing = Vec::new();
        for (name, inlining) in modules {
            let compiled = compile(root, target, name, *inlining)?;
            let wasm_opt = &wasm_opt;
            finishing.push(scope.spawn(move || finish(root, target, folder, &compiled, wasm_opt, name)));
        }
        for one in finishing {
            one.join().map_err(|_| anyhow!("a module was not finished"))??;
        }
        Ok(())
    })
}

/// Binds and optimises a compiled module.
fn finish(root: &Path, target: &Path, folder: &Path, compiled: &Path, wasm_opt: &Path, name: &str) -> Result<()> {
    // Named after the crate: the files beside it in the package have other sources.
    let name = &format!("prefect_events_{name}");
    let made = [folder.join(format!("{name}.js")), folder.join(format!("{name}.wasm"))];
    let stamp = Stamp::new(target.join(format!("{name}.stamp")));
    let binary = fs::read(compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let binaryen = fs::read(root.join("node_modules/binaryen/package.json"))?;
    // The program's own source represents its flags and their effects.
    let inputs = stamp::hash(&[&binary, &binaryen, include_bytes!("main.rs"), include_bytes!("../Cargo.toml")]);
    if !stamp.holds(inputs, &made) {
        bind(compiled, folder, name)?;
        optimise(wasm_opt, folder, name)?;
        stamp.set(inputs, &made)?;
    }
    let size = fs::metadata(folder.join(format!("{name}.wasm")))?.len();
    println!("{name}.wasm: {size} bytes");
    Ok(())
}

fn root() -> Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR").context("start this with `make build`")?;
    let root = Path::new(&own).ancestors().nth(2).context("the build program has been moved")?;
    Ok(root.to_owned())
}

/// Installs the compiler's wasm target, if it is missing.
fn add_target() -> Result<()> {
    let found = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let found = found.context("rustc cannot be started: install Rust with rustup")?;
    if Path::new(String::from_utf8_lossy(&found.stdout).trim()).is_dir() {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", TARGET]))
        .with_context(|| format!("the Rust target {TARGET} is missing and rustup cannot add it"))
}

fn compile(root: &Path, target: &Path, name: &str, inlining: u8) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = format!("prefect-events-{name}");
    let arguments = ["rustc", "--package", &package, "--lib", "--release", "--target", TARGET];
    // Only where everything is linked: what is in the environment would have all libraries compiled for each module again.
    let threshold = format!("-Cllvm-args=-inline-threshold={inlining}");
    let mut flags = vec![SIMD.to_owned()];
    // Panic messages name source files: removes this machine's folders from those of dependencies.
    let home = env::home_dir().map(|home| home.join(".cargo"));
    if let Some(home) = env::var_os("CARGO_HOME").map(PathBuf::from).or(home) {
        flags.push(format!("--remap-path-prefix={}=", home.join("registry/src").display()));
    }
    run(Command::new(cargo)
        .current_dir(root)
        .args(arguments)
        .args(["--", &threshold])
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")))
    .context("the crate does not compile to wasm")?;
    Ok(target.join(TARGET).join("release").join(format!("prefect_events_{name}.wasm")))
}

fn bind(compiled: &Path, package: &Path, name: &str) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .out_name(name)
        .web(true)?
        // The entries of the package find the file themselves.
        .omit_default_module_path(true)
        // A fresh instance after a trap, or when the memory has grown large.
        .reset_state_function(true)
        // Only for the checks of this repository: `types.rs` generates the types of the package.
        .typescript(true)
        .remove_producers_section(true)
        .generate(package)
        .context("wasm-bindgen failed")
}

fn optimise(wasm_opt: &Path, package: &Path, name: &str) -> Result<()> {
    let bound = package.join(format!("{name}_bg.wasm"));
    let optimised = package.join(format!("{name}.wasm"));
    run(Command::new("node").arg(wasm_opt).arg(&bound).arg("-o").arg(&optimised).args(WASM_OPT))
        .context("wasm-opt failed")?;
    fs::remove_file(&bound)?;
    fs::remove_file(package.join(format!("{name}_bg.wasm.d.ts")))?;
    Ok(())
}

/// Writes the data that is known beforehand.
fn write_known(package: &Path) -> Result<()> {
    let explanations: Vec<Explanation> = Code::ALL.iter().copied().map(explain).collect();
    let explanations = function("explanations", "import(\"../api/explain.js\").Written[]", &json(&explanations)?);
    write(&package.join("explanations.js"), &explanations)?;

    let event_types = function("eventTypes", "import(\"../index.js\").EventType[]", &json(&event_types(&inputs))?);
    let examples = function("examples", "import(\"../api/describe.js\").Example[]", &json(&examples())?);
    let custom = function("customEventInputs", "import(\"../index.js\").InputKey[]", &json(&custom_inputs())?);
    write(&package.join("event-types.js"), &[event_types, custom, examples].concat())
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).context("cannot write JSON")
}

/// A JavaScript function that returns new objects at each call. It parses a text, because engines skip a text faster
/// than object literals when they read the file.
fn function(name: &str, returned: &str, json: &str) -> String {
    let text = json.replace('\\', "\\\\").replace('\'', "\\'");
    format!("/** @returns {{{returned}}} */\nexport const {name} = () => JSON.parse('{text}');\n")
}

fn write(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn copy(root: &Path) -> Result<()> {
    for name in COPIES {
        let from = root.join(name);
        if from.exists() {
            fs::copy(&from, root.join("pkg").join(name)).with_context(|| format!("cannot copy {name} into pkg"))?;
        }
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} cannot be started"))?;
    if !status.success() {
        bail!("{program} ended with {status}");
    }
    Ok(())
}
