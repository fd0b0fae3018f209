//! Puts the tree of a document onto the tape, and resolves aliases and merge keys.

use std::rc::Rc;

use crate::json::{Builder, Kind, Span, Tape};
use crate::text::steps::step;
use crate::text::table::{Map, Set};

use super::compose::{Content, Document, MAX_DEPTH, Node, Scalar, Step, Text};
use super::error::{YamlError, YamlProblem};

/// The most values of a document, including those that aliases and merge keys expand to.
const MAX_VALUES: usize = 1_000_000;

pub(super) fn construct(document: &Document, text: &[u8], tape: &mut Tape) -> Step {
    let offset = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let builder = tape.build(&[text, &document.texts]);
    let mut constructor =
        Constructor { document, text, offset, builder, merged: Map::default(), left: MAX_VALUES, at: Span::default() };
    constructor.node(0, 0)
}

/// The nodes of a key and its value.
type Member = (u32, u32);

struct Constructor<'d, 't> {
    document: &'d Document,
    text: &'d [u8],
    /// Where the decoded texts begin on the tape.
    offset: u32,
    builder: Builder<'t>,
    /// The members of mappings with merge keys.
    merged: Map<u32, Rc<[Member]>>,
    /// The number of values that may still follow.
    left: usize,
    /// The alias or merge key being resolved.
    at: Span,
}

impl<'d> Constructor<'d, '_> {
    fn get(&self, index: u32) -> Step<Node> {
        step(1);
        let nothing = YamlError { problem: YamlProblem::Syntax, span: self.at };
        self.document.nodes.get(index as usize).copied().ok_or(nothing)
    }

    /// The target of an alias; for other nodes, the node itself.
    fn resolved(&self, index: u32) -> Step<(u32, Node)> {
        let node = self.get(index)?;
        match node.content {
            Content::Alias(target) => Ok((target, self.get(target)?)),
            _ => Ok((index, node)),
        }
    }

    fn spend(&mut self, values: usize) -> Step {
        match self.left.checked_sub(values) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(YamlError { problem: YamlProblem::TooLarge, span: self.at }),
        }
    }

    fn node(&mut self, index: u32, depth: usize) -> Step {
        let node = self.get(index)?;
        self.spend(1)?;
        match node.content {
            Content::Scalar(scalar) => {
                self.scalar(scalar, node.span);
                return Ok(());
            }
            Content::Alias(target) => {
                self.at = node.span;
                return self.node(target, depth);
            }
            Content::Sequence | Content::Mapping { .. } => {}
        }
        // Nested by aliases.
        if depth >= MAX_DEPTH {
            return Err(YamlError { problem: YamlProblem::TooDeep, span: self.at });
        }
        let depth = depth.saturating_add(1);
        let is_mapping = matches!(node.content, Content::Mapping { .. });
        self.builder.open(if is_mapping { Kind::Object } else { Kind::Array }, node.span);
        if let Content::Mapping { merges: true } = node.content {
            for (key, value) in self.members(index)?.iter() {
                self.node(*key, depth)?;
                self.node(*value, depth)?;
            }
        } else {
            let mut child = index.saturating_add(1);
            while child < node.after {
                self.node(child, depth)?;
                child = self.get(child)?.after;
            }
        }
        self.builder.close();
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar, span: Span) {
        let text = match scalar.text {
            Text::Written(text) => text,
            Text::Decoded(text) => {
                Span { start: text.start.saturating_add(self.offset), end: text.end.saturating_add(self.offset) }
            }
        };
        self.builder.scalar(scalar.kind, span, text, scalar.plain);
    }

    /// The members of a mapping, ordered so that the last one of a key counts: the merged ones (without repeated keys
    /// and its own keys), then its own.
    fn members(&mut self, mapping: u32) -> Step<Rc<[Member]>> {
        if let Some(known) = self.merged.get(&mapping) {
            return Ok(Rc::clone(known));
        }
        let node = self.get(mapping)?;
        let (mut own, mut sources) = (Vec::new(), Vec::new());
        let mut key = mapping.saturating_add(1);
        while key < node.after {
            let value = self.get(key)?.after;
            let after = self.get(value)?.after;
            let at = self.get(key)?;
            if let Content::Scalar(Scalar { merge: true, .. }) = at.content {
                self.sources(value, at.span, &mut sources)?;
            } else {
                own.push((key, value));
            }
            key = after;
        }
        self.spend(own.len())?;
        let mut keys: Set<_> = Set::default();
        for (key, _) in &own {
            keys.insert(self.key(*key)?);
        }
        // Of several mappings with a key, the last one counts: the first one found from the end.
        let mut members = own;
        members.reverse();
        let mut seen: Set<u32> = Set::default();
        for (source, at) in sources.into_iter().rev() {
            if !seen.insert(source) {
                continue;
            }
            self.at = at;
            let inherited = self.members(source)?;
            self.spend(inherited.len())?;
            for member in inherited.iter().rev() {
                if keys.insert(self.key(member.0)?) {
                    members.push(*member);
                }
            }
        }
        members.reverse();
        let members: Rc<[Member]> = members.into();
        self.merged.insert(mapping, Rc::clone(&members));
        Ok(members)
    }

    /// The mappings named by the value of `<<`. In a list, the first one counts.
    fn sources(&self, value: u32, at: Span, sources: &mut Vec<(u32, Span)>) -> Step {
        let is_mapping = |node: &Node| matches!(node.content, Content::Mapping { .. });
        let wrong = YamlError { problem: YamlProblem::Merge, span: at };
        let (index, node) = self.resolved(value)?;
        if is_mapping(&node) {
            sources.push((index, at));
            return Ok(());
        }
        let Content::Sequence = node.content else { return Err(wrong) };
        let first = sources.len();
        let mut child = index.saturating_add(1);
        while child < node.after {
            let (index, mapping) = self.resolved(child)?;
            if !is_mapping(&mapping) {
                return Err(wrong);
            }
            sources.push((index, at));
            child = self.get(child)?.after;
        }
        if let Some(list) = sources.get_mut(first..) {
            list.reverse();
        }
        Ok(())
    }

    /// The identity of a key.
    fn key(&self, index: u32) -> Step<(u8, &'d [u8])> {
        let (_, node) = self.resolved(index)?;
        let Content::Scalar(scalar) = node.content else {
            return Err(YamlError { problem: YamlProblem::ComplexKey, span: node.span });
        };
        let (base, span) = match scalar.text {
            Text::Written(span) => (self.text, span),
            Text::Decoded(span) => (self.document.texts.as_slice(), span),
        };
        let text = base.get(span.start as usize..span.end as usize).unwrap_or_default();
        Ok((scalar.kind as u8, text))
    }
}
