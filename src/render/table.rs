//! Columns of text, and Markdown tables.

use crate::text::steps::step;

/// Texts in columns, two spaces apart; the last column is not padded.
pub(super) fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        step(row.len());
        for (place, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(place) {
                Some(own) => *own = (*own).max(width),
                None => widths.push(width),
            }
        }
    }
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn line(row: &[String], widths: &[usize]) -> String {
    let mut out = String::new();
    for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
        out.push_str(if place > 0 { "  " } else { "" });
        out.push_str(cell);
        if place.saturating_add(1) < row.len() {
            out.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.chars().count())));
        }
    }
    out.trim_end().to_owned()
}

/// A table of Markdown.
pub(super) fn markdown(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let mut out = String::from("|");
        for cell in cells {
            out.extend([" ", &cell, " |"]);
        }
        out
    };
    let mut lines =
        vec![line(&mut head.iter().map(|cell| (*cell).to_owned())), line(&mut head.iter().map(|_| "---".to_owned()))];
    for row in rows {
        step(row.len());
        lines.push(line(&mut row.iter().map(|cell| escaped(cell))));
    }
    lines
}

/// Text without a meaning in Markdown.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
