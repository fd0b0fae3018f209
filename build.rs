//! Turns the data files of `src` (YAML, for people) into what the crate includes: the table of
//! diagnostic codes as Rust, the catalogue as bytes that are read at first use.

#[path = "build/catalogue/mod.rs"]
mod catalogue;
#[path = "build/codes.rs"]
mod codes;
#[allow(dead_code)]
#[path = "src/diagnostic/severity.rs"]
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
    for source in ["build", "build.rs", PAGES, CODES] {
        println!("cargo:rerun-if-changed={source}");
    }
    catalogue::generate(Path::new(PAGES), &out)?;
    codes::generate(Path::new(CODES), &out)
}
