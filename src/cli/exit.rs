//! What the exit code says.

use std::process::ExitCode;

/// How a run ends. The format of the output never changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing to complain about.
    Clean = 0,
    /// At least one finding at or above `--fail-on`.
    Findings = 1,
    /// plimsoll or its configuration failed, or an input could not be read.
    Failed = 2,
    /// Nothing was linted; only with `--fail-on-empty`.
    Empty = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
