//! JSON Pointer (RFC 6901).

use std::fmt::Write;

/// Builds a pointer, outermost step first.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Pointer(String);

impl Pointer {
    /// `""`: the whole document.
    #[must_use]
    pub fn root() -> Self {
        Pointer::default()
    }

    /// One step down, to a key.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.0.push('/');
        for character in key.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
        self
    }

    /// One step down, to an item.
    #[must_use]
    pub fn item(mut self, index: usize) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "/{index}");
        self
    }

    /// Its text: empty for the whole document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Pointer {
    fn from(written: String) -> Pointer {
        Pointer(written)
    }
}

impl From<Pointer> for String {
    fn from(pointer: Pointer) -> String {
        pointer.0
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn escapes() {
        assert_eq!(Pointer::root().key("a/b~c").item(3).key("").as_str(), "/a~1b~0c/3/");
    }
}
