//! A fix is a list of edits and a promise about what they do.

use super::{Safety, Span};

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
