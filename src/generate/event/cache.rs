//! Layouts and templates compiled from the catalogue, kept from one event to the next.

use std::cell::RefCell;
use std::rc::Rc;

use crate::catalogue::{Family, Object};
use crate::text::table::Map;

use super::joined::joined_of_shape;
use super::layout::Layout;
use super::template::{EventPiece, Shape, compile};

/// The most templates that are kept.
const MOST: usize = 256;

/// The template of events of one layout and shape.
pub(in crate::generate) struct Template {
    /// For any sink.
    pub pieces: Vec<EventPiece>,
    /// The same for JSON text, with joined pieces.
    pub joined: Vec<EventPiece>,
}

#[derive(Default)]
struct Compiled {
    layouts: Vec<Rc<Layout>>,
    /// By the index of the layout.
    templates: Map<(usize, Shape), Rc<Template>>,
}

thread_local! {
    static COMPILED: RefCell<Compiled> = RefCell::default();
}

/// The layout of a family's events with one shape of the payload.
pub(in crate::generate) fn layout(family: &'static Family, shape: Option<&'static Object>) -> Rc<Layout> {
    let is_same = |one: Option<&'static Object>| match (one, shape) {
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    COMPILED.with_borrow_mut(|compiled| {
        let mut layouts = compiled.layouts.iter();
        let known = layouts.find(|layout| std::ptr::eq(layout.family, family) && is_same(layout.shape));
        known.cloned().unwrap_or_else(|| {
            let layout = Rc::new(Layout::new(family, shape));
            compiled.layouts.push(layout.clone());
            layout
        })
    })
}

/// The template of a layout and a shape.
pub(in crate::generate) fn template(layout: &Rc<Layout>, shape: Shape) -> Rc<Template> {
    COMPILED.with_borrow_mut(|Compiled { layouts, templates }| {
        let at = layouts.iter().position(|own| Rc::ptr_eq(own, layout)).unwrap_or(usize::MAX);
        let key = (at, shape);
        if let Some(known) = templates.get(&key) {
            return known.clone();
        }
        let pieces = compile(layout, &key.1);
        let joined = joined_of_shape(&pieces, layout, &key.1);
        let template = Rc::new(Template { pieces, joined });
        if templates.len() >= MOST {
            templates.clear();
        }
        templates.insert(key, template.clone());
        template
    })
}
