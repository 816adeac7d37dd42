//! Why a kustomization cannot be built, and which line says so.

use crate::base::Span;

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildErrorKind {
    /// It needs something from elsewhere: a remote resource, a chart, a program. kubectl may well build it.
    Offline,
    /// kubectl refuses it too.
    Invalid,
}

/// A reason why there is no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BuildError {
    /// The fact, in one line.
    pub message: String,
    /// The entry or key that is the reason, in whichever file it stands.
    pub span: Span,
    /// Whose fault it is.
    pub kind: BuildErrorKind,
    /// Other places that belong to it, with a word about each: the second of two objects of one name, the entries
    /// through which a base was reached.
    pub related: Vec<(Span, String)>,
}

/// What went wrong; never empty.
pub(super) type Errors = Vec<BuildError>;

impl BuildError {
    /// What kubectl refuses, too.
    pub(super) fn invalid(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, kind: BuildErrorKind::Invalid, related: Vec::new() }
    }

    /// What cannot be had offline.
    pub(super) fn offline(span: Span, message: impl Into<String>) -> Self {
        Self { kind: BuildErrorKind::Offline, ..Self::invalid(span, message) }
    }

    /// Adds a place.
    pub(super) fn relate(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push((span, text.into()));
        self
    }
}

impl From<BuildError> for Errors {
    fn from(error: BuildError) -> Self {
        vec![error]
    }
}
