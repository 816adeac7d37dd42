//! The options that say which part of a repository is linted, and how often.

use clap::Args;

use super::{CliError, args::Check};
use crate::{engine::Scope, report::Format};

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct ScopeOptions {
    /// Read nothing of the Git repository around the files named here.
    #[arg(long)]
    pub(super) no_context: bool,
    /// Lint the files that differ from a Git ref: from where REF and HEAD parted, HEAD when there is no REF.
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "HEAD")]
    #[arg(conflicts_with = "no_context")]
    pub(super) changed: Option<String>,
    /// Lint again whenever a file is saved.
    #[arg(long, conflicts_with_all = ["output", "report", "add_ignore", "show_files"])]
    pub(super) watch: bool,
}

/// What is read and told besides the paths.
pub(super) fn scope(options: &Check) -> Result<Scope, Vec<CliError>> {
    match &options.scope.changed {
        Some(reference) => super::changed::scope(reference, options).map_err(|error| vec![error]),
        None if options.scope.no_context => Ok(Scope::Named),
        None => Ok(Scope::Around),
    }
}

/// Mistakes in the options that show before anything is read.
pub(super) fn check(options: &Check) -> Result<(), Vec<CliError>> {
    let scope = &options.scope;
    let has_stdin = options.paths.iter().any(|path| path.as_os_str() == "-");
    let is_for_people = |format| matches!(format, Format::Full | Format::Concise);
    let mut errors = Vec::new();
    if has_stdin && scope.changed.is_some() {
        errors.push(CliError::new("`--changed` asks Git for files, and standard input is none"));
    }
    if has_stdin && scope.watch {
        errors.push(CliError::new("`--watch` watches files, and standard input is none"));
    }
    if scope.watch && !options.output.output_format.is_none_or(is_for_people) {
        errors.push(CliError::new("`--watch` prints for people: use the format full or concise"));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
