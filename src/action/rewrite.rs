//! Rewrites a parsed template so that Python's operators, filters and look-ups apply in it: each becomes a call of the one
//! filter [`FILTER`], with its name as the first argument. minijinja does the rest: loops, conditions, macros, scopes.

use minijinja::Value;
use minijinja::machinery::Span;
use minijinja::machinery::ast::{
    AutoEscape, BinOp, BinOpKind, Block, Call, CallArg, CallBlock, CompareOpKind, Const, EmitExpr, Expr, Filter,
    FilterBlock, ForLoop, IfCond, IfExpr, List, Macro, Set, SetBlock, Slice, Spanned, Stmt, Template, Test, Tuple,
    UnaryOpKind, Var, WithBlock,
};

use crate::automation::{is_template_filter, is_template_test};

/// The one filter that templates call after the change.
pub(super) const FILTER: &str = "python";

/// Where a template prints something.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    /// The expression as written.
    pub(super) written: String,
    pub(super) line: usize,
}

/// A changed template.
pub(super) struct Rewritten<'t> {
    pub(super) template: Stmt<'t>,
    pub(super) spots: Vec<Spot>,
    /// The first filter or test that does not exist, which Jinja reports before it renders anything.
    pub(super) unknown: Option<(&'static str, String)>,
}

pub(super) fn rewrite<'t>(parsed: &Stmt<'t>, source: &'t str) -> Rewritten<'t> {
    let mut rewriter = Rewriter {
        source,
        spots: Vec::new(),
        unknown: None,
        is_soft: false,
        is_constant: false,
        variables: 0,
        others: 0,
    };
    let template = rewriter.statement(parsed);
    let Rewriter { spots, unknown, .. } = rewriter;
    Rewritten { template, spots, unknown }
}

struct Rewriter<'t> {
    source: &'t str,
    spots: Vec<Spot>,
    unknown: Option<(&'static str, String)>,
    /// Directly in a condition, Jinja looks filters up only when it reaches them.
    is_soft: bool,
    /// In a printed constant that consists of literals and operators.
    is_constant: bool,
    /// How many variables were seen: expressions without any are constants.
    variables: usize,
    /// How many calls, filters, tests and inline conditions were seen.
    others: usize,
}

fn constant<'t>(value: impl Into<Value>, span: Span) -> Expr<'t> {
    Expr::Const(Spanned::new(Const { value: value.into() }, span))
}

fn text<'t>(text: &str, span: Span) -> CallArg<'t> {
    CallArg::Pos(constant(text, span))
}

/// `first | python(operation, …)`
fn operation<'t>(name: &str, first: Expr<'t>, rest: Vec<CallArg<'t>>, span: Span) -> Expr<'t> {
    on(Some(first), name, rest, span)
}

fn on<'t>(first: Option<Expr<'t>>, name: &str, rest: Vec<CallArg<'t>>, span: Span) -> Expr<'t> {
    let mut args = vec![text(name, span)];
    args.extend(rest);
    Expr::Filter(Spanned::new(Filter { name: FILTER, expr: first, args }, span))
}

impl<'t> Rewriter<'t> {
    /// Statements of the same frame.
    fn inner(&mut self, all: &[Stmt<'t>]) -> Vec<Stmt<'t>> {
        let mut was_constant = false;
        let mut changed = Vec::with_capacity(all.len());
        for one in all {
            let before = self.variables;
            let statement = self.statement(one);
            // Jinja joins constants that follow each other.
            let is_constant = match one {
                Stmt::EmitRaw(_) => true,
                Stmt::EmitExpr(_) => self.variables == before,
                _ => false,
            };
            if is_constant && was_constant {
                changed.push(Self::marker("join", Span::default()));
            }
            was_constant = is_constant;
            changed.push(statement);
        }
        changed
    }

    /// Statements of a frame of their own.
    fn statements(&mut self, all: &[Stmt<'t>]) -> Vec<Stmt<'t>> {
        self.within(false, |own| own.inner(all))
    }

    /// Statements whose texts are joined at their end, like those of the whole template.
    fn buffered(&mut self, all: &[Stmt<'t>], span: Span) -> Vec<Stmt<'t>> {
        let mut changed = vec![Self::marker("open", span)];
        changed.extend(self.statements(all));
        changed.push(Self::marker("close", span));
        changed
    }

    fn within<T>(&mut self, is_soft: bool, inner: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.is_soft, is_soft);
        let result = inner(self);
        self.is_soft = outer;
        result
    }

    /// An operation that writes nothing.
    fn marker(name: &str, span: Span) -> Stmt<'t> {
        let expr = operation(name, constant((), span), Vec::new(), span);
        Stmt::EmitExpr(Spanned::new(EmitExpr { expr }, span))
    }

    /// No other template can be loaded.
    fn no_loader(span: Span) -> Stmt<'t> {
        Self::marker("no loader", span)
    }

    fn statement(&mut self, statement: &Stmt<'t>) -> Stmt<'t> {
        match statement {
            Stmt::Template(one) => {
                let children = self.statements(&one.children);
                Stmt::Template(Spanned::new(Template { children }, one.span()))
            }
            Stmt::EmitExpr(one) => {
                let span = one.span();
                let expr = self.printed(&one.expr, whole(&one.expr));
                Stmt::EmitExpr(Spanned::new(EmitExpr { expr }, span))
            }
            // Text counts as what is printed does: a loop can repeat it.
            Stmt::EmitRaw(one) => {
                let expr = operation("text", constant(one.raw, one.span()), Vec::new(), one.span());
                Stmt::EmitExpr(Spanned::new(EmitExpr { expr }, one.span()))
            }
            Stmt::ForLoop(one) => self.for_loop(one),
            Stmt::IfCond(one) => {
                let changed = self.within(true, |own| IfCond {
                    expr: own.expression(&one.expr),
                    true_body: own.inner(&one.true_body),
                    false_body: own.inner(&one.false_body),
                });
                Stmt::IfCond(Spanned::new(changed, one.span()))
            }
            Stmt::WithBlock(one) => {
                // All values before all targets: a value does not see a target of the same block.
                let span = one.span();
                let targets = one.assignments.iter().map(|(target, _)| Self::target(target)).collect();
                let values =
                    one.assignments.iter().map(|(target, value)| CallArg::Pos(self.assigned(target, value))).collect();
                let assignments = match one.assignments.len() {
                    0 => Vec::new(),
                    _ => vec![(
                        Expr::List(Spanned::new(List { items: targets }, span)),
                        operation("list", constant((), span), values, span),
                    )],
                };
                let body = self.statements(&one.body);
                Stmt::WithBlock(Spanned::new(WithBlock { assignments, body }, one.span()))
            }
            Stmt::Set(one) => {
                let set = Set { target: Self::target(&one.target), expr: self.assigned(&one.target, &one.expr) };
                Stmt::Set(Spanned::new(set, one.span()))
            }
            Stmt::SetBlock(one) => {
                let body = self.buffered(&one.body, one.span());
                let filter = one.filter.as_ref().map(|filter| self.within(false, |own| own.expression(filter)));
                let block = SetBlock { target: Self::target(&one.target), filter, body };
                Stmt::SetBlock(Spanned::new(block, one.span()))
            }
            Stmt::AutoEscape(one) => {
                let block = AutoEscape { enabled: self.expression(&one.enabled), body: self.statements(&one.body) };
                Stmt::AutoEscape(Spanned::new(block, one.span()))
            }
            Stmt::FilterBlock(one) => {
                let span = one.span();
                let body = self.buffered(&one.body, span);
                let filtered = self.within(false, |own| own.expression(&one.filter));
                let filter = operation("block", filtered, Vec::new(), one.filter.span());
                Stmt::FilterBlock(Spanned::new(FilterBlock { filter, filter_span: one.filter_span, body }, span))
            }
            Stmt::Block(one) => {
                // An `autoescape` around a block is not one of the block.
                let plain = AutoEscape { enabled: constant(false, one.span()), body: self.statements(&one.body) };
                let body = vec![Stmt::AutoEscape(Spanned::new(plain, one.span()))];
                Stmt::Block(Spanned::new(Block { name: one.name, required: one.required, body }, one.span()))
            }
            Stmt::Import(one) => Self::no_loader(one.span()),
            Stmt::FromImport(one) => Self::no_loader(one.span()),
            Stmt::Extends(one) => Self::no_loader(one.span()),
            Stmt::Include(one) => Self::no_loader(one.span()),
            Stmt::Macro(one) => Stmt::Macro(self.declared(one)),
            Stmt::CallBlock(one) => {
                let call = Spanned::new(
                    Call { expr: Self::target(&one.call.expr), args: self.arguments(&one.call.args) },
                    one.call.span(),
                );
                let macro_decl = self.declared(&one.macro_decl);
                let block = CallBlock { call, call_expr_span: one.call_expr_span, macro_decl };
                Stmt::CallBlock(Spanned::new(block, one.span()))
            }
            // Jinja has no statement `do` here: the server rejects the template.
            Stmt::Do(one) => Self::no_loader(one.span()),
        }
    }

    /// An expression whose result is printed.
    fn printed(&mut self, expression: &Expr<'t>, span: Span) -> Expr<'t> {
        let before = (self.variables, self.others);
        let mut inner = self.expression(expression);
        if (self.variables, self.others) == before {
            self.is_constant = true;
            inner = self.expression(expression);
            self.is_constant = false;
        }
        self.spot(inner, span)
    }

    fn spot(&mut self, inner: Expr<'t>, span: Span) -> Expr<'t> {
        let index = self.spots.len();
        let range = span.start_offset as usize..span.end_offset as usize;
        let written = self.source.get(range).unwrap_or_default().trim().to_owned();
        self.spots.push(Spot { written, line: usize::from(span.start_line) });
        operation("print", inner, vec![CallArg::Pos(constant(index, span))], span)
    }

    fn declared(&mut self, one: &Spanned<Macro<'t>>) -> Spanned<Macro<'t>> {
        // A default can name the parameters before it; minijinja's cannot.
        let required = one.args.len().saturating_sub(one.defaults.len());
        let mut body = vec![Self::marker("open", one.span())];
        for (index, arg) in one.args.iter().enumerate() {
            let (Expr::Var(var), span) = (arg, arg.span()) else { continue };
            let own = || Expr::Var(Spanned::new(Var { id: var.id }, span));
            let set = |expr| Stmt::Set(Spanned::new(Set { target: own(), expr }, span));
            match index.checked_sub(required).and_then(|index| one.defaults.get(index)) {
                Some(default) => {
                    let true_body = vec![set(self.within(false, |own| own.expression(default)))];
                    let expr = operation("missing", own(), Vec::new(), span);
                    body.push(Stmt::IfCond(Spanned::new(IfCond { expr, true_body, false_body: Vec::new() }, span)));
                }
                None => body.push(set(operation("no parameter", own(), vec![text(var.id, span)], span))),
            }
        }
        body.extend(self.statements(&one.body));
        body.push(Self::marker("close", one.span()));
        let args = one.args.iter().map(Self::target).collect();
        Spanned::new(Macro { name: one.name, args, defaults: Vec::new(), body }, one.span())
    }

    fn for_loop(&mut self, one: &Spanned<ForLoop<'t>>) -> Stmt<'t> {
        let span = one.span();
        let iter = self.expression(&one.iter);
        let count = CallArg::Pos(constant(targets(&one.target), span));
        let changed = ForLoop {
            target: Self::target(&one.target),
            iter: operation("iterate", iter, vec![count], span),
            filter_expr: one.filter_expr.as_ref().map(|filter| self.within(false, |own| own.expression(filter))),
            recursive: one.recursive,
            body: self.statements(&one.body),
            else_body: self.statements(&one.else_body),
        };
        Stmt::ForLoop(Spanned::new(changed, span))
    }

    /// The value for a target: of several, a list.
    fn assigned(&mut self, target: &Expr<'t>, value: &Expr<'t>) -> Expr<'t> {
        let value = self.expression(value);
        match targets(target) {
            0 if matches!(target, Expr::GetAttr(_)) => operation("keep", value, Vec::new(), target.span()),
            0 => value,
            count => operation("unpack", value, vec![CallArg::Pos(constant(count, target.span()))], target.span()),
        }
    }

    /// The target of an assignment, or a name that is called: unchanged.
    fn target(target: &Expr<'t>) -> Expr<'t> {
        let all = |items: &[Expr<'t>]| items.iter().map(Self::target).collect();
        match target {
            Expr::Var(one) => Expr::Var(Spanned::new(Var { id: one.id }, one.span())),
            Expr::List(one) => Expr::List(Spanned::new(List { items: all(&one.items) }, one.span())),
            Expr::Tuple(one) => Expr::Tuple(Spanned::new(Tuple { items: all(&one.items) }, one.span())),
            Expr::GetAttr(one) => Expr::GetAttr(Spanned::new(
                minijinja::machinery::ast::GetAttr { expr: Self::target(&one.expr), name: one.name },
                one.span(),
            )),
            other => constant((), other.span()),
        }
    }

    fn arguments(&mut self, arguments: &[CallArg<'t>]) -> Vec<CallArg<'t>> {
        arguments
            .iter()
            .map(|argument| match argument {
                CallArg::Pos(one) => CallArg::Pos(self.expression(one)),
                CallArg::Kwarg(name, one) => CallArg::Kwarg(name, self.expression(one)),
                CallArg::PosSplat(one) => {
                    let span = one.span();
                    let all = self.expression(one);
                    CallArg::PosSplat(operation("iterate", all, vec![CallArg::Pos(constant(0, span))], span))
                }
                CallArg::KwargSplat(one) => CallArg::KwargSplat(self.expression(one)),
            })
            .collect()
    }

    fn optional(&mut self, expression: Option<&Expr<'t>>, span: Span) -> CallArg<'t> {
        CallArg::Pos(expression.map_or_else(|| constant((), span), |one| self.expression(one)))
    }

    fn checked(&mut self, what: &'static str, name: &str) -> bool {
        let exists = if what == "filter" { is_template_filter(name) } else { is_template_test(name) };
        if !exists && !self.is_soft && self.unknown.is_none() {
            self.unknown = Some((what, name.to_owned()));
        }
        exists
    }

    fn expression(&mut self, expression: &Expr<'t>) -> Expr<'t> {
        let span = expression.span();
        if matches!(expression, Expr::Call(_) | Expr::Filter(_) | Expr::Test(_) | Expr::IfExpr(_)) {
            self.others = self.others.saturating_add(1);
        }
        match expression {
            Expr::Var(one) => {
                self.variables = self.variables.saturating_add(1);
                let plain = Expr::Var(Spanned::new(Var { id: one.id }, span));
                operation("name", plain, vec![text(one.id, span)], span)
            }
            Expr::Const(one) => {
                let range = span.start_offset as usize..span.end_offset as usize;
                let written = self.source.get(range).unwrap_or_default();
                // minijinja does not know these escapes.
                if one.value.as_str().is_some() && has_escape(written, &['a', 'v', 'N']) {
                    return Self::not_here("its escapes such as `\\a`, `\\v` and `\\N` are not read here", span);
                }
                constant(one.value.clone(), span)
            }
            Expr::Slice(one) => self.slice(one, span),
            Expr::UnaryOp(one) => {
                let inner = self.expression(&one.expr);
                match one.op {
                    UnaryOpKind::Not => operation("not", inner, Vec::new(), span),
                    UnaryOpKind::Neg => operation("negate", inner, Vec::new(), span),
                }
            }
            Expr::BinOp(one) => self.binary(one, span),
            Expr::Compare(one) => {
                let mut all: Option<Expr<'t>> = None;
                let mut left = &one.expr;
                for next in &one.ops {
                    let operands = (self.expression(left), vec![CallArg::Pos(self.expression(&next.expr))]);
                    let one = operation(comparison(next.op), operands.0, operands.1, span);
                    left = &next.expr;
                    all = Some(match all {
                        None => one,
                        Some(before) => {
                            Expr::BinOp(Spanned::new(BinOp { op: BinOpKind::ScAnd, left: before, right: one }, span))
                        }
                    });
                }
                all.unwrap_or_else(|| constant(true, span))
            }
            Expr::IfExpr(one) => {
                let changed = self.within(true, |own| {
                    let test_expr = own.expression(&one.test_expr);
                    let other = match &one.false_expr {
                        Some(other) => own.expression(other),
                        None => {
                            let line = CallArg::Pos(constant(usize::from(span.start_line), span));
                            operation("no else", constant((), span), vec![line], span)
                        }
                    };
                    IfExpr { test_expr, true_expr: own.expression(&one.true_expr), false_expr: Some(other) }
                });
                Expr::IfExpr(Spanned::new(changed, span))
            }
            Expr::Filter(one) => {
                let kind = if self.checked("filter", one.name) { "filter" } else { "no filter" };
                let inner = one.expr.as_ref().map(|inner| self.expression(inner));
                let mut args = vec![text(one.name, span)];
                args.extend(self.arguments(&one.args));
                on(inner, kind, args, span)
            }
            Expr::Test(one) => self.test(one, span),
            Expr::GetAttr(one) => {
                if matches!(&one.expr, Expr::Var(var) if var.id == "self") {
                    return Self::target(expression);
                }
                let inner = self.expression(&one.expr);
                operation("attribute", inner, vec![text(one.name, span)], span)
            }
            Expr::GetItem(one) => {
                let inner = self.expression(&one.expr);
                let key = CallArg::Pos(self.expression(&one.subscript_expr));
                operation("item", inner, vec![key], span)
            }
            Expr::Call(one) => self.call(one, span),
            Expr::List(one) => {
                let items = one.items.iter().map(|item| CallArg::Pos(self.expression(item))).collect();
                operation("list", constant((), span), items, span)
            }
            Expr::Tuple(one) => {
                let items = one.items.iter().map(|item| CallArg::Pos(self.expression(item))).collect();
                operation("tuple", constant((), span), items, span)
            }
            Expr::Map(one) => {
                let mut entries = Vec::new();
                for (key, value) in one.keys.iter().zip(&one.values) {
                    entries.push(CallArg::Pos(self.expression(key)));
                    entries.push(CallArg::Pos(self.expression(value)));
                }
                operation("dict", constant((), span), entries, span)
            }
        }
    }

    fn slice(&mut self, one: &Slice<'t>, span: Span) -> Expr<'t> {
        let before = self.variables;
        let of = self.expression(&one.expr);
        let bounds = [&one.start, &one.stop, &one.step];
        let bounds = bounds.into_iter().map(|bound| self.optional(bound.as_ref(), span)).collect();
        // Jinja calculates constants itself, where a failure is no error.
        let name = match () {
            () if self.is_constant => "printed slice",
            () if self.variables == before => "constant slice",
            () => "slice",
        };
        operation(name, of, bounds, span)
    }

    fn not_here(why: &str, span: Span) -> Expr<'t> {
        operation("not here", constant((), span), vec![text(why, span)], span)
    }

    fn binary(&mut self, one: &Spanned<BinOp<'t>>, span: Span) -> Expr<'t> {
        let (left, right) = (self.expression(&one.left), self.expression(&one.right));
        let name = match one.op {
            BinOpKind::ScAnd | BinOpKind::ScOr => {
                return Expr::BinOp(Spanned::new(BinOp { op: one.op, left, right }, span));
            }
            BinOpKind::Eq => "==",
            BinOpKind::Ne => "!=",
            BinOpKind::Lt => "<",
            BinOpKind::Lte => "<=",
            BinOpKind::Gt => ">",
            BinOpKind::Gte => ">=",
            BinOpKind::In => "in",
            BinOpKind::Add => "+",
            BinOpKind::Sub => "-",
            BinOpKind::Mul => "*",
            BinOpKind::Div => "/",
            BinOpKind::FloorDiv => "//",
            BinOpKind::Rem => "%",
            BinOpKind::Pow => "**",
            BinOpKind::Concat => "~",
        };
        operation(name, left, vec![CallArg::Pos(right)], span)
    }

    fn test(&mut self, one: &Spanned<Test<'t>>, span: Span) -> Expr<'t> {
        if let [CallArg::Pos(argument)] = &*one.args {
            let (before, after) =
                self.source.split_at_checked(argument.span().start_offset as usize).unwrap_or_default();
            if after.starts_with('-') && !before.trim_end().ends_with('(') {
                return Self::not_here("`is` before a minus is not read here", span);
            }
        }
        let kind = if self.checked("test", one.name) { "test" } else { "no test" };
        let inner = self.expression(&one.expr);
        let mut args = vec![text(one.name, span)];
        args.extend(self.arguments(&one.args));
        operation(kind, inner, args, span)
    }

    fn call(&mut self, one: &Spanned<Call<'t>>, span: Span) -> Expr<'t> {
        let args = self.arguments(&one.args);
        match &one.expr {
            // A recursive loop, the outer block: minijinja's own.
            Expr::Var(var) if matches!(var.id, "loop" | "super") => {
                let args = args
                    .into_iter()
                    .map(|argument| match argument {
                        CallArg::Pos(all) if var.id == "loop" => {
                            CallArg::Pos(operation("iterate", all, vec![CallArg::Pos(constant(0, span))], span))
                        }
                        other => other,
                    })
                    .collect();
                Expr::Call(Spanned::new(Call { expr: Self::target(&one.expr), args }, span))
            }
            Expr::GetAttr(attr) if matches!(&attr.expr, Expr::Var(var) if var.id == "self") => {
                Expr::Call(Spanned::new(Call { expr: Self::target(&one.expr), args }, span))
            }
            _ => {
                let callee = self.expression(&one.expr);
                operation("call", callee, args, span)
            }
        }
    }
}

/// The place of a whole expression: minijinja's begins behind the first name.
fn whole(expression: &Expr<'_>) -> Span {
    let mut span = expression.span();
    let mut inner = Some(expression);
    while let Some(one) = inner {
        if one.span().start_offset < span.start_offset {
            let start = one.span();
            span.start_offset = start.start_offset;
            span.start_line = start.start_line;
            span.start_col = start.start_col;
        }
        inner = match one {
            Expr::GetAttr(one) => Some(&one.expr),
            Expr::GetItem(one) => Some(&one.expr),
            Expr::Slice(one) => Some(&one.expr),
            Expr::Call(one) => Some(&one.expr),
            Expr::Test(one) => Some(&one.expr),
            Expr::Filter(one) => one.expr.as_ref(),
            Expr::BinOp(one) => Some(&one.left),
            Expr::Compare(one) => Some(&one.expr),
            Expr::IfExpr(one) => Some(&one.true_expr),
            _ => None,
        };
    }
    span
}

/// Whether a string is written with one of these letters after a backslash.
fn has_escape(written: &str, letters: &[char]) -> bool {
    let mut rest = written;
    while let Some((_, behind)) = rest.split_once('\\') {
        if behind.starts_with(letters) {
            return true;
        }
        let mut skipped = behind.chars();
        skipped.next();
        rest = skipped.as_str();
    }
    false
}

/// How many values a target needs; 0 for a single variable.
fn targets(target: &Expr<'_>) -> usize {
    match target {
        Expr::List(one) => one.items.len(),
        Expr::Tuple(one) => one.items.len(),
        _ => 0,
    }
}

fn comparison(operator: CompareOpKind) -> &'static str {
    match operator {
        CompareOpKind::Eq => "==",
        CompareOpKind::Ne => "!=",
        CompareOpKind::Lt => "<",
        CompareOpKind::Lte => "<=",
        CompareOpKind::Gt => ">",
        CompareOpKind::Gte => ">=",
        CompareOpKind::In => "in",
        CompareOpKind::NotIn => "not in",
    }
}
