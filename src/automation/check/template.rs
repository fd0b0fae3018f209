//! Jinja templates: whether the server accepts them, and what they use (`server/utilities/user_templates.py`).
//!
//! Parsed by minijinja, whose language differs from Jinja's in details. Nothing is reported about templates that only
//! minijinja rejects.

use minijinja::machinery::ast::{CallArg, Expr, ForLoop, Spanned, Stmt};
use minijinja::machinery::{Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

use crate::text::steps::step;

/// How many loops a template may have, and how deeply they may be nested.
const MOST_LOOPS: usize = 10;
const DEEPEST_LOOPS: usize = 2;

/// Longer templates are not examined.
const LONGEST: usize = 100_000;

/// How deep expressions and conditions are nested at most: minijinja recurs into them.
const MOST_NESTED: usize = 300;

/// Whether expressions or conditions are nested so deeply that they are not examined. Each operator of a chain is nested
/// in the next, and each `elif` in the one before.
pub(super) fn is_nested_too_deeply(template: &str) -> bool {
    // Of the open brackets: the operators since the last comma. Of the open conditions: their branches.
    let (mut chains, mut conditions) = (vec![0_usize], vec![0_usize]);
    let (mut operators, mut branches) = (0_usize, 0_usize);
    let mut begins = false;
    for token in tokenize(template, false, SyntaxConfig::default()) {
        // The parser reports it.
        let Ok((token, _)) = token else { return false };
        let is_first = std::mem::replace(&mut begins, matches!(token, Token::BlockStart));
        let (mut added, mut opens) = (0_usize, false);
        match token {
            Token::VariableStart | Token::BlockStart => (chains, operators) = (vec![0], 0),
            Token::Ident("if") if is_first => conditions.push(0),
            Token::Ident("endif") if is_first => {
                branches = branches.saturating_sub(conditions.pop().unwrap_or_default());
            }
            Token::Ident("elif") if is_first => {
                branches = branches.saturating_add(1);
                if let Some(own) = conditions.last_mut() {
                    *own = own.saturating_add(1);
                }
            }
            Token::Comma => operators = operators.saturating_sub(chains.last_mut().map_or(0, std::mem::take)),
            Token::BracketClose | Token::ParenClose | Token::BraceClose => {
                operators = operators.saturating_sub(chains.pop().unwrap_or_default());
            }
            Token::BracketOpen | Token::ParenOpen | Token::BraceOpen => (added, opens) = (1, true),
            Token::Ident("and" | "or" | "not" | "in" | "is" | "if" | "else") => added = 1,
            Token::TemplateData(_)
            | Token::VariableEnd
            | Token::BlockEnd
            | Token::Ident(_)
            | Token::Str(_)
            | Token::String(_)
            | Token::Int(_)
            | Token::Int128(_)
            | Token::Float(_)
            | Token::Colon
            | Token::Assign => {}
            _ => added = 1,
        }
        operators = operators.saturating_add(added);
        if let Some(own) = chains.last_mut() {
            *own = own.saturating_add(added);
        }
        if opens {
            chains.push(0);
        }
        if operators.saturating_add(branches) > MOST_NESTED {
            return true;
        }
    }
    false
}

/// Why a template is not examined.
pub(super) fn unexamined(template: &str) -> Option<&'static str> {
    match () {
        () if template.len() > LONGEST => Some("longer than 100,000 bytes"),
        () if is_nested_too_deeply(template) => Some("nested deeper than 300 levels"),
        () => None,
    }
}

/// What a template consists of.
#[derive(Default)]
pub(super) struct Uses<'t> {
    /// `event.payload.x`: the variable and its attributes, as far as they are literal.
    pub(super) paths: Vec<Vec<&'t str>>,
    /// The paths that are printed unchanged.
    pub(super) printed: Vec<Vec<&'t str>>,
    pub(super) filters: Vec<&'t str>,
    pub(super) tests: Vec<&'t str>,
    /// Names that the template itself defines.
    pub(super) own: Vec<&'t str>,
    /// Paths that may be missing: `is defined`, `default`.
    pub(super) guarded: Vec<Vec<&'t str>>,
    loops: usize,
    deepest: usize,
    depth: usize,
}

/// Whether a string contains a template (`maybe_template`).
pub(super) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// What a template uses, or why the server rejects it. `None`: unknown.
pub(super) fn read(template: &str) -> Option<Result<Uses<'_>, String>> {
    step(template.len());
    if unexamined(template).is_some() {
        return None;
    }
    let parsed = match parse(template, "", SyntaxConfig::default()) {
        Ok(parsed) => parsed,
        Err(error) => {
            let detail = error.detail().unwrap_or("it cannot be parsed").to_owned();
            return (!is_jinja(template, &detail)).then(|| Err(in_words(&detail, error.line().unwrap_or(1))));
        }
    };
    let mut uses = Uses::default();
    uses.statement(&parsed);
    Some(match () {
        () if uses.own.contains(&DO) => Err("Jinja has no statement `do` here".to_owned()),
        () if uses.loops > MOST_LOOPS => Err("it has more than 10 loops, the server's limit".to_owned()),
        () if uses.deepest > DEEPEST_LOOPS => {
            Err("its loops are nested more than 2 deep, the server's limit".to_owned())
        }
        () => Ok(uses),
    })
}

/// A placeholder for a statement that Jinja supports only with an extension.
const DO: &str = "{% do %}";

/// Whether Jinja may accept a template that minijinja rejects.
fn is_jinja(template: &str, detail: &str) -> bool {
    // Jinja's names can have any letters.
    if detail.contains("unexpected character") && template.chars().any(|c| !c.is_ascii() && c.is_alphanumeric()) {
        let ascii: String =
            template.chars().map(|c| if c.is_ascii() || !c.is_alphanumeric() { c } else { 'x' }).collect();
        return !matches!(read(&ascii), Some(Err(_)));
    }
    // Tuples without parentheses, a sign before a number, and so on.
    let is = |words: &str| detail.contains(words);
    is("unexpected `,`, expected")
        || is("unexpected `+`")
        || is("unknown statement print")
        || is("unexpected `]`") && template.contains("[]")
        || is("unexpected `:`") && ends_with_colon(template)
        || is("unexpected end of comment") && template.ends_with("{#")
        || is("defined twice")
        || is("reserved variable")
        || is("block tags in macros")
        || is("Too many arguments")
        || is("recursion")
}

/// `{% if a: %}`
fn ends_with_colon(template: &str) -> bool {
    template.match_indices("%}").any(|(end, _)| {
        let before = template.get(..end).unwrap_or_default().trim_end_matches(['-', '+']).trim_end();
        before.ends_with(':')
    })
}

/// The parser's error message, in the user's terms.
fn in_words(detail: &str, line: usize) -> String {
    let words = detail
        .replace("end of variable block", "`}}`")
        .replace("end of block", "`%}`")
        .replace("end of input", "end of the template");
    let words = words.strip_prefix("syntax error: ").unwrap_or(&words);
    if line > 1 { format!("{words} (line {line})") } else { words.to_owned() }
}

/// `a.b['c']` as a path; `None` for anything else.
fn path<'t>(expression: &Expr<'t>) -> Option<Vec<&'t str>> {
    match expression {
        Expr::Var(name) => Some(vec![name.id]),
        Expr::GetAttr(one) => {
            let mut path = path(&one.expr)?;
            path.push(one.name);
            Some(path)
        }
        _ => None,
    }
}

impl<'t> Uses<'t> {
    fn statements(&mut self, all: &[Stmt<'t>]) {
        for one in all {
            self.statement(one);
        }
    }

    fn statement(&mut self, statement: &Stmt<'t>) {
        match statement {
            Stmt::Template(one) => self.statements(&one.children),
            Stmt::EmitExpr(one) => {
                self.printed.extend(path(&one.expr));
                self.expression(&one.expr);
            }
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(one) => self.for_loop(one),
            Stmt::IfCond(one) => {
                self.expression(&one.expr);
                self.statements(&one.true_body);
                self.statements(&one.false_body);
            }
            Stmt::WithBlock(one) => {
                for (target, value) in &one.assignments {
                    self.target(target);
                    self.expression(value);
                }
                self.statements(&one.body);
            }
            Stmt::Set(one) => {
                self.target(&one.target);
                self.expression(&one.expr);
            }
            Stmt::SetBlock(one) => {
                self.target(&one.target);
                self.some(one.filter.as_ref());
                self.statements(&one.body);
            }
            Stmt::AutoEscape(one) => {
                self.expression(&one.enabled);
                self.statements(&one.body);
            }
            Stmt::FilterBlock(one) => {
                self.expression(&one.filter);
                self.statements(&one.body);
            }
            Stmt::Block(one) => self.statements(&one.body),
            Stmt::Import(one) => {
                self.target(&one.name);
                self.expression(&one.expr);
            }
            Stmt::FromImport(one) => {
                self.expression(&one.expr);
                for (name, alias) in &one.names {
                    self.target(alias.as_ref().unwrap_or(name));
                }
            }
            Stmt::Extends(one) => self.expression(&one.name),
            Stmt::Include(one) => self.expression(&one.name),
            Stmt::Macro(one) => self.declared(one),
            Stmt::CallBlock(one) => {
                self.expression(&one.call.expr);
                self.arguments(&one.call.args);
                self.declared(&one.macro_decl);
            }
            Stmt::Do(_) => self.own.push(DO),
        }
    }

    fn declared(&mut self, one: &Spanned<minijinja::machinery::ast::Macro<'t>>) {
        self.own.push(one.name);
        for argument in &one.args {
            self.target(argument);
        }
        for default in &one.defaults {
            self.expression(default);
        }
        self.statements(&one.body);
    }

    fn for_loop(&mut self, one: &Spanned<ForLoop<'t>>) {
        self.loops = self.loops.saturating_add(1);
        self.depth = self.depth.saturating_add(1);
        self.deepest = self.deepest.max(self.depth);
        self.target(&one.target);
        self.expression(&one.iter);
        self.some(one.filter_expr.as_ref());
        self.statements(&one.body);
        self.statements(&one.else_body);
        self.depth = self.depth.saturating_sub(1);
    }

    /// The target of an assignment.
    fn target(&mut self, target: &Expr<'t>) {
        match target {
            Expr::Var(name) => self.own.push(name.id),
            Expr::List(list) => list.items.iter().for_each(|item| self.target(item)),
            Expr::Tuple(list) => list.items.iter().for_each(|item| self.target(item)),
            _ => {}
        }
    }

    fn some(&mut self, expression: Option<&Expr<'t>>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'t>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(one) | CallArg::Kwarg(_, one) | CallArg::PosSplat(one) | CallArg::KwargSplat(one) => {
                    self.expression(one);
                }
            }
        }
    }

    fn expression(&mut self, expression: &Expr<'t>) {
        if let Some(path) = path(expression) {
            self.paths.push(path);
            return;
        }
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(one) => {
                self.expression(&one.expr);
                for part in [&one.start, &one.stop, &one.step] {
                    self.some(part.as_ref());
                }
            }
            Expr::UnaryOp(one) => self.expression(&one.expr),
            Expr::BinOp(one) => {
                self.expression(&one.left);
                self.expression(&one.right);
            }
            Expr::Compare(one) => {
                self.expression(&one.expr);
                one.ops.iter().for_each(|operation| self.expression(&operation.expr));
            }
            Expr::IfExpr(one) => {
                self.expression(&one.test_expr);
                self.expression(&one.true_expr);
                self.some(one.false_expr.as_ref());
            }
            Expr::Filter(one) => {
                self.filters.push(one.name);
                if matches!(one.name, "default" | "d") {
                    self.guarded.extend(one.expr.as_ref().and_then(path));
                }
                self.some(one.expr.as_ref());
                self.arguments(&one.args);
            }
            Expr::Test(one) => {
                self.tests.push(one.name);
                if matches!(one.name, "defined" | "undefined") {
                    self.guarded.extend(path(&one.expr));
                }
                self.expression(&one.expr);
                self.arguments(&one.args);
            }
            Expr::GetAttr(one) => self.expression(&one.expr),
            Expr::GetItem(one) => {
                self.expression(&one.expr);
                self.expression(&one.subscript_expr);
            }
            Expr::Call(one) => {
                self.expression(&one.expr);
                self.arguments(&one.args);
            }
            Expr::List(one) => one.items.iter().for_each(|item| self.expression(item)),
            Expr::Tuple(one) => one.items.iter().for_each(|item| self.expression(item)),
            Expr::Map(one) => one.keys.iter().chain(&one.values).for_each(|item| self.expression(item)),
        }
    }
}
