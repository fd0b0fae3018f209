//! Exceptions of Python, as the server reports them.

use super::show::quoted;

/// An exception: its class and its message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::action) struct Raised {
    pub(in crate::action) class: &'static str,
    pub(in crate::action) message: String,
}

pub(in crate::action) type Outcome<T> = Result<T, Raised>;

impl Raised {
    pub(in crate::action) fn new(class: &'static str, message: impl Into<String>) -> Raised {
        Raised { class, message: message.into() }
    }

    /// `TypeError("…")`, as `repr` writes it.
    pub(in crate::action) fn repr(&self) -> String {
        match &*self.message {
            "" => [self.class, "()"].concat(),
            message => [self.class, "(", &quoted(message), ")"].concat(),
        }
    }
}

/// The class of what is not calculated here.
pub(in crate::action) const NOT_HERE: &str = "NotImplementedError";

/// What the server calculates, and we do not.
pub(in crate::action) fn not_here<T>(message: impl Into<String>) -> Outcome<T> {
    Err(Raised::new(NOT_HERE, message))
}

/// The same: `what` is a noun.
pub(in crate::action) fn not_calculated<T>(what: &str) -> Outcome<T> {
    not_here([what, " is not calculated here"].concat())
}

/// A `TypeError`.
pub(in crate::action) fn type_error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(Raised::new("TypeError", message))
}

/// A `ValueError`.
pub(in crate::action) fn value_error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(Raised::new("ValueError", message))
}
