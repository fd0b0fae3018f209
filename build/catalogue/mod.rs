//! Reads the pages of the catalogue, checks them and writes them as Rust.

mod data;
#[allow(dead_code, reason = "shared with the crate")]
#[expect(unreachable_pub, reason = "public in the library, of which it is a part")]
#[path = "../../src/catalogue/hole.rs"]
mod hole;
mod resolve;
mod statics;
#[allow(dead_code, reason = "shared with the crate")]
#[expect(unreachable_pub, reason = "public in the library, of which it is a part")]
#[path = "../../src/catalogue/template.rs"]
mod template;

use std::error::Error;
use std::path::Path;

use data::{Contents, Groups};

/// Writes the pages of a folder to `catalogue.rs`, which the crate includes.
pub(crate) fn generate(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
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
    let statics = resolve::resolve(&families, &groups)?;
    std::fs::write(out.join("catalogue.rs"), statics)?;
    Ok(())
}
