//! The command `build`: an event, or all events of a flow run.

use std::fmt::Display;

use serde::de::Error;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Deserializer};

use crate::generate::{BuildOptions, History, RunSpec, TOO_DEEP, build_event};
use crate::json::tree::{ObjectTree, Tree, written};
use crate::json::{Fault, Issue, Kind, MAX_DEPTH, Tape, Value, parse};
use crate::render::{BuiltForm, display_name, rendered};
use crate::text::strict::strict;

use super::Next;
use super::steps::{Inputs, Outcome, Run, Stop, needed};
use super::surroundings::Surroundings;

/// The options of `build`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub struct BuildCommandOptions {
    /// The name of the event.
    pub name: Option<String>,
    /// Instead of a name: the history of a flow run.
    pub run: bool,
    /// Values, such as `task_run.name=extract-0`.
    pub set: Option<Vec<String>>,
    /// A file with values, a JSON object.
    pub from: Option<String>,
    /// The form of the output.
    #[serde(rename = "as")]
    pub form: BuiltForm,
    /// The same seed and time give the same ids.
    pub seed: Option<String>,
    /// The current time.
    pub now: Option<String>,
}

impl<'de> Deserialize<'de> for BuildCommandOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(strict(deserializer))
    }
}

pub(super) struct Build {
    options: BuildCommandOptions,
    how: BuildOptions,
}

impl Build {
    /// # Errors
    /// The time is none.
    pub(super) fn new<E: Error>(options: BuildCommandOptions, surroundings: &Surroundings) -> Result<Build, E> {
        let seed = options.seed.as_ref().unwrap_or(&surroundings.seed);
        let now = options.now.as_ref().unwrap_or(&surroundings.now);
        // Read like the options of the library, with its messages.
        let given = [("seed", &**seed), ("now", &**now)];
        let how = super::read(MapDeserializer::new(given.into_iter()))?;
        Ok(Build { options, how })
    }
}

impl Run for Build {
    fn run(&mut self, inputs: &mut Inputs) -> Result<Outcome, Stop> {
        let BuildCommandOptions { name, run, set, from, form, .. } = &self.options;
        if name.is_some() == *run {
            return Err(Stop::Want(Next::Usage));
        }
        let set = set.as_deref().unwrap_or_default();
        let text = match from {
            Some(file) => Vec::clone(&*needed(file, inputs.read(file)?)?),
            None => b"{}".to_vec(),
        };
        let file = from.as_deref().unwrap_or_default();
        let input = values(text, set).map_err(|problem| match problem {
            Problem::InFile(reason) => Stop::Fail([display_name(file), " ", reason].concat()),
            Problem::InArgument(message) => Stop::Fail(message),
        })?;
        let built = match name {
            Some(name) => vec![tree(build_event(name, &input, &self.how).map_err(fail)?.json())?],
            None => history(&input, &self.how)?,
        };
        Ok(Outcome::printing(rendered(built, !run, *form).map_err(fail)?))
    }
}

fn fail(problem: impl Display) -> Stop {
    Stop::Fail(problem.to_string())
}

/// The builder's result is text, for this caller as for any: its templates have no other form of an event.
fn tree(text: &str) -> Result<Tree, Stop> {
    written(text).map_err(fail)
}

fn history(spec: &[u8], how: &BuildOptions) -> Result<Vec<Tree>, Stop> {
    let mut history = RunSpec::from_json(spec).and_then(|spec| History::new(&spec, how)).map_err(fail)?;
    let mut all = Vec::new();
    while let Some(part) = history.part() {
        if let Tree::List(events) = tree(&part)? {
            all.extend(events);
        }
    }
    Ok(all)
}

enum Problem {
    InFile(&'static str),
    InArgument(String),
}

/// The values of a file with those of the arguments, as JSON text.
fn values(text: Vec<u8>, set: &[String]) -> Result<Vec<u8>, Problem> {
    const NO_JSON: Problem = Problem::InFile("is not JSON");
    match root_kind(&text).map_err(|is_too_deep| if is_too_deep { too_deep() } else { NO_JSON })? {
        // A lone surrogate, or a repeated key: the library explains them.
        Kind::Object if set.is_empty() => Ok(text),
        Kind::Object => {
            let Some(Tree::Object(mut object)) = std::str::from_utf8(&text).ok().and_then(|text| written(text).ok())
            else {
                return Err(NO_JSON);
            };
            for assignment in set {
                assign(&mut object, assignment)?;
            }
            Ok(Tree::from(object).line().into_bytes())
        }
        _ => Err(Problem::InFile("does not contain an object")),
    }
}

fn too_deep() -> Problem {
    Problem::InArgument(TOO_DEEP.to_owned())
}

/// The kind of a JSON document, or whether it is too deep; otherwise it is not JSON.
fn root_kind(text: &[u8]) -> Result<Kind, bool> {
    let (mut tape, mut issues) = (Tape::new(), Vec::new());
    let is_complete = parse(text, 0, &mut tape, &mut issues).complete;
    let is_valid = |issue: &Issue| {
        use Fault::{DuplicateKey, IntegerTooLong, LoneSurrogate, NumberRange};
        matches!(issue.fault, LoneSurrogate | DuplicateKey { .. } | NumberRange | IntegerTooLong)
    };
    let is_json = is_complete && issues.iter().all(is_valid);
    let root = tape.document(text).root().filter(|_| is_json).map(Value::kind);
    root.ok_or_else(|| issues.last().is_some_and(|issue| issue.fault == Fault::TooDeep))
}

/// Sets `task_run.name=extract-0`. Labels contain dots: after `resource.`, everything is the label's name.
fn assign(input: &mut ObjectTree, assignment: &str) -> Result<(), Problem> {
    let Some((key, text)) = assignment.split_once('=').filter(|(key, _)| !key.is_empty()) else {
        let message = format!("--set needs KEY=VALUE, such as task_run.name=extract-0, not {assignment}");
        return Err(Problem::InArgument(message));
    };
    let path: Vec<&str> = match key.strip_prefix("resource.") {
        Some(label) => vec!["resource", label],
        None => key.split('.').collect(),
    };
    let value = value(text, path.first() == Some(&"payload"))?;
    match path.split_first() {
        Some((first, rest)) if path.len() <= MAX_DEPTH => {
            put(input.entry(first), rest, value).map_err(Problem::InArgument)
        }
        _ => Err(too_deep()),
    }
}

/// Puts a value at a path below a place.
fn put(place: &mut Tree, path: &[&str], value: Tree) -> Result<(), String> {
    let Some((key, rest)) = path.split_first() else {
        *place = value;
        return Ok(());
    };
    if *place == Tree::Null {
        *place = ObjectTree::new().into();
    }
    match place {
        Tree::List(items) => {
            let length = items.len();
            let is_digits = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
            let index = key.parse::<usize>().ok().filter(|index| is_digits && *index <= length).ok_or_else(|| {
                format!("--set: a list of {length} has no index `{key}`: indexes start at 0; {length} appends")
            })?;
            if index == length {
                items.push(Tree::Null);
            }
            items.get_mut(index).map_or(Ok(()), |item| put(item, rest, value))
        }
        Tree::Object(object) => put(object.entry(key), rest, value),
        other => Err(format!("--set: `{key}` cannot be set in {}, which is no object", other.line())),
    }
}

/// The value: a string, unless it is JSON that cannot be meant as a string.
fn value(text: &str, any: bool) -> Result<Tree, Problem> {
    if !any && text != "null" && !text.starts_with(['[', '{', '"']) {
        return Ok(text.into());
    }
    match root_kind(text.as_bytes()) {
        Err(true) => Err(too_deep()),
        Err(false) => Ok(text.into()),
        Ok(_) => Ok(written(text).unwrap_or_else(|_| text.into())),
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn set(input: &str, assignments: &[&str]) -> Result<String, String> {
        let set: Vec<String> = assignments.iter().map(|one| (*one).to_owned()).collect();
        match values(input.into(), &set) {
            Ok(text) => Ok(String::from_utf8_lossy(&text).into_owned()),
            Err(Problem::InFile(reason)) => Err(reason.to_owned()),
            Err(Problem::InArgument(message)) => Err(message),
        }
    }

    #[test]
    fn sets_values_at_paths() {
        let sets = ["resource.a.b=1", "task_run.name=x=y", "payload.n=1", "payload.t=one", "task_run.id=null"];
        let expected = r#"{"resource":{"a.b":"1"},"task_run":{"name":"x=y","id":null},"payload":{"n":1,"t":"one"}}"#;
        assert_eq!(set("{}", &sets).as_deref(), Ok(expected));
        let list = r#"{"tags":["a"]}"#;
        assert_eq!(set(list, &["tags.1=b", "tags.0=c"]).as_deref(), Ok(r#"{"tags":["c","b"]}"#));
        assert!(set(list, &["tags.3=b"]).is_err_and(|message| message.contains("a list of 1 has no index `3`")));
        assert_eq!(set("[]", &[]).as_deref(), Err(&"does not contain an object".to_owned()));
        assert_eq!(set("{", &["a=1"]), Err("is not JSON".to_owned()));
        assert_eq!(set("[\"\\ud800\"]", &[]).as_deref(), Err(&"does not contain an object".to_owned()));
        assert!(set("{\"a\": \"\\ud800\"}", &[]).is_ok());
        assert!(set("{}", &["=1"]).is_err());
        let replaced = set("{}", &["payload.a=1", "payload.a.b=2"]);
        assert_eq!(replaced, Err("--set: `b` cannot be set in 1, which is no object".to_owned()));
    }

    #[test]
    fn deep_values_are_set_or_reported() {
        let path = |parts: usize| [&"a.".repeat(parts - 1), "a=1"].concat();
        let list = |levels: usize| ["payload=", &"[".repeat(levels), &"]".repeat(levels)].concat();
        let file = |levels: usize| [r#"{"a":"#, &"[".repeat(levels), &"]".repeat(levels), "}"].concat();
        for levels in [127, 128, MAX_DEPTH - 1] {
            assert!(set("{}", &[&path(levels)]).is_ok(), "{levels}");
            assert!(set("{}", &[&list(levels)]).is_ok_and(|text| text.contains("[[[")), "{levels}");
            assert!(set(&file(levels), &["b=1"]).is_ok(), "{levels}");
        }
        for levels in [MAX_DEPTH + 1, 20_000] {
            assert_eq!(set("{}", &[&path(levels)]), Err(TOO_DEEP.to_owned()), "{levels}");
            assert_eq!(set("{}", &[&list(levels)]), Err(TOO_DEEP.to_owned()), "{levels}");
            assert_eq!(set(&file(levels), &["b=1"]), Err(TOO_DEEP.to_owned()), "{levels}");
        }
    }
}
