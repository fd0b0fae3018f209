//! Renders one template in a context, as the server does (`server/utilities/user_templates.py`).

use std::cell::Cell;
use std::sync::{Arc, Mutex};

use minijinja::machinery::{CodeGenerator, eval, make_string_output, parse};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

use super::python::attribute::{attr, item, slice};
use super::python::error::{NOT_HERE, Outcome, Raised, not_calculated, type_error};
use super::python::eval_context::{EvalContext, HIDDEN, TOO_MUCH};
use super::python::filter::{self, no_such};
use super::python::method::{call, native, split};
use super::python::operator::{async_items, binary, compared, concatenated, escaped, negated, unpacked};
use super::python::predicate;
use super::python::show::{alike, quoted, str_of};
use super::python::time::Arguments;
use super::python::value::{
    Dict, Missing, NODE, Py, Seen, class, extent, hashable, is_undefined, list, locked, look, own, tuple, undefined,
    unknown,
};
use super::rewrite::{self, FILTER, Spot};

/// What a template may calculate, in steps of minijinja: loops in loops over long lists end here.
const FUEL: u64 = 20_000_000;

/// To parse a byte.
const FUEL_TO_PARSE: u64 = 4;

/// What all templates of one result may calculate.
const FUEL_OF_ALL: u64 = 100_000_000;

/// Longer templates are not rendered.
const LONGEST: usize = 100_000;

/// The fuel of all templates of one result.
pub(crate) struct Fuel(Cell<u64>);

impl Fuel {
    /// Takes some; false if there is too little left.
    pub(super) fn take(&self, fuel: usize) -> bool {
        let left = self.0.get().checked_sub(u64::try_from(fuel).unwrap_or(u64::MAX));
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }
}

impl Default for Fuel {
    fn default() -> Self {
        Fuel(Cell::new(FUEL_OF_ALL))
    }
}

/// What a template can read, and the fuel that it runs with.
pub(super) struct Context<'f> {
    pub(super) variables: Vec<(&'static str, Value)>,
    pub(super) ui_url: String,
    pub(super) now: i64,
    pub(super) fuel: &'f Fuel,
}

/// Something that renders to nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Nothing {
    /// The expression as written.
    pub(super) written: String,
    /// 1-based.
    pub(super) line: usize,
    /// Why: Jinja's message.
    pub(super) message: String,
    pub(super) near: Option<String>,
}

/// A rendered template.
pub(super) struct Rendering {
    pub(super) result: Result<String, Failure>,
    pub(super) nothing: Vec<Nothing>,
    /// The fields of objects that it read, with where their values come from.
    pub(super) uses: Vec<(String, &'static str)>,
}

/// Why there is no text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// As on the server.
    Raised(Raised),
    /// The server rejects the automation.
    Invalid(String),
    /// Only here: the parser does not know this syntax, or the result is too large.
    NotHere(String),
}

/// What is noted while a template runs.
#[derive(Default)]
struct Notes {
    raised: Option<Raised>,
    nothing: Vec<Nothing>,
    uses: Vec<(String, &'static str)>,
    /// How much fuel is used, up to the last operation.
    used: u64,
    /// How many items loops ran over.
    items: u64,
    /// The error of a part of a constant. Jinja calculates constants itself, as if the part was undefined; only if there
    /// is another error, it calculates them again.
    postponed: Option<Raised>,
    buffer: Buffer,
    /// Those around the buffer.
    outer: Vec<Buffer>,
}

/// What Jinja joins at the end of a template, a macro or a block.
#[derive(Default)]
struct Buffer {
    count: usize,
    /// That the first item that is no text is none.
    problem: Option<Raised>,
}

/// `maybe_template`: other texts are not rendered.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// Renders a template, in the server's asynchronous environment or in the other one, which it has for parameters.
pub(super) fn render(template: &str, context: &Context<'_>, is_async: bool) -> Rendering {
    if !is_template(template) {
        return Rendering { result: Ok(template.to_owned()), nothing: Vec::new(), uses: Vec::new() };
    }
    let notes = Arc::new(Mutex::new(Notes::default()));
    let result = run(template, context, is_async, &notes);
    let Notes { raised, nothing, uses, used, .. } = locked(&notes, std::mem::take);
    let result = match raised {
        Some(raised) if raised.class == NOT_HERE => Err(Failure::NotHere(raised.message)),
        Some(raised) => Err(Failure::Raised(raised)),
        None => result,
    };
    let result = match result {
        Err(Failure::NotHere(message)) if message == TOO_MUCH && context.fuel.0.get() < FUEL => {
            Err(Failure::NotHere("the templates of all firings together calculate too much".to_owned()))
        }
        result => result,
    };
    // It is parsed for each firing.
    let used = used.saturating_add(length(template).saturating_mul(FUEL_TO_PARSE));
    context.fuel.0.set(context.fuel.0.get().saturating_sub(used));
    Rendering { result, nothing, uses }
}

fn run(template: &str, context: &Context<'_>, is_async: bool, notes: &Arc<Mutex<Notes>>) -> Result<String, Failure> {
    if template.len() > LONGEST {
        return Err(Failure::NotHere("it is longer than 100,000 bytes".to_owned()));
    }
    // Parsing takes time too.
    if context.fuel.0.get() == 0 {
        return Err(Failure::NotHere(TOO_MUCH.to_owned()));
    }
    if crate::automation::is_nested_too_deeply(template) {
        return Err(Failure::NotHere("its expressions are nested too deeply".to_owned()));
    }
    if let Some(problem) = crate::automation::template_problem(template) {
        return Err(Failure::Invalid(problem));
    }
    // Jinja removes one newline at the end, and reads the others alike.
    let source = template.replace("\r\n", "\n").replace('\r', "\n");
    let parsed = parse(&source, "", SyntaxConfig::default())
        .map_err(|error| Failure::NotHere(error.detail().unwrap_or("it cannot be parsed").to_owned()))?;
    let rewritten = rewrite::rewrite(&parsed, &source);
    if let Some((what, name)) = &rewritten.unknown {
        return Err(Failure::Raised(no_such(what, name, "TemplateAssertionError")));
    }
    let mut generator = CodeGenerator::new("", &source);
    generator.compile_stmt(&rewritten.template);
    let (instructions, blocks) = generator.finish();
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_fuel(Some(context.fuel.0.get().min(FUEL)));
    let runtime = Runtime {
        notes: notes.clone(),
        spots: rewritten.spots,
        ui_url: context.ui_url.clone(),
        now: context.now,
        is_async,
        names: context.variables.iter().map(|(name, _)| *name).collect(),
    };
    environment.add_filter(FILTER, move |state: &mut State<'_, '_>, arguments: Rest<ValueOrKwargs>| {
        runtime.answer(state, &arguments.into_values())
    });
    let mut variables = Dict::default();
    for name in ["range", "dict", "cycler", "joiner", "lipsum", "namespace"] {
        variables.set(name, own(Py::Function(name)));
    }
    for (name, value) in &context.variables {
        variables.set(name, value.clone());
    }
    let root = own(Py::Dict(variables));
    let mut out = String::new();
    let finished = {
        let mut output = make_string_output(&mut out);
        eval(&environment, &instructions, root, &blocks, &mut output, AutoEscape::None)
    };
    match finished {
        Ok((_, state)) => {
            locked(notes, |notes| {
                notes.used = used(&state);
                notes.raised = notes.buffer.problem.take();
            });
            Ok(out)
        }
        Err(error) => {
            locked(notes, |notes| {
                let used = match error.kind() {
                    ErrorKind::OutOfFuel => FUEL,
                    _ if notes.raised.is_some() => notes.used,
                    // Known up to the last operation: since then, loops may have run without any.
                    _ => notes.used.saturating_add(notes.items.saturating_mul(length(template))),
                };
                notes.used = used.min(FUEL);
            });
            Err(of_engine(&error))
        }
    }
}

fn length(template: &str) -> u64 {
    u64::try_from(template.len()).unwrap_or(u64::MAX)
}

fn used(state: &State<'_, '_>) -> u64 {
    state.fuel_levels().map_or(0, |(used, _)| used)
}

/// Whether something that only the server knows is in an operand.
fn hides(operand: &Value) -> bool {
    let mut named = operand.try_iter().into_iter().flatten().filter(|_| operand.is_kwargs());
    extent(operand).hidden || named.any(|name| operand.get_item(&name).is_ok_and(|argument| extent(&argument).hidden))
}

/// An error of minijinja itself.
fn of_engine(error: &Error) -> Failure {
    let detail = error.detail().unwrap_or("it cannot be rendered").to_owned();
    match error.kind() {
        ErrorKind::OutOfFuel => Failure::NotHere(TOO_MUCH.to_owned()),
        ErrorKind::InvalidOperation if detail.starts_with("can only assign to namespaces") => {
            let message = "cannot assign attribute on non-namespace object";
            Failure::Raised(Raised::new("TemplateRuntimeError", message))
        }
        ErrorKind::InvalidOperation if detail.ends_with("(got plain object)") => {
            Failure::NotHere("these arguments are not calculated here".to_owned())
        }
        ErrorKind::UnknownMethod => Failure::NotHere("a call block of this is not calculated here".to_owned()),
        ErrorKind::UnknownFunction => {
            let name = detail.split_whitespace().next().unwrap_or_default();
            Failure::Raised(Raised::new("UndefinedError", format!("'{name}' is undefined")))
        }
        ErrorKind::InvalidOperation if detail.contains("recursion") => {
            Failure::Raised(Raised::new("RecursionError", "maximum recursion depth exceeded"))
        }
        _ => Failure::Raised(Raised::new("TypeError", detail)),
    }
}

struct Runtime {
    notes: Arc<Mutex<Notes>>,
    spots: Vec<Spot>,
    ui_url: String,
    now: i64,
    is_async: bool,
    names: Vec<&'static str>,
}

impl Runtime {
    fn answer(&self, state: &mut State<'_, '_>, arguments: &[Value]) -> Result<Value, Error> {
        let [value, name, rest @ ..] = arguments else { return Ok(Value::UNDEFINED) };
        let name = name.as_str().unwrap_or_default();
        let result = self.operate(state, value, name, rest).and_then(|result| {
            EvalContext::is_flat_enough(&result)?;
            Ok(result)
        });
        let is_hidden = || [value].into_iter().chain(rest).any(hides);
        let result = result.map_err(|raised| match raised.class {
            NOT_HERE | "UndefinedError" => raised,
            // It would be one of the placeholder.
            _ if is_hidden() => Raised::new(NOT_HERE, HIDDEN),
            _ => raised,
        });
        let used = used(state);
        let result = locked(&self.notes, |notes| {
            notes.used = used;
            let Some(postponed) = &notes.postponed else { return result };
            if result.as_ref().is_err_and(|raised| raised.class != NOT_HERE) {
                return Err(postponed.clone());
            }
            if name == "print" {
                notes.postponed = None;
            }
            result
        });
        result.map_err(|raised| {
            locked(&self.notes, |notes| drop(notes.raised.get_or_insert(raised).repr()));
            Error::new(ErrorKind::InvalidOperation, "raised")
        })
    }

    fn operate(&self, state: &mut State<'_, '_>, value: &Value, name: &str, rest: &[Value]) -> Outcome<Value> {
        let first = rest.first().cloned().unwrap_or_default();
        let count = || first.as_usize().unwrap_or_default();
        if name == "call" {
            return self.call(state, value, rest);
        }
        let take = |fuel| state.consume_fuel(fuel).is_ok();
        let around = self.around(&take);
        match name {
            // What is written stays in memory.
            "print" => {
                around.visit(value)?;
                around.pay_times(extent(value).size, 8)?;
                Ok(self.print(state, value, count()))
            }
            "block" => self.block(state, value, around),
            "text" => {
                self.written();
                around.pay_times(value.as_str().map_or(0, str::len), 8)?;
                Ok(match state.auto_escape() {
                    AutoEscape::None => value.clone(),
                    _ => Value::from_safe_string(value.as_str().unwrap_or_default().to_owned()),
                })
            }
            // In a namespace, which could hold itself otherwise.
            "keep" => around.visit(value).map(|()| value.clone()),
            "name" => {
                if value.is_undefined() {
                    // The nearest name is looked for.
                    around.pay_times(self.names.len(), 8 * NODE)?;
                }
                Ok(self.name(value, first.as_str().unwrap_or_default()))
            }
            "attribute" => {
                let name = first.as_str().unwrap_or_default();
                self.note_use(value, name);
                let found = attr(value, name)?;
                around.looked_up(value, &first, &found).map(|()| found)
            }
            "item" => {
                self.note_use(value, first.as_str().unwrap_or_default());
                around.find(value, &first)?;
                let found = item(value, &first)?;
                around.looked_up(value, &first, &found).map(|()| found)
            }
            "slice" | "constant slice" | "printed slice" => {
                around.touch_items(value)?;
                self.part(value, name, rest)
            }
            "filter" => {
                let (positional, named) = split(rest.get(1..).unwrap_or_default());
                let arguments = Arguments { positional: &positional, named: &named };
                filter::apply(first.as_str().unwrap_or_default(), value, &arguments, around)
            }
            "test" => {
                let (positional, _) = split(rest.get(1..).unwrap_or_default());
                predicate::holds(first.as_str().unwrap_or_default(), value, &positional, around)
            }
            "no filter" | "no test" => {
                let what = name.strip_prefix("no ").unwrap_or_default();
                let name = quoted(first.as_str().unwrap_or_default());
                Err(Raised::new("TemplateRuntimeError", format!("No {what} named {name} found.")))
            }
            "no loader" => Err(Raised::new("TypeError", "no loader for this environment specified")),
            "missing" => Ok(Value::from(value.is_undefined())),
            "no parameter" => Ok(if value.is_undefined() {
                undefined(format!("parameter '{}' was not provided", first.as_str().unwrap_or_default()))
            } else {
                value.clone()
            }),
            "not here" => Err(Raised::new(NOT_HERE, first.as_str().unwrap_or_default())),
            "join" | "open" | "close" => self.buffer(name),
            "no else" => Ok(undefined(format!(
                "the inline if-expression on line {} evaluated to false and no else section was defined.",
                count()
            ))),
            "iterate" => self.iterate(value, count(), around),
            "unpack" => {
                around.touch_items(value)?;
                unpacked(value, count())
            }
            "list" => Ok(list(rest.to_vec())),
            "tuple" => Ok(tuple(rest.to_vec())),
            "dict" => {
                let mut dict = Dict::default();
                for entry in rest.chunks(2) {
                    if let [key, value] = entry {
                        if key.as_str().is_none() {
                            around.visit(key)?;
                            around.pay_times(dict.len(), extent(key).size)?;
                            hashable(key)?;
                        }
                        dict.insert(key.clone(), value.clone());
                    }
                }
                Ok(own(Py::Dict(dict)))
            }
            "not" => Ok(if unknown(value).is_some() { value.clone() } else { Value::from(!value.is_true()) }),
            "negate" => negated(value),
            "~" => concatenated(value, &first, around),
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in" => compared(name, value, &first, around),
            _ => binary(name, value, &first, around),
        }
    }

    /// `count`: how many variables take each item; 0: one takes the whole.
    fn iterate(&self, value: &Value, count: usize, around: EvalContext<'_>) -> Outcome<Value> {
        around.touch_items(value)?;
        let all = async_items(value)?;
        let more = u64::try_from(all.len()).unwrap_or(u64::MAX);
        locked(&self.notes, |notes| notes.items = notes.items.saturating_add(more));
        if count == 0 {
            return Ok(list(all));
        }
        all.iter().try_for_each(|one| around.touch_items(one))?;
        around.pay_times(all.len(), count.saturating_add(8).saturating_mul(NODE))?;
        all.iter().map(|one| unpacked(one, count)).collect::<Outcome<Vec<_>>>().map(list)
    }

    /// A macro runs in the state, so that the fuel cannot be borrowed from it meanwhile.
    fn call(&self, state: &mut State<'_, '_>, callee: &Value, given: &[Value]) -> Outcome<Value> {
        if matches!(look(callee), Seen::Other) {
            return native(callee.call(state, given));
        }
        if let Seen::Py(Py::Method(receiver, name)) = look(callee)
            && matches!(look(receiver), Seen::Other)
        {
            self.around(&|fuel| state.consume_fuel(fuel).is_ok()).visit_all(given)?;
            if name == "cycle" && given.is_empty() {
                return type_error("no items for cycling given");
            }
            // minijinja compares otherwise than Python: it gets texts that are the same if the values are equal.
            let alike: Vec<Value> = given.iter().map(|value| Value::from(alike(value))).collect();
            return native(receiver.call_method(state, name, if name == "changed" { &alike } else { given }));
        }
        call(callee, given, self.around(&|fuel| state.consume_fuel(fuel).is_ok()))
    }

    fn around<'s>(&'s self, take: &'s dyn Fn(u64) -> bool) -> EvalContext<'s> {
        EvalContext { ui_url: &self.ui_url, now: self.now, is_async: self.is_async, take, nested: 0 }
    }

    /// A variable: minijinja does not say which one is undefined.
    fn name(&self, value: &Value, name: &str) -> Value {
        if !value.is_undefined() {
            return value.clone();
        }
        let near = crate::text::nearest::nearest(name, &mut self.names.iter().copied()).map(str::to_owned);
        own(Py::Undefined(Missing { class: "UndefinedError", message: format!("'{name}' is undefined"), near }))
    }

    /// `value[start:stop:step]`
    fn part(&self, value: &Value, name: &str, bounds: &[Value]) -> Outcome<Value> {
        let bound = |place: usize| bounds.get(place).cloned().unwrap_or_default();
        match slice(value, &bound(0), &bound(1), &bound(2)) {
            Err(raised) if raised.class == "TypeError" && name == "printed slice" => {
                locked(&self.notes, |notes| {
                    if notes.postponed.is_none() {
                        notes.postponed = Some(raised);
                    }
                });
                Ok(undefined(""))
            }
            Err(raised) if raised.class == "TypeError" && name == "constant slice" => {
                not_calculated("a part of a constant")
            }
            result => result,
        }
    }

    /// What is joined: begins a buffer, ends it, or joins a constant with the one before.
    fn buffer(&self, name: &str) -> Outcome<Value> {
        let problem = locked(&self.notes, |Notes { buffer, outer, .. }| match name {
            "open" => {
                outer.push(std::mem::take(buffer));
                None
            }
            "close" => std::mem::replace(buffer, outer.pop().unwrap_or_default()).problem,
            _ => {
                buffer.count = buffer.count.saturating_sub(1);
                None
            }
        });
        problem.map_or_else(|| Ok(Value::from("")), Err)
    }

    fn written(&self) {
        locked(&self.notes, |notes| notes.buffer.count = notes.buffer.count.saturating_add(1));
    }

    fn print(&self, state: &State<'_, '_>, value: &Value, spot: usize) -> Value {
        self.written();
        let hidden = match look(value) {
            Seen::Py(Py::Unknown(path)) => Some(path.clone()),
            Seen::Py(Py::Model(model)) if model.is_partial() => model.object.map(str::to_owned),
            _ => None,
        };
        if let Some(path) = hidden {
            self.note(path, "unknown");
        }
        if is_undefined(value) {
            let (message, near) = match look(value) {
                Seen::Py(Py::Undefined(missing)) => (missing.message.clone(), missing.near.clone()),
                _ => ("it is undefined".to_owned(), None),
            };
            let is_full = locked(&self.notes, |notes| notes.nothing.len() >= 100);
            let spot = self.spots.get(spot).filter(|_| !is_full);
            if let Some(Spot { written, line }) = spot.cloned() {
                let found = Nothing { written, line, message, near };
                locked(&self.notes, |notes| {
                    if !notes.nothing.contains(&found) {
                        notes.nothing.push(found);
                    }
                });
            }
        }
        let text = str_of(value);
        match state.auto_escape() {
            AutoEscape::None => Value::from(text),
            _ if value.is_safe() => Value::from_safe_string(text),
            _ => Value::from_safe_string(escaped(&text)),
        }
    }

    /// The result of a `{% filter %}`, which the server joins with what is written before and after: it must be a text.
    fn block(&self, state: &State<'_, '_>, value: &Value, around: EvalContext<'_>) -> Outcome<Value> {
        around.visit(value)?;
        around.pay_times(extent(value).size, 8)?;
        let text = match look(value) {
            Seen::Py(Py::Unknown(_) | Py::Enum(..)) => return Ok(self.print(state, value, usize::MAX)),
            Seen::Text(text) => Some(text.to_owned()),
            _ => None,
        };
        locked(&self.notes, |Notes { buffer, .. }| {
            if text.is_none() && buffer.problem.is_none() {
                let message = format!("sequence item {}: expected str instance, {} found", buffer.count, class(value));
                buffer.problem = Some(Raised::new("TypeError", message));
            }
        });
        self.written();
        let text = text.unwrap_or_default();
        Ok(match state.auto_escape() {
            AutoEscape::None => Value::from(text),
            _ => Value::from_safe_string(text),
        })
    }

    fn note_use(&self, value: &Value, name: &str) {
        let Seen::Py(Py::Model(model)) = look(value) else { return };
        let Some(object) = model.object else { return };
        let source = match model.sources.get(name) {
            Some(source) => source,
            None if model.known.contains(&name) && model.fields.get(name).is_none() => "unknown",
            None => return,
        };
        self.note([object, ".", name].concat(), source);
    }

    fn note(&self, name: String, source: &'static str) {
        locked(&self.notes, |notes| {
            // `flow_run.state.name` is as unknown as `flow_run.state`.
            let is_known = |(known, _): &(String, &str)| {
                name.strip_prefix(&**known).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            if notes.uses.len() < 1000 && !notes.uses.iter().any(is_known) {
                notes.uses.push((name, source));
            }
        });
    }
}
