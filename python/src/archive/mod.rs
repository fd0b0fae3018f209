//! The tasks of `prefect_events.archive`: functions from bytes to bytes, which any process can run.

pub(crate) mod replay;
