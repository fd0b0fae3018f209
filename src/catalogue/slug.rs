/// The slug of a name by the rules of python-slugify. `None` if that would need its tables (letters beyond ASCII, HTML
/// entities).
#[must_use]
pub fn slug(name: &str) -> Option<String> {
    if !name.is_ascii() || name.as_bytes().contains(&b'&') {
        return None;
    }
    let mut slug = String::with_capacity(name.len());
    let bytes = name.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            slug.push(char::from(byte.to_ascii_lowercase()));
            continue;
        }
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        // `1,000` is one number.
        let inside_number = *byte == b',' && digit(at.checked_sub(1)) && digit(at.checked_add(1));
        if !inside_number && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Some(slug.trim_end_matches('-').to_owned())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn makes_slugs_as_python_does() {
        for (name, expected) in [
            ("My k8s worker", "my-k8s-worker"),
            ("--A__b  c!", "a-b-c"),
            ("1,000 x", "1000-x"),
            ("it's", "it-s"),
            ("", ""),
        ] {
            assert_eq!(slug(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(slug("größe"), None);
    }
}
