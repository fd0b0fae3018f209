//! TypeScript names of the types whose serialized form is not that of their fields.

use ts_rs::{Config, TS, TypeVisitor};

use crate::automation::Required;
use crate::diagnostic::{Code, Severities, Severity};

// `severity.rs` is compiled by the build script too, which knows no derived types.
impl TS for Severity {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "Severity".to_owned()
    }

    fn inline(_: &Config) -> String {
        r#""error" | "warning" | "info""#.to_owned()
    }

    fn decl(config: &Config) -> String {
        format!("type Severity = {};", Self::inline(config))
    }

    fn decl_concrete(config: &Config) -> String {
        Self::decl(config)
    }

    fn docs() -> Option<String> {
        Some("/** How bad a finding is. Only an error makes a report invalid. */\n".to_owned())
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("Severity.ts".into())
    }
}

impl TS for Code {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "DiagnosticCode".to_owned()
    }

    fn inline(_: &Config) -> String {
        Code::ALL.iter().map(|code| format!("\"{}\"", code.name())).collect::<Vec<_>>().join(" | ")
    }

    fn decl(config: &Config) -> String {
        format!("type DiagnosticCode = {};", Self::inline(config))
    }

    fn decl_concrete(config: &Config) -> String {
        Self::decl(config)
    }

    fn docs() -> Option<String> {
        Some("/** The stable name of what is wrong. */\n".to_owned())
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("DiagnosticCode.ts".into())
    }
}

impl TS for Severities {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        r#"Partial<Record<DiagnosticCode, Severity | "off">>"#.to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }

    fn visit_dependencies(visitor: &mut impl TypeVisitor)
    where
        Self: 'static,
    {
        visitor.visit::<Code>();
        visitor.visit::<Severity>();
    }
}

impl TS for Required {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        r#""any" | "all" | number"#.to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}
