//! The filters of the server's environment with their parameters, as Python names them in errors.

use super::error::{Outcome, type_error};
use super::time::Arguments;

/// The name of a filter, its function, its parameters after the value, and how many of them are required. No parameters
/// and `*`: any.
type Filter = (&'static str, &'static str, &'static [&'static str], usize);

const ANY: &[&str] = &["*"];

const FILTERS: [Filter; 77] = [
    ("abs", "abs", &[], 0),
    ("attr", "do_attr", &["name"], 1),
    ("batch", "do_batch", &["linecount", "fill_with"], 1),
    ("capitalize", "do_capitalize", &[], 0),
    ("center", "do_center", &["width"], 0),
    ("count", "len", &[], 0),
    ("d", "do_default", &["default_value", "boolean"], 0),
    ("default", "do_default", &["default_value", "boolean"], 0),
    ("dictsort", "do_dictsort", &["case_sensitive", "by", "reverse"], 0),
    ("e", "escape", &[], 0),
    ("escape", "escape", &[], 0),
    ("filesizeformat", "do_filesizeformat", &["binary"], 0),
    ("first", "do_first", &[], 0),
    ("float", "do_float", &["default"], 0),
    ("flow_run_id", "flow_run_id", &[], 0),
    ("forceescape", "do_forceescape", &[], 0),
    ("format", "do_format", ANY, 0),
    ("groupby", "do_groupby", &["attribute", "default", "case_sensitive"], 1),
    ("humanize_abs_timedelta", "humanize_abs_timedelta", &[], 0),
    ("humanize_activate", "humanize_activate", ANY, 0),
    ("humanize_apnumber", "humanize_apnumber", &[], 0),
    ("humanize_clamp", "humanize_clamp", &["floor", "ceil", "format", "floor_token", "ceil_token"], 0),
    ("humanize_date_and_delta", "humanize_date_and_delta", ANY, 0),
    ("humanize_deactivate", "humanize_deactivate", &[], 0),
    ("humanize_decimal_separator", "humanize_decimal_separator", &[], 0),
    ("humanize_fractional", "humanize_fractional", &[], 0),
    ("humanize_intcomma", "humanize_intcomma", &["ndigits"], 0),
    ("humanize_intword", "humanize_intword", &["format"], 0),
    ("humanize_metric", "humanize_metric", &["unit", "precision"], 0),
    ("humanize_naturaldate", "humanize_naturaldate", &[], 0),
    ("humanize_naturalday", "humanize_naturalday", &[], 0),
    ("humanize_naturaldelta", "humanize_naturaldelta", &["months", "minimum_unit"], 0),
    ("humanize_naturalsize", "humanize_naturalsize", &["binary", "gnu", "format"], 0),
    ("humanize_naturaltime", "humanize_naturaltime", &["future", "months", "minimum_unit", "when"], 0),
    ("humanize_ordinal", "humanize_ordinal", &["gender"], 0),
    ("humanize_precisedelta", "humanize_precisedelta", &["minimum_unit", "suppress", "format"], 0),
    ("humanize_scientific", "humanize_scientific", &["precision"], 0),
    ("humanize_thousands_separator", "humanize_thousands_separator", &[], 0),
    ("indent", "do_indent", &["width", "first", "blank"], 0),
    ("int", "do_int", &["default", "base"], 0),
    ("items", "do_items", &[], 0),
    ("join", "do_join", &["d", "attribute"], 0),
    ("last", "do_last", &[], 0),
    ("length", "len", &[], 0),
    ("list", "do_list", &[], 0),
    ("lower", "do_lower", &[], 0),
    ("map", "do_map", ANY, 0),
    ("max", "do_max", &["case_sensitive", "attribute"], 0),
    ("min", "do_min", &["case_sensitive", "attribute"], 0),
    ("pprint", "do_pprint", &[], 0),
    ("random", "do_random", &[], 0),
    ("reject", "do_reject", ANY, 0),
    ("rejectattr", "do_rejectattr", ANY, 0),
    ("replace", "do_replace", &["old", "new", "count"], 2),
    ("reverse", "do_reverse", &[], 0),
    ("round", "do_round", &["precision", "method"], 0),
    ("safe", "do_mark_safe", &[], 0),
    ("select", "do_select", ANY, 0),
    ("selectattr", "do_selectattr", ANY, 0),
    ("slice", "do_slice", &["slices", "fill_with"], 1),
    ("sort", "do_sort", &["reverse", "case_sensitive", "attribute"], 0),
    ("string", "soft_str", &[], 0),
    ("striptags", "do_striptags", &[], 0),
    ("sum", "do_sum", &["attribute", "start"], 0),
    ("title", "do_title", &[], 0),
    ("tojson", "_tojson", &["indent"], 0),
    ("trim", "do_trim", &["chars"], 0),
    ("truncate", "do_truncate", &["length", "killwords", "end", "leeway"], 0),
    ("ui_resource_events_url", "ui_resource_events_url", &[], 0),
    ("ui_url", "ui_url", &[], 0),
    ("unique", "do_unique", &["case_sensitive", "attribute"], 0),
    ("upper", "do_upper", &[], 0),
    ("urlencode", "do_urlencode", &[], 0),
    ("urlize", "do_urlize", ANY, 0),
    ("wordcount", "do_wordcount", &[], 0),
    ("wordwrap", "do_wordwrap", &["width", "break_long_words", "wrapstring", "break_on_hyphens"], 0),
    ("xmlattr", "do_xmlattr", &["autospace"], 0),
];

/// Whether the arguments fit.
pub(super) fn check(name: &str, given: &Arguments<'_>) -> Outcome<()> {
    let Some((_, function, parameters, required)) = FILTERS.iter().find(|(known, ..)| *known == name) else {
        return Ok(());
    };
    if *parameters == ANY {
        return Ok(());
    }
    if let Some((wrong, _)) = given.named.iter().find(|(name, _)| !parameters.contains(&&**name)) {
        return type_error(format!("{function}() got an unexpected keyword argument '{wrong}'"));
    }
    let count = given.positional.len();
    if count > parameters.len() {
        let most = parameters.len().saturating_add(1);
        let plural = if most == 1 { "" } else { "s" };
        let taken = if *required < parameters.len() {
            format!("from {} to {most}", required.saturating_add(1))
        } else {
            most.to_string()
        };
        let all = count.saturating_add(1);
        return type_error(format!("{function}() takes {taken} positional argument{plural} but {all} were given"));
    }
    let absent = parameters.iter().take(*required).skip(count);
    match absent.into_iter().find(|parameter| !given.named.iter().any(|(name, _)| name == *parameter)) {
        Some(parameter) => type_error(format!("{function}() missing 1 required positional argument: '{parameter}'")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_of_templates_has_its_parameters() {
        let known: Vec<&str> = FILTERS.iter().map(|(name, ..)| *name).collect();
        let unknown: Vec<&&str> = known.iter().filter(|name| !crate::automation::is_template_filter(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        assert!(known.is_sorted_by(|one, next| one < next));
        assert_eq!(known.len(), crate::automation::TEMPLATE_FILTERS);
    }
}
