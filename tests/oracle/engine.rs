//! Plays scenarios to this project's engine: one a line on standard input, its result a line on standard output.

use std::error::Error;
use std::io::{self, BufRead, Write};

use prefect_events::json::write::quoted;
use prefect_events::json::{Tape, parse};
use prefect_events::simulate::{Scenario, play};
use prefect_events::trigger::Options;

fn main() -> Result<(), Box<dyn Error>> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !parse(line.as_bytes(), 0, &mut tape, &mut issues).complete {
            return Err(format!("not JSON: {issues:?}").into());
        }
        let document = tape.document(line.as_bytes());
        let scenario = document.root().ok_or("an empty line")?;
        let result = Scenario::read(scenario).and_then(|scenario| play(scenario, Options::default()));
        match result {
            Ok(result) => writeln!(out, "{}", serde_json::to_string(&result)?)?,
            Err(error) => writeln!(out, r#"{{"error":{}}}"#, quoted(&error.to_string()))?,
        }
    }
    Ok(())
}
