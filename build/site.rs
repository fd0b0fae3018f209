//! Where Prefect's documentation stands. The data files name its pages by their paths.

/// Without a slash at the end. Prefect's own source names it so since 3.9.1.
pub(crate) const SITE: &str = "https://www.prefect.io/docs";
