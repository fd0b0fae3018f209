//! Links into Prefect's documentation.

pub(super) const SITE: &str = "https://docs.prefect.io";

/// The URL of a heading, by the path of its page.
pub(super) fn link(page: &str, anchor: &str) -> String {
    [SITE, page, "#", anchor].concat()
}

/// The anchor of a heading that is the name of an event: in small letters, without dots and braces.
pub(super) fn anchor(name: &str) -> String {
    let mut anchor = String::new();
    for c in name.chars() {
        if !matches!(c, '.' | '{' | '}') {
            anchor.push(c.to_ascii_lowercase());
        }
    }
    anchor
}
