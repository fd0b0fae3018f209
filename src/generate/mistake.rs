//! What is told of a mistake in what is to be built.

use crate::diagnostic::display::text as shown_value;
use crate::json::Value;
use crate::text::nearest::nearest;

/// A mistake of the caller, in a sentence.
pub type Mistake = String;

pub(super) fn needs(name: &str, key: &str, meaning: &str) -> Mistake {
    let colon = if meaning.is_empty() { "" } else { ": " };
    format!("`{name}` cannot be built without `{key}`{colon}{meaning}")
}

pub(super) fn must_be(key: &str, expected: &str, found: &str) -> Mistake {
    format!("`{key}` must be {expected}, not {found}")
}

pub(super) fn wrong(key: &str, expected: &str, found: Value<'_>) -> Mistake {
    must_be(key, expected, &shown_value(found))
}

pub(super) fn disagree(key: &str, found: &str, other: &str) -> Mistake {
    format!("`{key}` is `{found}`, but what must be the same is `{other}`")
}

pub(super) fn unknown_key(name: &str, key: &str, within: &str, known: &[&str]) -> Mistake {
    let last = key.rsplit('.').next().unwrap_or(key);
    let hint = match nearest(last, &mut known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "it takes none".to_owned(),
        None => format!("there are {}", listed(known)),
    };
    let place = if within.is_empty() { String::new() } else { format!(" in `{within}`") };
    format!("`{name}` knows no `{last}`{place}: {hint}")
}

pub(super) fn unknown_event(name: &str, near: Option<&str>) -> Mistake {
    let hint = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    format!("Prefect has no event `{name}`{hint} (names that begin with `prefect.` are Prefect's own)")
}

fn listed(words: &[&str]) -> String {
    let mut out = String::new();
    for (at, word) in words.iter().enumerate() {
        let last = at > 0 && at.saturating_add(1) == words.len();
        out.push_str(if at == 0 {
            ""
        } else if last {
            " and "
        } else {
            ", "
        });
        out.push('`');
        out.push_str(word);
        out.push('`');
    }
    out
}
