//! Reads the pages of the catalogue, checks them and writes them as bytes.

mod data;
#[path = "../../src/catalogue/encode.rs"]
mod encode;
#[path = "../../src/catalogue/hole.rs"]
mod hole;
#[path = "../../src/catalogue/link.rs"]
mod link;
#[allow(dead_code)]
#[path = "../../src/catalogue/model.rs"]
mod model;
mod resolve;
#[allow(dead_code)]
#[path = "../../src/catalogue/template.rs"]
mod template;

use std::error::Error;
use std::path::Path;

use data::{Contents, Groups};

/// Writes the pages of a folder: for the crate `catalogue.bin` and `catalogue.txt`, and what
/// its checks do not need in `aside.bin` and `aside.txt`, and what only descriptions need in
/// `described.bin` and `described.txt`; for its tests `catalogue.debug`, all
/// that they hold in the words of `Debug`.
pub fn generate(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut files =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();

    let mut groups = Groups::default();
    let mut families = Vec::new();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(file)?;
        let page: Contents = serde_saphyr::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        families.extend(
            page.read(&mut groups)
                .map_err(|error| format!("{name}: {error}"))?
                .into_iter()
                .map(|family| (name.to_string(), family)),
        );
    }
    let families = data::inherit(families)?;
    let families = resolve::resolve(&families, &groups)?;
    for (name, (bytes, texts)) in ["catalogue", "aside", "described"].into_iter().zip(encode::encode(&families)) {
        std::fs::write(out.join(name).with_extension("bin"), bytes)?;
        std::fs::write(out.join(name).with_extension("txt"), texts)?;
    }
    std::fs::write(out.join("catalogue.debug"), format!("{families:#?}"))?;
    Ok(())
}

/// The model's texts live as long as the program; here that is not long.
fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
