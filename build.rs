//! Turns the data files of `src` (YAML, for people) into what the crate includes: statics of Rust.

#[path = "build/catalogue/mod.rs"]
mod catalogue;
#[path = "build/codes.rs"]
mod codes;
#[path = "build/site.rs"]
mod site;
#[path = "build/text.rs"]
mod text;

use std::error::Error;
use std::path::{Path, PathBuf};

const PAGES: &str = "src/catalogue/pages";
const CODES: &str = "src/diagnostic/codes.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for source in ["build", "build.rs", PAGES, CODES] {
        println!("cargo:rerun-if-changed={source}");
    }
    // For what is written in the source itself.
    println!("cargo:rustc-env=PREFECT_DOCUMENTATION={}", site::SITE);
    catalogue::generate(Path::new(PAGES), &out)?;
    codes::generate(Path::new(CODES), &out)
}
