//! The parameters of `run-deployment` (`render_parameters` in `server/events/actions.py`, and
//! `utilities/schema_tools/hydration.py`).

use minijinja::Value;

use super::python::error::Raised;
use super::python::json::loads;
use super::python::operator::contains;
use super::python::show::{quoted, str_of};
use super::python::value::{Dict, Py, Seen, list, look, none, own, sequence, text};
use super::run::{Context, Failure, Rendering, is_template, render};

const KIND: &str = "__prefect_kind";

/// What becomes of a value.
enum Hydrated {
    Value(Value),
    /// It is removed from its parent.
    Remove,
    /// A template that is not rendered yet, or a variable that is not looked up yet.
    Template,
    Variable(String),
}

/// Why the parameters cannot be rendered: the class of the error, its message, and where.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) class: &'static str,
    pub(super) message: String,
    pub(super) pointer: String,
    /// It only fails here.
    pub(super) not_here: bool,
}

/// A template in the parameters, rendered.
pub(super) struct RenderedTemplate {
    pub(super) pointer: String,
    /// As the automation has it.
    pub(super) written: String,
    /// The server appended `| tojson`.
    pub(super) is_single: bool,
    pub(super) rendering: Rendering,
    /// What becomes of it, if nothing fails.
    pub(super) value: Option<Value>,
}

pub(super) struct Parameters {
    pub(super) result: Result<Value, Problem>,
    pub(super) templates: Vec<RenderedTemplate>,
    /// The workspace variables that it reads, and whether they are given.
    pub(super) variables: Vec<(String, bool)>,
}

struct Hydration<'c> {
    context: &'c Context<'c>,
    variables: Dict,
    variables_known: bool,
    templates: Vec<RenderedTemplate>,
    used: Vec<(String, bool)>,
    renders: bool,
}

/// Renders parameters. `variables`: the workspace's, if they are given.
pub(super) fn hydrate(parameters: &Value, variables: Option<&Dict>, context: &Context<'_>) -> Parameters {
    let upgraded = upgrade_dict(parameters);
    let mut hydration = Hydration {
        context,
        variables: Dict::default(),
        variables_known: variables.is_some(),
        templates: Vec::new(),
        used: Vec::new(),
        renders: false,
    };
    // The first pass only collects the names of the variables to look up.
    let mut names = Vec::new();
    collect(&hydration_of(&mut hydration, &upgraded), &mut names);
    for name in names {
        let known = variables.and_then(|variables| variables.get(&name));
        match (known, variables) {
            (Some(value), _) => hydration.variables.set(&name, value.clone()),
            (None, None) => hydration.variables.set(&name, own(Py::Unknown(["variables.", &name].concat()))),
            _ => {}
        }
    }
    hydration.renders = true;
    hydration.templates.clear();
    let result = hydration.hydrate(&upgraded, "").map(|hydrated| match hydrated {
        Hydrated::Value(value) => value,
        _ => own(Py::Dict(Dict::default())),
    });
    Parameters { result, templates: hydration.templates, variables: hydration.used }
}

/// The structure with placeholders, as the first pass of the server sees it.
enum Collected {
    Dict(Vec<Collected>),
    List(Vec<Collected>),
    Variable(String),
    Other,
}

fn hydration_of(hydration: &mut Hydration<'_>, value: &Value) -> Collected {
    match look(value) {
        Seen::Py(Py::Dict(dict)) if dict.get(KIND).is_some() => match hydration.hydrate(value, "") {
            Ok(Hydrated::Variable(name)) => Collected::Variable(name),
            _ => Collected::Other,
        },
        Seen::Py(Py::Dict(dict)) => {
            Collected::Dict(dict.iter().map(|(_, value)| hydration_of(hydration, value)).collect())
        }
        Seen::List => Collected::List(
            sequence(value).unwrap_or_default().iter().map(|one| hydration_of(hydration, one)).collect(),
        ),
        _ => Collected::Other,
    }
}

/// `_collect_placeholders`: it does not look into lists of lists.
fn collect(collected: &Collected, names: &mut Vec<String>) {
    match collected {
        Collected::Variable(name) => names.push(name.clone()),
        Collected::Dict(all) => {
            for one in all {
                match one {
                    Collected::List(items) => {
                        items
                            .iter()
                            .filter(|item| !matches!(item, Collected::List(_)))
                            .for_each(|one| collect(one, names));
                    }
                    other => collect(other, names),
                }
            }
        }
        _ => {}
    }
}

/// `_upgrade_v1_templates`: plain strings with templates.
fn upgrade_dict(value: &Value) -> Value {
    let Seen::Py(Py::Dict(dict)) = look(value) else { return value.clone() };
    let mut upgraded = Dict::default();
    for (key, value) in dict.iter() {
        let value = match look(value) {
            Seen::Py(Py::Dict(inner)) if inner.get(KIND).is_some() => value.clone(),
            Seen::Py(Py::Dict(_)) => upgrade_dict(value),
            Seen::List => list(sequence(value).unwrap_or_default().iter().map(upgrade_item).collect()),
            Seen::Text(text) if is_template(text) => wrapped(text),
            _ => value.clone(),
        };
        upgraded.insert(key.clone(), value);
    }
    own(Py::Dict(upgraded))
}

fn upgrade_item(item: &Value) -> Value {
    match look(item) {
        // Unlike values of objects, items are upgraded even with a `__prefect_kind`, inside of them.
        Seen::Py(Py::Dict(_)) => upgrade_dict(item),
        Seen::Text(text) if is_template(text) => wrapped(text),
        _ => item.clone(),
    }
}

const SINGLE: &str = " | tojson }}";

/// `_wrap_v1_template`: a single expression keeps its type.
fn wrapped(template: &str) -> Value {
    let jinja = |template: String| {
        let mut dict = Dict::default();
        dict.set(KIND, "jinja");
        dict.set("template", template);
        dict
    };
    let stripped = template.trim();
    let single = stripped.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    match single.filter(|inner| !inner.contains("{{")) {
        Some(inner) => {
            let mut dict = Dict::default();
            dict.set(KIND, "json");
            dict.set("value", own(Py::Dict(jinja(["{{ ", inner.trim(), SINGLE].concat()))));
            own(Py::Dict(dict))
        }
        None => own(Py::Dict(jinja(template.to_owned()))),
    }
}

fn error(class: &'static str, message: String, pointer: &str) -> Problem {
    Problem { class, message, pointer: pointer.to_owned(), not_here: false }
}

impl Hydration<'_> {
    /// Each value has its path, which a template keeps.
    fn pay(&self, pointer: &str) -> Result<(), Problem> {
        if self.context.fuel.take(pointer.len()) {
            return Ok(());
        }
        let message = "the paths of the parameters are too long".to_owned();
        Err(Problem { class: "", message, pointer: String::new(), not_here: true })
    }

    fn hydrate(&mut self, value: &Value, pointer: &str) -> Result<Hydrated, Problem> {
        match look(value) {
            Seen::Py(Py::Dict(dict)) => match dict.get(KIND) {
                Some(kind) => self.of_kind(&str_of(kind), dict, pointer),
                None => {
                    let mut hydrated = Dict::default();
                    for (key, value) in dict.iter() {
                        let key_text = str_of(key);
                        let below = [pointer, "/", &key_text.replace('~', "~0").replace('/', "~1")].concat();
                        self.pay(&below)?;
                        match self.hydrate(value, &below)? {
                            Hydrated::Value(value) => hydrated.insert(key.clone(), value),
                            Hydrated::Remove => {}
                            _ => hydrated.insert(key.clone(), none()),
                        }
                    }
                    Ok(Hydrated::Value(own(Py::Dict(hydrated))))
                }
            },
            Seen::List => {
                let mut hydrated = Vec::new();
                for (index, item) in sequence(value).unwrap_or_default().iter().enumerate() {
                    let below = format!("{pointer}/{index}");
                    self.pay(&below)?;
                    match self.hydrate(item, &below)? {
                        Hydrated::Value(value) => hydrated.push(value),
                        Hydrated::Remove => {}
                        _ => hydrated.push(none()),
                    }
                }
                Ok(Hydrated::Value(list(hydrated)))
            }
            _ => Ok(Hydrated::Value(value.clone())),
        }
    }

    /// The value of a key, hydrated if it is an object.
    fn inner(&mut self, dict: &Dict, key: &str, pointer: &str) -> Result<Option<Hydrated>, Problem> {
        match dict.get(key) {
            None => Ok(None),
            Some(inner) if matches!(look(inner), Seen::Py(Py::Dict(_))) => self.hydrate(inner, pointer).map(Some),
            Some(inner) => Ok(Some(Hydrated::Value(inner.clone()))),
        }
    }

    fn of_kind(&mut self, kind: &str, dict: &Dict, pointer: &str) -> Result<Hydrated, Problem> {
        match kind {
            "none" => match dict.get("value") {
                Some(value) => self.hydrate(value, pointer),
                None => Err(error("ValueNotFound", "Missing 'value' key in __prefect object".to_owned(), pointer)),
            },
            "json" => match self.inner(dict, "value", pointer)? {
                None => Ok(Hydrated::Remove),
                Some(Hydrated::Value(value)) => match text(&value) {
                    Some(text) => match loads(&text) {
                        Ok(loaded) => {
                            if let Some(last) = self.templates.last_mut().filter(|last| last.pointer == pointer) {
                                last.value = Some(loaded.clone());
                            }
                            Ok(Hydrated::Value(loaded))
                        }
                        // The placeholder of something unknown is no JSON.
                        Err(_) if text.starts_with('‹') && text.ends_with('›') => {
                            Ok(Hydrated::Value(value.clone()))
                        }
                        Err(raised) => {
                            if let Some(last) = self.templates.last_mut().filter(|last| last.pointer == pointer) {
                                last.value = None;
                            }
                            Err(error("InvalidJSON", ["Invalid JSON: ", &raised.message].concat(), pointer))
                        }
                    },
                    None => Ok(Hydrated::Value(value)),
                },
                Some(placeholder) => Ok(placeholder),
            },
            "jinja" => match self.inner(dict, "template", pointer)? {
                None => {
                    Err(error("TemplateNotFound", "Missing 'template' key in __prefect object".to_owned(), pointer))
                }
                Some(Hydrated::Value(template)) => match text(&template) {
                    Some(text) if self.renders => self.template(&text, pointer).map(Hydrated::Value),
                    Some(_) => Ok(Hydrated::Template),
                    None => {
                        let raised = contains(&template, &Value::from("{{")).err();
                        let raised = raised.unwrap_or_else(|| Raised::new("TypeError", "it is not a string"));
                        Err(error(raised.class, raised.message, pointer))
                    }
                },
                Some(placeholder) => Ok(placeholder),
            },
            "workspace_variable" => match self.inner(dict, "variable_name", pointer)? {
                None => Ok(Hydrated::Remove),
                Some(Hydrated::Value(name)) => {
                    let name = str_of(&name);
                    if !self.renders {
                        return Ok(Hydrated::Variable(name));
                    }
                    self.used.push((name.clone(), self.variables_known));
                    match self.variables.get(&name) {
                        Some(value) => Ok(Hydrated::Value(value.clone())),
                        None => Err(error(
                            "WorkspaceVariableNotFound",
                            format!("Variable {} not found in workspace.", quoted(&name)),
                            pointer,
                        )),
                    }
                }
                Some(placeholder) => Ok(placeholder),
            },
            _ => Ok(Hydrated::Value(dict.get("value").cloned().unwrap_or_else(none))),
        }
    }

    fn template(&mut self, template: &str, pointer: &str) -> Result<Value, Problem> {
        let rendering = render(template, self.context, false);
        let result = match &rendering.result {
            Ok(text) => Ok(Value::from(&**text)),
            Err(Failure::Raised(raised)) => Err(error(
                "InvalidJinja",
                format!("Invalid jinja: Failed to render template due to the following error: {}", raised.repr()),
                pointer,
            )),
            Err(Failure::Invalid(problem)) => {
                Err(error("InvalidJinja", ["Invalid jinja: ", problem].concat(), pointer))
            }
            Err(Failure::NotHere(problem)) => {
                Err(Problem { class: "", message: problem.clone(), pointer: pointer.to_owned(), not_here: true })
            }
        };
        let inner = template.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(SINGLE));
        self.templates.push(RenderedTemplate {
            pointer: pointer.to_owned(),
            written: inner.map_or_else(|| template.to_owned(), |inner| ["{{ ", inner, " }}"].concat()),
            is_single: inner.is_some(),
            value: result.as_ref().ok().cloned(),
            rendering,
        });
        result
    }
}
