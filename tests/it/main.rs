//! One binary for all integration tests: it links faster, and they share their helpers.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests may panic, say what they skip, and make and delete folders"
)]

mod cli;
mod config;
mod dir;
mod floors;
mod pod_security;
mod rules;
mod walk;
