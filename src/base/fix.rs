//! A fix is a list of edits and a promise about what they do.

use serde::{Deserialize, Serialize};

use super::Span;

/// What applying a fix may do to a workload that is right today; ordered from careful to free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Needs a value only a person can choose: shown, never applied.
    Manual,
    /// May stop a working image from working.
    Unsafe,
    /// Never changes what a correct workload does.
    Safe,
}

/// Replace the text at `span` by `text`; an empty span inserts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A repair of one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "Set `privileged` to `false`".
    pub title: String,
    /// The promise.
    pub safety: Safety,
    /// Non-overlapping, sorted by span.
    pub edits: Vec<Edit>,
}
