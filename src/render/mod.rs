//! Results as text: for terminals, pull requests and CI.
