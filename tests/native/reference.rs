//! The page that describes all events is that of the catalogue.

use prefect_events::catalogue::families;
use prefect_events::schema::reference;

#[test]
fn the_reference_page_is_current() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/events.md");
    let page = reference();
    if std::env::var_os("UPDATE_REFERENCE").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs = committed.lines().zip(page.lines()).position(|(old, new)| old != new);
    assert!(
        committed == page,
        "docs/events.md differs from line {differs:?} on: UPDATE_REFERENCE=1 cargo test reference"
    );
}

/// Rows of a table have as many cells as its head, and every link within the page leads somewhere.
#[test]
fn the_reference_page_is_well_formed() {
    let page = reference();
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut width = None;
    for line in page.lines() {
        if !line.starts_with('|') {
            width = None;
            continue;
        }
        assert_eq!(cells(line), *width.get_or_insert(cells(line)), "{line}");
    }
    for family in families() {
        let name = family.name.text;
        let anchor: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
        assert_eq!(page.matches(&format!("\n### `{name}`\n")).count(), 1, "{name}");
        assert_eq!(page.matches(&format!("- [`{name}`](#{anchor})\n")).count(), 1, "{name}");
    }
}
