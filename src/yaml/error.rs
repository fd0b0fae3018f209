//! Why a text cannot be read as YAML.

use std::fmt;

use crate::json::Span;

/// Why a text cannot be read, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct YamlError {
    /// What is wrong.
    pub problem: YamlProblem,
    /// The bytes that it is about.
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
        /// What keeps a text from being read.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum YamlProblem {
            $($(#[$doc])* #[doc = concat!("\"", $sentence, "\"")] $name,)*
        }

        impl YamlProblem {
            /// The sentence that a user reads.
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
    Utf8: "a byte here is not UTF-8",
    Unprintable: "this character is not allowed: write it as an escape in double quotes",
    LineSeparator: "a line separator (U+2028 or U+2029) stands here: write it as an escape in double quotes",
    Empty: "it holds nothing but comments",
    Tab: "a tab stands here, where YAML wants spaces",
    Indentation: "the indentation of this line fits none of the lines above",
    Unclosed: "this bracket is not closed",
    MismatchedBracket: "this bracket closes none that is open",
    UnclosedText: "this quote is not closed",
    Escape: "a text in double quotes has no such escape (in single quotes, backslashes mean themselves)",
    LoneSurrogate: "this escape is half of a surrogate pair",
    MissingColon: "a key is followed by a colon and a space",
    MissingKey: "the key before this colon is missing",
    KeyInValue: "a second colon with a space in one line: put the value in quotes, or on a line of its own",
    KeyOverLines: "a key and its colon stand on one line of at most 1024 characters",
    Separator: "a comma or the closing bracket is missing before this",
    Question: "a text with `?` within brackets must stand in quotes",
    Reserved: "a value cannot begin with this character: put it in quotes",
    TemplateWithoutQuotes: "a value that begins with `{{` must stand in quotes",
    Document: "a second document begins here, and one file holds one",
    Directive: "this directive is not valid",
    Version: "Prefect reads YAML 1.1 and 1.2 only",
    UnknownTag: "Prefect knows no such tag",
    TagMismatch: "this value does not fit its tag",
    TagWithoutJson: "a value with this tag has no counterpart in JSON",
    SpecialValue: "`=` and `<<` are no values: put it in quotes",
    NoSuchDate: "this has the form of a date, but there is no such date: put it in quotes",
    LargeNumber: "this number is too large",
    ComplexKey: "a key is a text, not a list or a mapping",
    AnchorName: "the name of an anchor has only letters without accents, digits, `-` and `_`",
    RepeatedAnchor: "an anchor of this name stands above",
    UnknownAlias: "no anchor of this name stands above",
    RecursiveAlias: "the anchor of this name stands around this",
    Merge: "`<<` merges mappings only",
    BlockHeader: "behind `|` or `>` come only `-`, `+` or a digit",
    TooDeep: "it is nested more than 100 deep",
    TooLarge: "with its aliases it has more than a million values",
    Trailing: "nothing but a comment may follow the value",
    Syntax: "something else is expected here",
}
