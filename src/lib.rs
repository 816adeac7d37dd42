//! plimsoll lints what the cluster will get and points at the line where it was written.
//!
//! The house has floors; a module imports only from floors to the left of its own (held by
//! `tests/it/floors.rs`):
//!
// floors: base walk yaml kube render index rule checks config engine report lsp cli

pub mod base;
pub mod checks;
pub mod cli;
pub mod config;
pub mod engine;
pub mod index;
pub mod kube;
pub mod lsp;
pub mod render;
pub mod report;
pub mod rule;
pub mod walk;
pub mod yaml;
