//! What went wrong, in one sentence on standard error.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Exit, Terminal, exit, output};
use crate::{config::Unknown, report::safe};

/// Why a command could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CliError {
    /// The fact; it may be several lines that bring their own places.
    message: String,
    help: Option<String>,
    /// The message says `error` itself, once for each place.
    is_placed: bool,
}

impl CliError {
    /// A sentence.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, is_placed: false }
    }

    /// Lines that each begin with their place in a file.
    pub(super) fn placed(lines: impl Into<String>) -> Self {
        Self { is_placed: true, ..Self::new(lines) }
    }

    /// A name that means nothing, behind `option`.
    pub(super) fn unknown(option: &str, unknown: Unknown) -> Self {
        Self { help: unknown.help, ..Self::new(format!("{option}: {}", unknown.message)) }
    }
}

impl From<Unknown> for CliError {
    fn from(unknown: Unknown) -> Self {
        Self { help: unknown.help, ..Self::new(unknown.message) }
    }
}

/// Prints `errors`, all of them.
pub(super) fn report(errors: &[CliError], terminal: &Terminal) -> Exit {
    let mut text = String::new();
    for error in errors {
        let title = if terminal.err.color { "\u{1b}[1;31merror\u{1b}[0m: " } else { "error: " };
        let title = if error.is_placed { "" } else { title };
        // The words may come from a file that somebody else wrote.
        let message = harmless(&error.message);
        let _ = match &error.help {
            Some(help) if help.ends_with('?') => writeln!(text, "{title}{message}, {help}"),
            Some(help) => writeln!(text, "{title}{message}\n  help: {help}"),
            None => writeln!(text, "{title}{message}"),
        };
    }
    output::to_stderr(|out| out.write_all(text.as_bytes()));
    exit::Exit::Failed
}

/// Prints what clap has to say: help and version as they are, wrong values and unknown options in the words of
/// this program.
pub(super) fn usage(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // As everywhere, a closed pipe is no failure.
        let _ = error.print();
        return Exit::Clean;
    }
    let text = sentence(error).unwrap_or_else(|| error.render().to_string());
    output::to_stderr(|out| writeln!(out, "{}", harmless(text.trim_end())));
    Exit::Failed
}

/// Keeps its lines; what would steer a terminal is replaced.
fn harmless(text: &str) -> String {
    text.lines().map(safe::line).collect::<Vec<_>>().join("\n")
}

fn sentence(error: &clap::Error) -> Option<String> {
    let text = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg)?;
    // Without the name of its value: `--fail-on <SEVERITY>`.
    let option = option.split(" <").next().unwrap_or(&option);
    let near = |kind: ContextKind| text(kind).map(|near| format!(", did you mean `{near}`?"));
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = text(ContextKind::InvalidValue)?;
            if value.is_empty() {
                return Some(format!("error: `{option}` needs a value"));
            }
            let reason =
                near(ContextKind::SuggestedValue).or_else(|| allowed(error)).unwrap_or_else(|| why(error));
            Some(format!("error: `{value}` is no value for `{option}`{reason}"))
        }
        ErrorKind::UnknownArgument => {
            let near = near(ContextKind::SuggestedArg)
                .unwrap_or_else(|| "; `plimsoll --help` lists them, `./-x` names a file".to_owned());
            Some(format!("error: there is no option `{option}`{near}"))
        }
        ErrorKind::MissingRequiredArgument => Some(format!("error: `{option}` is missing")),
        ErrorKind::ArgumentConflict => {
            let prior = text(ContextKind::PriorArg)?;
            let prior = prior.split(" <").next().unwrap_or(&prior);
            if prior == option {
                return Some(format!("error: `{option}` is given twice"));
            }
            Some(format!("error: `{option}` and `{prior}` exclude one another"))
        }
        _ => None,
    }
}

/// What the value's own reader said.
fn why(error: &clap::Error) -> String {
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    if source.is::<std::num::ParseIntError>() {
        return ": write a whole number".to_owned();
    }
    format!(": {source}")
}

fn allowed(error: &clap::Error) -> Option<String> {
    let ContextValue::Strings(values) = error.get(ContextKind::ValidValue)? else { return None };
    (!values.is_empty()).then(|| format!(": use {}", values.join(", ")))
}
