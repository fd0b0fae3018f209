//! Findings of parts of a text as bytes, for another process of the same version.

use serde::{Deserialize, Serialize};

use super::findings::{Found, Location, Positioned};
use super::{Code, Edit, Severity};
use crate::json::{Position, Range};

/// A settled finding: see [`Found`].
#[derive(Serialize, Deserialize)]
pub(crate) struct PackedFound {
    code: String,
    severity: Severity,
    index: Option<u64>,
    name: Option<String>,
    path: String,
    range: Option<Range>,
    docs: Option<String>,
    arguments: Vec<(String, String)>,
    positioned: Vec<(String, Position, String)>,
    changes: Vec<Edit>,
}

impl PackedFound {
    pub(crate) fn pack(found: Found) -> Self {
        let positioned = |one: Positioned| (one.name.to_owned(), one.position.unwrap_or(Position::START), one.template);
        PackedFound {
            code: found.code.name().to_owned(),
            severity: found.severity,
            index: found.index,
            name: found.name,
            path: found.path,
            range: match found.location {
                Location::Known(range) => Some(range),
                Location::Bytes(_) | Location::Nowhere => None,
            },
            docs: found.docs.map(str::to_owned),
            arguments: found.arguments.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
            positioned: found.positioned.into_iter().map(positioned).collect(),
            changes: found.changes,
        }
    }

    /// The finding; `None`: its code is of another version. `docs` returns an address of the documentation that is known.
    pub(crate) fn unpack(self, docs: &dyn Fn(&str) -> Option<&'static str>) -> Option<Found> {
        let code = Code::find(&self.code)?;
        let mut found = Found::settled(code, self.severity);
        (found.index, found.name, found.path) = (self.index, self.name, self.path);
        found.location = self.range.map_or(Location::Nowhere, Location::Known);
        found.docs = self.docs.and_then(|text| code.docs().filter(|own| *own == text).or_else(|| docs(&text)));
        // An argument that no text of the code has changes none of them.
        found.arguments =
            self.arguments.into_iter().filter_map(|(name, text)| Some((code.argument(&name)?, text))).collect();
        let positioned = |(name, position, template): (String, Position, String)| {
            Some(Positioned::settled(code.argument(&name)?, position, template))
        };
        found.positioned = self.positioned.into_iter().filter_map(positioned).collect();
        found.changes = self.changes;
        Some(found)
    }
}
