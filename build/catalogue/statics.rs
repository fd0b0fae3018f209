//! The Rust text of the catalogue: statics that the crate includes.

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// Facts about one kind of entry in two parallel tables beside the catalogue: data that only the builder needs, and
/// data that only descriptions need.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Table {
    Label,
    Related,
    Field,
    Variant,
    Follows,
    Family,
}

/// The name of a static, and the type of its items.
type Column = (&'static str, &'static str);

/// A table, the names of its statics with their types, and the count of its rows.
const TABLES: [(Table, &str, [Column; 2]); 6] = [
    (Table::Label, "LABELS", [("LABEL_AUTHORING", "Authoring"), ("LABEL_DESCRIPTIONS", "Description")]),
    (Table::Related, "RELATED", [("RELATED_AUTHORING", "Generation"), ("RELATED_DESCRIPTIONS", "RelatedDescription")]),
    (Table::Field, "FIELDS", [("FIELD_AUTHORING", "Authoring"), ("FIELD_DESCRIPTIONS", "Description")]),
    (Table::Variant, "VARIANTS", [("VARIANT_AUTHORING", "Option<&str>"), ("VARIANT_DESCRIPTIONS", "bool")]),
    (Table::Follows, "FOLLOWS", [("FOLLOWS_AUTHORING", "&str"), ("FOLLOWS_DESCRIPTIONS", "bool")]),
    (Table::Family, "FAMILY_ROWS", [("FAMILY_DOCS", "Option<&str>"), ("FAMILY_DESCRIPTIONS", "FamilyDescription")]),
];

type Row = [TokenStream; 2];

#[derive(Default)]
struct Rows {
    all: Vec<Row>,
    /// Their indexes, by their text.
    known: HashMap<String, u16>,
}

#[derive(Default)]
pub(super) struct Statics {
    written: RefCell<Vec<TokenStream>>,
    /// The names of the statics already written, by their text.
    known: RefCell<HashMap<String, Ident>>,
    tables: RefCell<HashMap<Table, Rows>>,
}

impl Statics {
    /// A `&'static [T]`: equal lists are written once.
    pub(super) fn list(&self, kind: &str, items: &[TokenStream]) -> TokenStream {
        if items.is_empty() {
            return quote!(&[]);
        }
        let (length, of) = (items.len(), parsed(kind));
        let name = self.named(kind, &quote!([#of; #length]), &quote!([#(#items),*]));
        quote!(&#name)
    }

    /// A `&'static T`: equal values are written once.
    pub(super) fn one(&self, kind: &str, item: &TokenStream) -> TokenStream {
        let name = self.named(kind, &parsed(kind), item);
        quote!(&#name)
    }

    pub(super) fn texts(&self, texts: &[impl AsRef<str>]) -> TokenStream {
        let texts: Vec<_> = texts.iter().map(|text| text.as_ref().to_token_stream()).collect();
        self.list("&str", &texts)
    }

    /// The number of a row: equal rows are written once.
    pub(super) fn row(&self, table: Table, authoring: TokenStream, description: TokenStream) -> TokenStream {
        let mut tables = self.tables.borrow_mut();
        let Rows { all, known } = tables.entry(table).or_default();
        let text = format!("{authoring}\n{description}");
        let next = u16::try_from(all.len()).unwrap_or(u16::MAX);
        let number = *known.entry(text).or_insert(next);
        if number == next {
            all.push([authoring, description]);
        }
        quote!(Number::new(#number))
    }

    fn named(&self, kind: &str, of: &TokenStream, value: &TokenStream) -> Ident {
        let mut known = self.known.borrow_mut();
        let next = known.len();
        let text = format!("{of}\n{value}");
        known
            .entry(text)
            .or_insert_with(|| {
                let letters: String = kind.chars().filter(char::is_ascii_alphabetic).collect();
                let name = format_ident!("{}_{next}", letters.to_uppercase());
                self.written.borrow_mut().push(quote!(static #name: #of = #value;));
                name
            })
            .clone()
    }

    /// The text of all, one line each.
    pub(super) fn finish(self) -> Result<String, String> {
        let mut written = self.written.into_inner();
        let mut tables = self.tables.into_inner();
        for (table, count, statics) in TABLES {
            let rows = tables.remove(&table).unwrap_or_default().all;
            // The numbers are 16 bits wide.
            let length = rows.len();
            if length >= usize::from(u16::MAX) {
                return Err(format!("{count}: too many rows"));
            }
            let count = format_ident!("{count}");
            written.push(quote!(pub(super) const #count: usize = #length;));
            for (column, (name, kind)) in statics.into_iter().enumerate() {
                if kind == "()" {
                    continue;
                }
                let (name, kind) = (format_ident!("{name}"), parsed(kind));
                let cells = rows.iter().filter_map(|row| row.get(column));
                written.push(quote!(pub(super) static #name: [#kind; #count] = [#(#cells),*];));
            }
        }
        Ok(written.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    /// Adds a static of the catalogue itself.
    pub(super) fn public(&self, item: &TokenStream) {
        self.written.borrow_mut().push(quote!(pub(super) #item));
    }
}

/// A type, as tokens.
fn parsed(kind: &str) -> TokenStream {
    kind.parse().unwrap_or_default()
}

/// `Some(…)` or `None`.
pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    value.map_or(quote!(None), |value| quote!(Some(#value)))
}

/// The enum variant with the same name as the build script's own.
pub(super) fn variant(of: &str, value: &impl std::fmt::Debug) -> TokenStream {
    let (of, value) = (format_ident!("{of}"), format_ident!("{value:?}"));
    quote!(#of::#value)
}
