//! Validates a file of events, or standard input: `cargo run --example validate -- FILE`.

use std::io::Read;
use std::process::ExitCode;

use prefect_events::diagnostic::TextOptions;
use prefect_events::validate::{ValidateOptions, validate};

fn main() -> std::io::Result<ExitCode> {
    let mut text = Vec::new();
    match std::env::args().nth(1) {
        Some(file) => text = std::fs::read(file)?,
        None => drop(std::io::stdin().read_to_end(&mut text)?),
    }
    let report = validate(&text, TextOptions::default(), &ValidateOptions::default());
    for found in &report.diagnostics {
        let place = found.range.map(|range| format!("{}:{}: ", range.start.line, range.start.column));
        println!("{}{:?} {}: {}", place.unwrap_or_default(), found.severity, found.code, found.message);
        if let Some(help) = &found.help {
            println!("  help: {help}");
        }
    }
    println!("{} events, {} errors, {} warnings", report.count, report.errors, report.warnings);
    Ok(if report.valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
