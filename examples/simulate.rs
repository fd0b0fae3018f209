//! Plays a scenario and prints when its automation fires, and why: `cargo run --example simulate -- FILE`.

use std::process::ExitCode;

use prefect_events::simulate::{DocumentText, SimulateOptions, simulate};

/// A run that dies, watched by the automation that marks such runs as Crashed.
const ZOMBIE: &str = "
automation: crash-zombie-flows
start: 2026-03-01T12:00:00Z
end: 10m
heartbeat: { frequency: 30 }
runs:
  - { name: healthy, starts: 0s, ends: 8m, state: Completed }
  - { name: zombie, starts: 5s, dies: 2m10s }
";

fn main() -> std::io::Result<ExitCode> {
    let scenario = std::env::args().nth(1).map_or(Ok(ZOMBIE.to_owned()), std::fs::read_to_string)?;
    let result = simulate(DocumentText::from(&*scenario), &SimulateOptions::default());
    for problem in result.errors.iter().chain(&result.warnings) {
        println!("{}: {}", problem.code, problem.message);
    }
    for firing in &result.firings {
        println!("{} {}", firing.at.rfc3339(), firing.reason_sentence());
    }
    if let Some(reason) = &result.reason {
        println!("the automation never fires: {reason}");
    }
    Ok(if result.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
