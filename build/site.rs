//! The address of Prefect's documentation. The data files name its pages by their paths.

/// Without a trailing slash. Prefect's own source uses it since 3.9.1.
pub(crate) const SITE: &str = "https://www.prefect.io/docs";
