//! The files that scenarios refer to, such as `automation: ./zombies.yaml`.

use crate::render::display_name;
use crate::simulate::{DocumentText, Files, scenario_files};

use super::steps::{Had, Inputs, Stop};

/// Reads the files that the scenarios of a file refer to, relative to this file.
pub(super) fn read_scenario_files(file: &str, text: &[u8], inputs: &mut Inputs) -> Result<Had<Files>, Stop> {
    let mut files = Files::default();
    for path in scenario_files(DocumentText::from(text)) {
        match inputs.read_beside(&path, file)? {
            Ok(text) => files.insert(path, String::from_utf8_lossy(&text)),
            Err(reason) => return Ok(Err(format!("refers to {}, which {reason}", display_name(&path)))),
        }
    }
    Ok(Ok(files))
}
