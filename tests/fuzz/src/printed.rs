//! Properties of printed text.

use prefect_events::render::{Format, RenderOptions, printable_lines};

use super::input::has;

/// Each format of results.
pub const FORMATS: [Format; 5] = [Format::Pretty, Format::Json, Format::Junit, Format::Github, Format::Markdown];

/// How something is rendered, in each format. Bits of `choice` select colours, columns and names of files with characters
/// that must not be printed.
pub fn renderings(choice: u8) -> impl Iterator<Item = RenderOptions> {
    let file = has(choice, 2).then(|| "a\u{1b}[2J:,%\u{202e}\n.yaml".to_owned());
    FORMATS.into_iter().map(move |format| RenderOptions {
        format,
        colour: has(choice, 0),
        columns: if has(choice, 1) { 40 } else { 100 },
        events: file.iter().cloned().collect(),
        new_file: file.clone(),
        file: file.clone(),
    })
}

/// Asserts that a text is JSON if it should be, and otherwise fit to be printed.
pub fn assert_rendered(text: &str, options: &RenderOptions) {
    if options.format == Format::Json {
        assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    } else {
        assert_printed(text, options.colour);
    }
}

/// Asserts that a text has no character that controls a terminal, reorders text or is invisible, and ends its last line.
pub fn assert_printed(text: &str, colour: bool) {
    let plain = if colour { without_colours(text) } else { text.to_owned() };
    assert_eq!(printable_lines(&plain), plain);
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
}

/// Without the sequences that select a colour: `ESC [ 1 m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(part[digits..].strip_prefix('m').unwrap_or_else(|| panic!("{part:?} is no colour")));
    }
    out
}
