//! JSON values in the making: parts of schemas are made first and put together afterwards.

use crate::json::write::{ToJson, Writer, string};

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Tree {
    Null,
    Flag(bool),
    Number(u64),
    Text(String),
    List(Vec<Tree>),
    Object(Object),
    /// JSON text that is there already.
    Raw(String),
}

/// The members of an object, in their order.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Object(Vec<(String, Tree)>);

impl Object {
    pub fn new() -> Object {
        Object::default()
    }

    pub fn with(mut self, key: &str, value: impl Into<Tree>) -> Object {
        self.0.push((key.to_owned(), value.into()));
        self
    }

    /// With a member, if there is anything in it.
    pub fn with_any(self, key: &str, value: impl Into<Tree>) -> Object {
        let value = value.into();
        let empty = match &value {
            Tree::Text(text) => text.is_empty(),
            Tree::List(items) => items.is_empty(),
            Tree::Object(object) => object.0.is_empty(),
            _ => false,
        };
        if empty { self } else { self.with(key, value) }
    }

    pub fn and(mut self, more: Object) -> Object {
        self.0.extend(more.0);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Tree {
        Tree::Text(text)
    }
}

impl From<bool> for Tree {
    fn from(flag: bool) -> Tree {
        Tree::Flag(flag)
    }
}

impl From<u64> for Tree {
    fn from(number: u64) -> Tree {
        Tree::Number(number)
    }
}

impl From<Object> for Tree {
    fn from(object: Object) -> Tree {
        Tree::Object(object)
    }
}

impl<T: Into<Tree>> From<Vec<T>> for Tree {
    fn from(items: Vec<T>) -> Tree {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Tree>, const N: usize> From<[T; N]> for Tree {
    fn from(items: [T; N]) -> Tree {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}

impl ToJson for Tree {
    fn write(&self, writer: &mut Writer) {
        match self {
            Tree::Null => writer.raw("null"),
            Tree::Flag(flag) => writer.raw(if *flag { "true" } else { "false" }),
            Tree::Number(number) => writer.raw(&number.to_string()),
            Tree::Text(text) => {
                let mut quoted = String::new();
                string(&mut quoted, text);
                writer.raw(&quoted);
            }
            Tree::List(items) => items.as_slice().write(writer),
            Tree::Object(object) => object.write(writer),
            Tree::Raw(json) => writer.raw(json),
        }
    }
}

impl ToJson for Object {
    fn write(&self, writer: &mut Writer) {
        writer.open('{');
        for (key, value) in &self.0 {
            writer.value(key, value);
        }
        writer.close('}');
    }
}
