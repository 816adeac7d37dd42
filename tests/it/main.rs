//! One binary for all integration tests: it links faster, and they share their helpers.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests may panic, say what they skip, and make and delete folders"
)]

mod add_ignore;
mod baseline;
mod changed;
mod cli;
mod config;
mod config_commands;
mod config_extends;
mod config_overrides;
mod context;
mod dir;
mod distribution;
mod docs;
mod edits;
mod fix;
mod fix_formats;
mod fix_operations;
mod fix_overlays;
mod fixes;
mod floors;
mod gitops;
mod guide;
mod hostile;
mod inline_patches;
mod kustomize;
mod lsp;
mod lsp_client;
mod lsp_edit;
mod lsp_hostile;
mod lsp_latency;
mod lsp_seldom;
mod migrate;
mod overlays;
mod pod_security;
mod pod_security_together;
mod random;
mod rbac;
mod report;
mod report_formats;
mod report_full;
mod report_html;
mod report_platforms;
mod report_random;
mod report_rules;
mod rules;
mod suppress;
mod suppress_peers;
mod unbuilt;
mod walk;
mod watch;
mod yaml_conformance;
mod yaml_differential;
mod yaml_documents;
mod yaml_duplicates;
mod yaml_hostile;
mod yaml_spans;
mod yaml_texts;
