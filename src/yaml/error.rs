//! Why a text cannot be read as YAML.

use std::fmt;

use crate::json::Span;

/// Why a text cannot be read, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct YamlError {
    /// The problem.
    pub problem: YamlProblem,
    /// Its bytes.
    pub span: Span,
}

impl fmt::Display for YamlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.problem.sentence())
    }
}

impl std::error::Error for YamlError {}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $sentence:literal,)*) => {
        /// The possible problems.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum YamlProblem {
            $($(#[$doc])* #[doc = concat!("\"", $sentence, "\"")] $name,)*
        }

        impl YamlProblem {
            /// The message for users.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(YamlProblem::$name => $sentence,)*
                }
            }
        }
    };
}

problems! {
    Utf8: "this byte is not UTF-8",
    Unprintable: "this character must be escaped in double quotes",
    LineSeparator: "a line separator (U+2028 or U+2029) must be escaped in double quotes",
    Empty: "it contains only comments",
    Tab: "YAML needs spaces here, not a tab",
    Indentation: "the indentation of this line matches no line above",
    Unclosed: "this bracket is not closed",
    MismatchedBracket: "no open bracket matches this one",
    UnclosedText: "this quote is not closed",
    Escape: "unknown escape in double quotes (in single quotes, a backslash is just a backslash)",
    LoneSurrogate: "this escape is a lone surrogate",
    MissingColon: "a key needs a colon and a space after it",
    MissingKey: "the key before this colon is missing",
    KeyInValue: "a second colon with a space on one line: quote the value, or put it on its own line",
    KeyOverLines: "a key and its colon must be on one line of at most 1024 characters",
    Separator: "a comma or the closing bracket is missing before this",
    Question: "a value with `?` inside brackets needs quotes",
    Reserved: "a value cannot begin with this character: quote it",
    TemplateWithoutQuotes: "a value that begins with `{{` needs quotes",
    Document: "a second document begins here: only one per file is allowed",
    Directive: "this directive is not valid",
    Version: "Prefect reads YAML 1.1 and 1.2 only",
    UnknownTag: "unknown tag",
    TagMismatch: "this value does not match its tag",
    TagWithoutJson: "a value with this tag has no JSON equivalent",
    SpecialValue: "`=` and `<<` are not values: quote it",
    NoSuchDate: "this looks like a date, but there is no such date: quote it",
    LargeNumber: "this number is too large",
    ComplexKey: "a key must be a string, not a list or a mapping",
    AnchorName: "an anchor name can contain only ASCII letters, digits, `-` and `_`",
    RepeatedAnchor: "this anchor is already defined",
    UnknownAlias: "this anchor is not defined above",
    RecursiveAlias: "this alias refers to a value that contains it",
    Merge: "`<<` merges mappings only",
    BlockHeader: "behind `|` or `>`, only `-`, `+` or a digit is allowed",
    TooDeep: "it is nested more than 100 deep",
    TooLarge: "with its aliases, it has more than a million values",
    Trailing: "only a comment may follow the value",
    Syntax: "something else is expected here",
}
