//! One JSON document.

use serde::Serialize;

use crate::automation::TriggerOutline;
use crate::diagnostic::Report;
use crate::render::json::json;

use super::{FileResult, Totals};

#[derive(Serialize)]
struct All<'r> {
    valid: bool,
    count: u64,
    errors: u64,
    warnings: u64,
    infos: u64,
    files: Vec<One<'r>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum One<'r> {
    Checked {
        file: &'r str,
        #[serde(skip_serializing_if = "Option::is_none")]
        fixed: Option<usize>,
        #[serde(flatten)]
        report: &'r Report,
        #[serde(skip_serializing_if = "Option::is_none")]
        triggers: Option<&'r [TriggerOutline]>,
    },
    Unreadable {
        file: &'r str,
        unreadable: &'r str,
    },
}

pub(super) fn document(results: &[FileResult]) -> String {
    let Totals { count, errors, warnings, infos, unreadable, unfixed, .. } = Totals::of(results);
    let valid = errors == 0 && unreadable == 0 && unfixed == 0;
    json(&All { valid, count, errors, warnings, infos, files: results.iter().map(one).collect() })
}

fn one(result: &FileResult) -> One<'_> {
    match result {
        FileResult::Unreadable { file, reason, .. } => One::Unreadable { file, unreadable: reason },
        FileResult::Checked(findings) => One::Checked {
            file: &findings.file,
            fixed: findings.fixed,
            report: &findings.report,
            triggers: findings.triggers.as_deref(),
        },
    }
}
