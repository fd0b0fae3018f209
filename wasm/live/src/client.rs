//! The client of servers.
