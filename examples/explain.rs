//! Prints descriptions of events, and explanations of diagnostic codes.
//!
//! ```text
//! cargo run --example explain -- prefect.flow-run.Running missing-label
//! ```

use std::process::ExitCode;

use prefect_events::catalogue::{example, find};
use prefect_events::diagnostic::Code;
use prefect_events::explain::explain;

fn main() -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    for name in std::env::args().skip(1) {
        if let Some(code) = Code::find(&name) {
            let explanation = explain(code);
            println!("{name}: {}\n\n{}\n\nWithout it:\n\n{}\n", explanation.title, explanation.text, explanation.right);
        } else if let Some(found) = find(&name) {
            let family = found.family;
            println!("{name}: {}\n", family.title());
            for label in family.labels {
                println!("  {}: {}", label.name, label.meaning());
            }
            println!("\nAn example:\n\n{}\n", example(family, found.hole));
        } else {
            eprintln!("{name} is neither an event of Prefect nor a code");
            status = ExitCode::FAILURE;
        }
    }
    status
}
