//! The catalogue as a readable page, in the layout of Prefect's documentation: a table of labels, one of related
//! resources, one of payload fields, each with a column for what Prefect itself does differently.

use crate::catalogue::{AllowedValue, Family, Field, Label, LabelForm, Object, Presence, Related, ValueKind, families};
use crate::diagnostic::Severity;

use super::descriptions::{self, sentence};

const HEAD: &str = concat!(
    "\
# Events

Every event that Prefect documents or emits. The layout follows [Prefect's documentation](",
    env!("PREFECT_DOCUMENTATION"),
    "/v3/api-ref/events); the last column of each table says what Prefect itself does differently. `prefect-events explain NAME` shows a whole event, `prefect-events schema NAME` its JSON Schema.

This page is generated from the catalogue in `src/catalogue/pages`. Correct mistakes there; `UPDATE_REFERENCE=1 cargo test reference` then updates this page.
"
);

/// The page, as Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = HEAD.to_owned();
    let mut contents = String::new();
    let mut body = String::new();
    let mut page = None;
    for family in families() {
        let own = title(family);
        if page.as_ref() != Some(&own) {
            line(&mut contents, &format!("\n**{own}**\n"));
            line(&mut body, &format!("\n## {own}"));
            page = Some(own);
        }
        line(&mut contents, &format!("- [`{}`](#{})", family.name.text, anchor(family.name.text)));
        self::family(&mut body, family);
    }
    out.push_str(&contents);
    out.push_str(&body);
    out
}

/// The title of the family's documentation page.
fn title(family: &Family) -> String {
    let page = family.docs().and_then(|docs| docs.split('#').next()?.rsplit('/').next());
    page.map_or("Not documented".to_owned(), |page| sentence(&page.replace('-', " ")).trim_end_matches('.').to_owned())
}

/// GitHub's anchor for a heading that is code.
fn anchor(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || *c == '-').flat_map(char::to_lowercase).collect()
}

fn family(out: &mut String, family: &Family) {
    let documented = family.is_documented();
    line(out, &format!("\n### `{}`\n", family.name.text));
    let emitted_by = family.emitted_by();
    let emitted_by = if emitted_by.is_empty() { String::new() } else { format!(" Emitted by {emitted_by}.") };
    let docs = family.docs().map(|docs| format!(" ([documentation]({docs}))")).unwrap_or_default();
    line(out, &format!("{}.{emitted_by}{docs}", family.title()));

    if !family.variants.is_empty() {
        variants(out, family);
    }

    table(
        out,
        "Resource",
        ["Label", "Description"],
        family
            .labels
            .iter()
            .map(|label| [code(label.name), label_words(label), practice(&label_practice(label, documented))]),
    );
    if !family.related.is_empty() {
        let related = family.related.iter().flat_map(|related| related_rows(related, documented));
        table(out, "Related resources", ["Resource ID pattern", "Role", "When present"], related);
    }
    for shape in family.payload {
        if shape.fields.is_empty() {
            line(out, "\n#### Payload\n");
            let open = "The payload has no documented fields; it can have any.";
            line(out, if shape.other.is_some() { descriptions::NO_PAYLOAD } else { open });
            continue;
        }
        let mut rows = Vec::new();
        field_rows(shape, "", documented, &mut rows);
        table(out, "Payload", ["Field", "Type", "Description"], rows.into_iter());
    }
    if let Some(follows) = family.follows {
        line(out, "\n#### Follows\n");
        line(out, &sentence(follows.meaning()));
    }
    if !family.notes().is_empty() {
        line(out, "\n#### Notes\n");
        for note in family.notes() {
            line(out, &format!("- {}", sentence(note)));
        }
    }
    if !family.code().is_empty() {
        line(
            out,
            &format!("\nIn Prefect's source: {}", family.code().split(", ").map(code).collect::<Vec<_>>().join(", ")),
        );
    }
}

fn variants(out: &mut String, family: &Family) {
    let states = family.variants.iter().any(|variant| variant.state_type.is_some());
    let practice = |documented: bool| if documented { "" } else { descriptions::NOT_DOCUMENTED }.to_owned();
    if states {
        table(
            out,
            "State variants",
            ["State name", "State type"],
            family.variants.iter().map(|variant| {
                [
                    code(variant.name),
                    variant.state_type.map(code).unwrap_or_default(),
                    practice(variant.is_documented()),
                ]
            }),
        );
    } else {
        let rows = family.variants.iter().map(|variant| [code(variant.name), practice(variant.is_documented())]);
        table(out, "Variants", ["Name"], rows);
    }
}

/// A table with a heading; its last column shows what Prefect itself does.
fn table<const N: usize, const M: usize>(
    out: &mut String,
    heading: &str,
    columns: [&str; N],
    rows: impl Iterator<Item = [String; M]>,
) {
    line(out, &format!("\n#### {heading}\n"));
    line(out, &format!("| {} | Prefect itself |", columns.join(" | ")));
    line(out, &format!("|{}", " --- |".repeat(M)));
    for row in rows {
        line(out, &format!("| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
    if text.ends_with('\n') {
        out.push('\n');
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn practice(sentences: &[String]) -> String {
    sentences.iter().map(|text| sentence(text)).collect::<Vec<_>>().join(" ")
}

// ---- labels

fn label_words(label: &Label) -> String {
    match &label.form {
        LabelForm::Templates(_) => format!("{}: {}", usual(&label.form), sentence(label.meaning())),
        LabelForm::Values { values, .. } => with_values(sentence(label.meaning()), values),
        _ => sentence(label.meaning()),
    }
}

/// The forms of an id without further remarks.
fn usual(form: &LabelForm) -> String {
    match form {
        LabelForm::Templates(templates) => {
            let usual = templates.iter().filter(|form| form.remark.is_none());
            usual.map(|form| code(form.template.text)).collect::<Vec<_>>().join(" or ")
        }
        _ => String::new(),
    }
}

fn label_practice(label: &'static Label, documented: bool) -> Vec<String> {
    let mut all: Vec<String> =
        descriptions::practice(label.source(), label.presence(), documented).map(str::to_owned).into_iter().collect();
    all.extend(descriptions::remarks(&label.form).map(str::to_owned));
    all
}

fn with_values(meaning: String, values: &[AllowedValue]) -> String {
    match values {
        [] | [_] => meaning,
        _ => {
            let all = values.iter().map(|value| code(value.text)).collect::<Vec<_>>().join(", ");
            format!("{meaning} One of {all}.")
        }
    }
}

// ---- related resources

/// The resource, followed by its labels.
fn related_rows(related: &'static Related, documented: bool) -> Vec<[String; 4]> {
    // A remark already says who writes it.
    let own = match related.remark {
        Some(remark) => Some(remark.text),
        None => descriptions::practice(related.source(), Presence::Required, documented),
    };
    let mut all: Vec<String> = own.map(str::to_owned).into_iter().collect();
    if related.min > 0 && related.missing.is_some_and(|missing| missing.severity != Severity::Error) {
        all.push("Not always present".to_owned());
    }
    all.extend(descriptions::remarks(&related.id).map(str::to_owned));
    let mut rows = vec![[usual(&related.id), code(related.role), sentence(related.when()), practice(&all)]];
    rows.extend(related.labels.iter().map(|label| {
        [
            format!("… {}", code(label.name)),
            String::new(),
            label_words(label),
            practice(&label_practice(label, documented)),
        ]
    }));
    rows
}

// ---- payload

fn field_rows(object: &'static Object, before: &str, documented: bool, rows: &mut Vec<[String; 4]>) {
    for field in object.fields {
        let path = [before, field.name].concat();
        let own = match field.remark {
            Some(remark) => Some(remark.text),
            None => descriptions::practice(field.source(), field.presence(), documented),
        };
        let mut practice: Vec<String> = own.map(str::to_owned).into_iter().collect();
        practice.extend(field.also.map(|(_, remark)| remark.text.to_owned()));
        practice
            .extend(field.values.iter().filter_map(|value| value.remark.as_ref()).map(|remark| remark.text.to_owned()));
        let meaning = with_values(sentence(field.meaning()), field.values);
        rows.push([code(&path), kind(field), meaning, self::practice(&practice)]);
        if let Some(inner) = field.object {
            let end = if field.kind == ValueKind::Array { "[]." } else { "." };
            field_rows(inner, &[&path, end].concat(), documented, rows);
        }
    }
}

fn kind(field: &Field) -> String {
    let items = field.items.map(|items| format!(" of {}", items.name())).unwrap_or_default();
    let null = if field.nullable { " or null" } else { "" };
    [field.kind.name(), &items, null].concat()
}
