//! TypeScript names of the types whose serialized form differs from their fields.

use ts_rs::{Config, TS, TypeVisitor};

use crate::automation::Required;
use crate::diagnostic::{Code, Severities, Severity};
use crate::time::{Instant, TimeSpan};
use crate::trigger::Version;

/// A type with its own declaration.
macro_rules! declared {
    ($type:ty, $name:literal, $docs:literal, $inline:expr) => {
        impl TS for $type {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &Config) -> String {
                $name.to_owned()
            }

            fn inline(_: &Config) -> String {
                $inline
            }

            fn decl(config: &Config) -> String {
                format!("type {} = {};", $name, Self::inline(config))
            }

            fn decl_concrete(config: &Config) -> String {
                Self::decl(config)
            }

            fn docs() -> Option<String> {
                Some(concat!("/** ", $docs, " */\n").to_owned())
            }

            fn output_path() -> Option<std::path::PathBuf> {
                Some(concat!($name, ".ts").into())
            }
        }
    };
}

/// A type that is inlined wherever it is used. The types that its text names are declared too.
macro_rules! written_out {
    ($type:ty, $text:literal $(, $named:ty)*) => {
        impl TS for $type {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &Config) -> String {
                $text.to_owned()
            }

            fn inline(config: &Config) -> String {
                <Self as TS>::name(config)
            }

            fn visit_dependencies(visitor: &mut impl TypeVisitor)
            where
                Self: 'static,
            {
                $(visitor.visit::<$named>();)*
                // Some refer to no other type.
                let _ = visitor;
            }
        }
    };
}

// `severity.rs` is also compiled by the build script, which cannot derive types.
declared!(
    Severity,
    "Severity",
    "How bad a finding is. Only an error makes a report invalid.",
    r#""error" | "warning" | "info""#.to_owned()
);
declared!(
    Code,
    "DiagnosticCode",
    "The stable name of what is wrong.",
    Code::ALL.iter().map(|code| format!("\"{}\"", code.name())).collect::<Vec<_>>().join(" | ")
);
written_out!(Severities, r#"Partial<Record<DiagnosticCode, Severity | "off">>"#, Code, Severity);
written_out!(Required, r#""any" | "all" | number"#);
written_out!(Instant, "Timestamp");
written_out!(Version, "ServerVersion");
// In results. Options accept texts too: their type is `Span`.
written_out!(TimeSpan, "Seconds");
