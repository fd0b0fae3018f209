//! Archives that one machine cannot hold: tasks over bytes that know nothing of each other, without files and threads.
//! Whoever calls them stores the bytes, and runs the tasks where and when it wants; the result is that of one process.

pub mod replay;
