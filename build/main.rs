//! Turns the data files of `src` (YAML, for people) into what the crate includes: the table of
//! diagnostic codes as Rust, the catalogue as bytes that are read at first use.

mod catalogue;
mod codes;
#[allow(dead_code)]
#[path = "../src/diagnostic/severity.rs"]
mod severity;

/// The files of `src/catalogue` that are compiled here too name the severity like this.
mod diagnostic {
    pub use crate::severity::Severity;
}

use std::error::Error;
use std::path::{Path, PathBuf};

const PAGES: &str = "src/catalogue/pages";
const CODES: &str = "src/diagnostic/codes.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for source in ["build", PAGES, CODES] {
        println!("cargo:rerun-if-changed={source}");
    }
    // Schemas of users' own are checked natively, and in one of the modules.
    println!("cargo:rustc-check-cfg=cfg(checks_schemas)");
    let wasm = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32");
    if !wasm || std::env::var_os("CARGO_FEATURE_MODULE_SCHEMAS").is_some() {
        println!("cargo:rustc-cfg=checks_schemas");
    }
    catalogue::generate(Path::new(PAGES), &out)?;
    codes::generate(Path::new(CODES), &out)
}
