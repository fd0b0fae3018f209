//! How results name files and counts.

use std::fmt::Display;

/// `1 event`, `2 events`
pub(super) fn plural<N: Copy + Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let end = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{end}")
}

/// The name of a file for people.
pub(crate) fn display_name(file: &str) -> &str {
    match file {
        "-" => "<stdin>",
        // The argument of `validate ''`.
        "" => "the file ``",
        _ => file,
    }
}
