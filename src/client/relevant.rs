//! Which events an automation needs.

use crate::automation::Trigger;
use crate::diagnostic::Report;
use crate::simulate::{DocumentText, given_automations};
use crate::text::phrase::{count, list};

use super::filter::FilterNames;

/// What the server records about automations: a comparison needs the firings.
const AUTOMATIONS: &str = "prefect.automation.";

/// The names of the events that the automations of a document wait for, and of those that the server records about
/// automations. All names, if a trigger waits for any event.
///
/// # Errors
/// The document has errors.
pub(super) fn names(document: &str) -> Result<FilterNames, Box<Report>> {
    let automations = given_automations(DocumentText::from(document))?;
    let mut names = FilterNames { exact: Vec::new(), prefixes: vec![AUTOMATIONS.to_owned()] };
    let is_any = automations.iter().any(|automation| add(&automation.trigger, &mut names));
    Ok(if is_any { FilterNames::default() } else { names })
}

/// Whether it waits for any event.
fn add(trigger: &Trigger, names: &mut FilterNames) -> bool {
    match trigger {
        Trigger::Event(trigger) => {
            if trigger.expect.is_empty() {
                return true;
            }
            trigger.expect.iter().chain(&trigger.after).any(|name| add_name(name, names))
        }
        Trigger::Composite(composite) => composite.triggers.iter().any(|child| add(child, names)),
    }
}

/// Whether the name is a pattern that may match any event.
fn add_name(name: &str, names: &mut FilterNames) -> bool {
    // Python's `fnmatch`.
    let (list, name) = match name.split_once(['*', '?', '[']) {
        Some(("", _)) => return true,
        Some((prefix, _)) => (&mut names.prefixes, prefix),
        None => (&mut names.exact, name),
    };
    if !list.iter().any(|known| known == name) {
        list.push(name.to_owned());
    }
    false
}

/// What a capture with only these events cannot tell.
pub(super) fn limits(names: &FilterNames) -> Option<String> {
    if names.is_any() {
        return None;
    }
    let shown = names.exact.iter().cloned().chain(names.prefixes.iter().map(|prefix| format!("{prefix}*")));
    let shown: Vec<String> = shown.collect();
    let more = shown.len().saturating_sub(6);
    let first = list(&mut shown.iter().take(6).map(|name| &**name), if more > 0 { ", " } else { " and " });
    let rest = if more > 0 { format!(" and {} more names", count(more)) } else { String::new() };
    Some(format!(
        "only events named {first}{rest}, and those that they follow: these events cannot show what other automations would \
         do, what this one would do on events with other names, or what else happened to a run"
    ))
}
