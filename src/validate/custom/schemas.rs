//! The schemas: the events they apply to, and their references.

use std::error::Error;
use std::fmt::Write;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ReferencingError, Registry, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value as Json;

use crate::diagnostic::display;
use crate::json::{Kind, Tape, Value, parse};
use crate::text::Glob;
use crate::text::phrase::shown;

use super::causes::causes;
use super::error::{BadSchema, SchemasError};
use super::{budget, read, violation};

/// The keyword with which a schema names its own events, instead of by its key in the set.
const EVENTS: &str = "x-prefect-events";
/// The base URI of schemas without an `$id`: relative references lead from one to another.
const BASE: &str = "json-schema:///";
/// No useful schema is nested deeper, and the library is recursive.
const DEEPEST: usize = 100;

pub(super) struct Schema {
    pub key: String,
    events: Vec<Glob>,
    /// The most keywords of it that apply to one value.
    pub work: u64,
    pub validator: Validator,
}

/// Schemas for events, by their names.
pub struct Schemas(Vec<Schema>);

impl std::fmt::Debug for Schemas {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|schema| &schema.key)).finish()
    }
}

impl Schemas {
    /// Reads schemas: the JSON text of an object of event names (or patterns such as `acme.order.*`) and JSON Schemas.
    /// References lead from one to another by their names; nothing is fetched.
    ///
    /// ```
    /// use prefect_events::diagnostic::TextOptions;
    /// use prefect_events::validate::{Schemas, ValidateOptions, validate};
    ///
    /// let schemas = r#"{"acme.order.*": {"properties": {"payload": {"required": ["total"]}}}}"#;
    /// let options = ValidateOptions { schemas: Some(Schemas::read(schemas)?.into()), ..ValidateOptions::default() };
    /// let event = br#"{"occurred": "2026-03-31T18:30:00Z", "event": "acme.order.paid",
    ///     "resource": {"prefect.resource.id": "acme.order.1"}, "payload": {},
    ///     "id": "01a1ffe4-419a-726f-8626-5e21f619db83"}"#;
    /// let report = validate(event, TextOptions::default(), &options);
    /// assert_eq!(report.diagnostics[0].code, "schema-violation");
    /// # Ok::<(), prefect_events::validate::SchemasError>(())
    /// ```
    ///
    /// # Errors
    /// The text is not a JSON object, or one of the schemas is invalid.
    pub fn read(json: &str) -> Result<Schemas, SchemasError> {
        let (mut tape, mut issues) = (Tape::new(), Vec::new());
        let text = json.as_bytes();
        let complete = parse(text, 0, &mut tape, &mut issues).complete;
        let document = tape.document(text);
        let root = document.root().filter(|_| complete && issues.is_empty());
        let root = root.ok_or(SchemasError::NotJson)?;
        if root.kind() != Kind::Object {
            return Err(SchemasError::NotAnObject { found: display::text(root) });
        }
        let schemas = root.members().map(|(key, schema)| (key.string().into_owned(), schema));
        Ok(Schemas::compile(schemas)?)
    }

    pub(super) fn compile<'t>(schemas: impl Iterator<Item = (String, Value<'t>)>) -> Result<Schemas, BadSchema> {
        let mut sources: Vec<(String, Vec<Glob>, Json)> = Vec::new();
        for (key, value) in schemas {
            let bad = |pointer: &str, problem: &str| BadSchema {
                key: key.clone(),
                pointer: pointer.to_owned(),
                problem: problem.to_owned(),
            };
            if !matches!(value.kind(), Kind::Object | Kind::True | Kind::False) {
                return Err(bad("", "a JSON Schema is an object, `true` or `false`"));
            }
            if depth(value) > DEEPEST {
                return Err(bad("", "it is nested too deeply"));
            }
            let events = match value.get(EVENTS) {
                None => vec![Glob::new(&key)],
                Some(one) if one.is_string() => vec![Glob::new(&one.string())],
                Some(list) if list.kind() == Kind::Array && list.items().all(Value::is_string) => {
                    list.items().map(|one| Glob::new(&one.string())).collect()
                }
                Some(_) => {
                    return Err(bad(&format!("/{EVENTS}"), "`x-prefect-events` is an event's name or a list of names"));
                }
            };
            sources.push((key, events, read::value(value)));
        }
        if sources.len() > budget::MAX_SCHEMAS {
            let problem = format!("there are more than {} schemas", budget::MAX_SCHEMAS);
            let key = sources.last().map(|(key, ..)| key.clone()).unwrap_or_default();
            return Err(BadSchema { key, pointer: String::new(), problem });
        }
        let mut values = 0;
        for (key, _, source) in &sources {
            if let Some(problem) = budget::too_large(source, &mut values) {
                return Err(BadSchema { key: key.clone(), pointer: String::new(), problem });
            }
        }
        let roots: Vec<_> = sources.iter().map(|(key, _, source)| (key.as_str(), source)).collect();
        let work = budget::per_value(&roots).unwrap_or_default();
        for (place, (key, ..)) in sources.iter().enumerate() {
            if work.get(place).is_none_or(|work| *work > budget::MAX_PER_VALUE) {
                let problem =
                    format!("more than {} of its keywords can apply to one value of an event", budget::MAX_PER_VALUE);
                return Err(BadSchema { key: key.clone(), pointer: String::new(), problem });
            }
        }
        let nowhere = |error: &ReferencingError| {
            let (key, pointer) = culprit(&sources, error).unwrap_or_default();
            BadSchema { key, pointer, problem: unresolved(error) }
        };
        let registry = registry(&sources).map_err(|error| {
            if culprit(&sources, &error).is_some() {
                return nowhere(&error);
            }
            // An `$id` that is not a URI: report the schema that has this problem also by itself.
            let alone = |one: &&(String, Vec<Glob>, Json)| registry(std::slice::from_ref(*one)).is_err();
            let key = sources.iter().find(alone).map(|(key, ..)| key.clone()).unwrap_or_default();
            BadSchema { key, pointer: "/$id".to_owned(), problem: unresolved(&error) }
        })?;
        let (mut compiled, mut bad) = (Vec::new(), Vec::new());
        for (key, _, source) in &sources {
            let options = jsonschema::options().with_registry(&registry).with_base_uri(uri(key));
            match options.should_validate_formats(true).build(source) {
                Ok(validator) => compiled.push(validator),
                Err(error) => bad.push(match error.kind() {
                    ValidationErrorKind::Referencing(error) => nowhere(error),
                    _ => bad_schema(key, &error),
                }),
            }
        }
        // A schema that refers to an invalid one is invalid too, but at a place that it may not have itself.
        let has = |bad: &BadSchema| {
            !bad.pointer.is_empty()
                && sources.iter().any(|(key, _, source)| *key == bad.key && source.pointer(&bad.pointer).is_some())
        };
        bad.sort_by_key(|bad| !has(bad));
        if let Some(bad) = bad.into_iter().next() {
            return Err(bad);
        }
        drop(registry);
        let schemas = sources.into_iter().zip(compiled).zip(work);
        let schema = |(((key, events, _), validator), work)| Schema { key, events, work, validator };
        Ok(Schemas(schemas.map(schema).collect()))
    }

    /// The schemas for events of this name.
    pub(super) fn of<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Schema> {
        self.0.iter().filter(move |schema| schema.events.iter().any(|pattern| pattern.matches(name)))
    }
}

fn depth(value: Value<'_>) -> usize {
    // Not deeper than the reader goes.
    let inner = value.items().chain(value.members().map(|(_, member)| member)).map(depth).max();
    inner.map_or(0, |inner| inner.saturating_add(1))
}

/// All schemas, at the URIs of their keys, with and without `.json`; the registry reads their `$id`s.
fn registry(sources: &[(String, Vec<Glob>, Json)]) -> Result<Registry<'_>, ReferencingError> {
    let mut registry = Registry::new().retriever(Nothing);
    for (key, _, source) in sources {
        let uri = uri(key);
        let file = [&uri, ".json"].concat();
        registry = registry.add(uri, source)?.add(file, source)?;
    }
    registry.prepare()
}

fn uri(key: &str) -> String {
    let mut uri = BASE.to_owned();
    for byte in key.bytes() {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' | b'*' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// Never fetches anything.
struct Nothing;

impl Retrieve for Nothing {
    fn retrieve(&self, _: &Uri<String>) -> Result<Json, Box<dyn Error + Send + Sync>> {
        Err("it is not among the schemas".into())
    }
}

fn unresolved(error: &ReferencingError) -> String {
    match error {
        ReferencingError::Unretrievable { uri, .. } => {
            let name = uri.strip_prefix(BASE).unwrap_or(uri);
            format!("it refers to `{name}`, which is not one of the given schemas (nothing is fetched)")
        }
        ReferencingError::PointerToNowhere { pointer } => format!("it refers to `{pointer}`, which does not exist"),
        other => other.to_string(),
    }
}

/// The place of the reference that an error is about.
fn culprit(sources: &[(String, Vec<Glob>, Json)], error: &ReferencingError) -> Option<(String, String)> {
    let (whole, part) = match error {
        ReferencingError::Unretrievable { uri, .. } => (uri.as_str(), None),
        ReferencingError::PointerToNowhere { pointer } => ("", Some(pointer.as_str())),
        ReferencingError::NoSuchAnchor { anchor } | ReferencingError::InvalidAnchor { anchor } => {
            ("", Some(anchor.as_str()))
        }
        ReferencingError::UnknownSpecification { specification } => (specification.as_str(), None),
        _ => return None,
    };
    let is_it = |text: &str| {
        if let Some(part) = part {
            return text.split_once('#').is_some_and(|(_, fragment)| fragment == part);
        }
        let document = text.split('#').next().unwrap_or_default();
        let document = document.strip_prefix("./").unwrap_or(document);
        !document.is_empty() && whole.trim_end_matches('#').ends_with(document)
    };
    sources.iter().find_map(|(key, _, source)| Some((key.clone(), reference(source, &is_it)?)))
}

/// The pointer to a reference with this text.
fn reference(schema: &Json, is_it: &dyn Fn(&str) -> bool) -> Option<String> {
    const REFERENCES: [&str; 4] = ["$ref", "$dynamicRef", "$recursiveRef", "$schema"];
    let below = |step: &str, inner: &Json| {
        reference(inner, is_it).map(|rest| ["/", &step.replace('~', "~0").replace('/', "~1"), &rest].concat())
    };
    match schema {
        Json::Object(members) => members.iter().find_map(|(key, member)| match member.as_str() {
            Some(text) => (REFERENCES.contains(&key.as_str()) && is_it(text)).then(|| ["/", key].concat()),
            None => below(key, member),
        }),
        Json::Array(items) => items.iter().enumerate().find_map(|(at, item)| below(&at.to_string(), item)),
        _ => None,
    }
}

/// What the metaschema rejects.
fn bad_schema(key: &str, error: &ValidationError<'_>) -> BadSchema {
    let mut first: Option<BadSchema> = None;
    causes(error, &mut |error| {
        if first.is_none() {
            let found = match error.instance().as_ref() {
                Json::String(text) => format!("the string `{}`", shown(text)),
                other => format!("`{}`", shown(&other.to_string())),
            };
            let problem = violation::demand(error.kind(), error, &found);
            let pointer = error.instance_path().as_str();
            let what = pointer.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("it").to_owned();
            let problem = format!("`{what}` {problem}");
            first = Some(BadSchema { key: key.to_owned(), pointer: pointer.to_owned(), problem });
        }
    });
    first.unwrap_or_else(|| BadSchema {
        key: key.to_owned(),
        pointer: error.instance_path().as_str().to_owned(),
        problem: error.to_string(),
    })
}
