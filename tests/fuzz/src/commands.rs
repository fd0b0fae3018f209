//! A command ends, whatever it is answered: it asks for no more than its options name, writes only what it read for
//! writing, and prints the same however a file is cut into pieces. The first byte selects the command; the texts are its
//! options and the answers, each with a letter that says what kind of answer it is.

use std::collections::BTreeSet;

use prefect_events::command::{Command, Listed, Next, OutputStream, Surroundings};
use serde_json::Value as Json;

use super::input::{choice, is_short, texts};
use super::printed::assert_printed;

const COMMANDS: [&str; 11] =
    ["explain", "schema", "build", "advise", "simulate", "test", "validate", "check", "backtest", "why", "diff"];

pub fn target(input: &[u8]) {
    let (choice, rest) = choice(input);
    let texts = texts(rest);
    let name = COMMANDS[usize::from(choice) % COMMANDS.len()];
    if !texts.iter().all(|text| is_short(text)) {
        return;
    }
    let Ok(options) = serde_json::from_slice::<Json>(texts[0]) else { return };
    let Some(options) = fast(options) else { return };
    let colour = choice & 0x80 != 0;
    let whole = run(name, &options, colour, &texts[1..], usize::MAX);
    assert_eq!(run(name, &options, colour, &texts[1..], 3), whole);
}

/// A curve by simulation takes seconds, and would leave a fuzzer no time for anything else.
fn fast(mut options: Json) -> Option<Json> {
    let names = options.as_object_mut()?;
    if names.contains_key("frequency") && ["jitter", "outage"].iter().any(|name| names.contains_key(*name)) {
        names.insert("runHours".to_owned(), 100.into());
    }
    Some(options)
}

/// What a command asked for and printed.
fn run(name: &str, options: &Json, colour: bool, answers: &[&[u8]], size: usize) -> Vec<Next> {
    let text = |text: &str| text.to_owned();
    let mut surroundings =
        Surroundings { seed: text("a"), now: text("2026-03-31T18:30:00Z"), ..Surroundings::default() };
    surroundings.stdout.colour = colour;
    let mut command = match Command::new(name, options.clone(), surroundings) {
        Ok(command) => command,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return Vec::new();
        }
    };
    let is_json = options.get("format").is_some_and(|format| format != "pretty" && format != "github");
    let is_raw = is_json || ["build", "schema"].contains(&name);
    // Each thing that is asked for is named somewhere, and files are read, written and reported on.
    let length = answers.iter().map(|answer| answer.len()).sum::<usize>() + options.to_string().len();
    let (mut asked, mut rewritten, mut answers) = (Vec::new(), BTreeSet::new(), answers.iter());
    loop {
        assert!(asked.len() < 64 + 4 * length, "{asked:?}");
        let next = command.next();
        asked.push(next.clone());
        match next {
            Next::Read { rewrite, ref file, .. } => {
                if rewrite.is_some() {
                    rewritten.insert(file.clone());
                }
            }
            Next::Write { ref file, .. } => assert!(file == "-" || rewritten.contains(file), "{file}"),
            Next::Print { to, text } => {
                match to {
                    OutputStream::Stderr => assert_printed(&text, false),
                    OutputStream::Stdout if !is_raw => assert_printed(&text, colour),
                    OutputStream::Stdout => {}
                }
                continue;
            }
            Next::Exit { status } => {
                assert!(status <= 2);
                return asked;
            }
            Next::Usage => return asked,
            Next::Misuse { message } => {
                assert!(!message.is_empty());
                return asked;
            }
            Next::List { .. } | Next::Pull { .. } | Next::Automations { .. } => {}
        }
        answer(&mut command, answers.next(), size);
    }
}

/// Answers what a command asked for, or something else.
fn answer(command: &mut Command, answer: Option<&&[u8]>, size: usize) {
    match answer.and_then(|answer| answer.split_first()) {
        None => command.failed("does not exist"),
        Some((b'!', reason)) => command.failed(&String::from_utf8_lossy(reason)),
        Some((b'?', reason)) => command.rejected(&String::from_utf8_lossy(reason)),
        Some((b'w', _)) => command.written(),
        Some((b'l', names)) => {
            let named = |name: &str| Listed { name: name.to_owned(), path: format!("folder/{name}") };
            command.listed(String::from_utf8_lossy(names).lines().map(named).collect());
        }
        Some((_, text)) => {
            let _ = text.chunks(size).all(|piece| command.piece(piece));
            command.end();
        }
    }
}
