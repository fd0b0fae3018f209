//! Automations of a live server, replayed and compared with what it recorded.

use prefect_events::backtest::{Backtest, BacktestOptions, backtest};
use prefect_events::render::{RenderOptions, render_backtest};

use crate::cases;

fn text(name: &str) -> String {
    String::from_utf8(cases::read(name)).unwrap()
}

/// All automations of the live server, as a list.
fn automations() -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/live/automations");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let all: Vec<String> = names.iter().map(|name| text(&format!("live/automations/{name}"))).collect();
    format!("[{}]", all.join(","))
}

fn tested(automations: &str, events: &str, options: &BacktestOptions) -> Backtest {
    let result = backtest(automations.into(), events.into(), options).unwrap();
    assert_eq!(result.errors, []);
    result
}

#[test]
fn print_it() {
    let result = tested(&automations(), &text("live/captured.ndjson.gz"), &BacktestOptions::default());
    println!("{}", render_backtest(&result, &RenderOptions::default()));
}
