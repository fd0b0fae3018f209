//! Workflow commands of GitHub Actions, which become annotations.

use super::printable::{printable, printable_lines};

/// A command with its properties: `::error file=a.yaml,line=3::message`.
pub(super) fn command(name: &str, properties: &[(&str, String)], message: &str) -> String {
    let mut out = format!("::{name}");
    for (place, (key, value)) in properties.iter().enumerate() {
        out.push(if place == 0 { ' ' } else { ',' });
        out.extend([key, "=", &property(&printable(value))]);
    }
    out.push_str("::");
    out.push_str(&data(&printable_lines(message)));
    out.push('\n');
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
