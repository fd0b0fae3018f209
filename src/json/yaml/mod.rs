//! YAML onto the same tape as JSON, so that one reader of documents serves both.
//!
//! What people write in a `prefect.yaml` is read: block and flow style, all kinds of texts, comments, anchors, aliases
//! and merge keys. Complex keys, tags and several documents are not, and are said to be not. Plain values are
//! resolved by the core schema of YAML 1.2. A full parser takes 65 KB of the module, this takes a quarter of that;
//! the tests compare the two.

mod decode;
mod read;
mod scalar;
#[cfg(test)]
mod tests;

use super::tape::Span;

pub(in crate::json) use decode::decode;
pub use read::read;
pub use scalar::yaml_1_1;

/// Why a text cannot be read, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    pub problem: Problem,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Problem {
    Utf8,
    LoneReturn,
    Empty,
    Tab,
    Indentation,
    Unclosed,
    UnclosedText,
    Escape,
    MissingColon,
    KeyInValue,
    Separator,
    Reserved,
    TemplateWithoutQuotes,
    Document,
    Tag,
    ComplexKey,
    UnknownAlias,
    LostAnchor,
    Merge,
    BlockHeader,
    TooDeep,
    TooLarge,
    Trailing,
}

impl Problem {
    /// What users are told.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Problem::Utf8 => "a byte here is not UTF-8",
            Problem::LoneReturn => "lines end with a line feed, and a carriage return stands only before one",
            Problem::Empty => "it holds nothing but comments",
            Problem::Tab => "a line is indented with a tab, where YAML wants spaces",
            Problem::Indentation => "the indentation of this line fits none of the lines above",
            Problem::Unclosed => "this bracket is not closed",
            Problem::UnclosedText => "this quote is not closed",
            Problem::Escape => {
                "a text in double quotes has no such escape (in single quotes, backslashes mean themselves)"
            }
            Problem::MissingColon => "a key is followed by a colon and a space",
            Problem::KeyInValue => {
                "a second colon with a space in one line: put the value in quotes, or on a line of its own"
            }
            Problem::Separator => "a comma or the closing bracket is missing before this",
            Problem::Reserved => "a value cannot begin with this character: put it in quotes",
            Problem::TemplateWithoutQuotes => "a value that begins with `{{` must stand in quotes",
            Problem::Document => "a second document begins here, and one file holds one",
            Problem::Tag => "tags are not read",
            Problem::ComplexKey => "keys are plain or quoted texts on one line",
            Problem::UnknownAlias => "no anchor of this name stands above",
            Problem::LostAnchor => "the anchor of this name stands around this, or in what `<<` has merged",
            Problem::Merge => "`<<` takes an alias of a mapping, or a list of them",
            Problem::BlockHeader => {
                "after `|` or `>` come at most `+` or `-` and a digit, and the text on the next lines"
            }
            Problem::TooDeep => "it is nested too deeply",
            Problem::TooLarge => "its aliases make too much of it",
            Problem::Trailing => "nothing may follow here",
        }
    }
}
