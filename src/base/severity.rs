//! How bad a finding is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// From harmless to an open door; ordered, so that `>=` compares against a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing is wrong yet.
    Info,
    /// A weakness that needs company to hurt.
    Low,
    /// Below what the practices ask for.
    Medium,
    /// A real way in, or a workload that will not run as meant.
    High,
    /// Control over the node or the cluster.
    Critical,
}

/// The word is none of the five severities. The user's fault.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a severity: use critical, high, medium, low or info")]
pub struct ParseSeverityError(String);

impl Severity {
    /// All severities, worst first.
    pub const WORST_FIRST: [Severity; 5] =
        [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info];

    /// The lower-case word used in files, options and output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// GitHub's `security-severity` (0.0 to 10.0), where a rule file gives none.
    pub fn security_severity(self) -> f32 {
        match self {
            Severity::Info => 0.5,
            Severity::Low => 2.5,
            Severity::Medium => 5.5,
            Severity::High => 8.0,
            Severity::Critical => 9.5,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ParseSeverityError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::WORST_FIRST
            .into_iter()
            .find(|severity| severity.as_str() == word)
            .ok_or_else(|| ParseSeverityError(word.to_owned()))
    }
}
