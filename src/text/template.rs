//! Sentences with placeholders: filled by one function, because each `format!` compiles to separate code.

/// A template with its placeholders `{name}` filled by `fill`, which appends the value; `None` if it has no value for
/// one.
pub(crate) fn render_with(template: &str, fill: &mut dyn FnMut(&str, &mut String) -> bool) -> Option<String> {
    let mut out = String::with_capacity(template.len().saturating_mul(2));
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = tail.split_once('}')?;
        if !fill(name, &mut out) {
            return None;
        }
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// The names of a template's placeholders.
pub(crate) fn placeholders(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// The same with given texts, each with the name of its placeholder.
pub(crate) fn render(template: &str, texts: &[(&str, &str)]) -> String {
    let rendered = render_with(template, &mut |name, out| {
        let text = texts.iter().find(|(own, _)| *own == name);
        out.push_str(text.map_or("", |(_, text)| text));
        text.is_some()
    });
    rendered.unwrap_or_default()
}
