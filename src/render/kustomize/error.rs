//! Why a kustomization cannot be built, and which line says so.

use std::collections::HashSet;

use crate::base::{Fix, Span};

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
    /// It holds only on the way that led here: from another kustomization, the same folder may well build.
    pub(super) is_of_way: bool,
    /// What mends it, where that is plain.
    pub fix: Option<Box<Fix>>,
}

/// What went wrong; never empty.
pub(super) type Errors = Vec<BuildError>;

impl BuildError {
    /// What kubectl refuses, too.
    pub(super) fn invalid(span: Span, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span,
            kind: BuildErrorKind::Invalid,
            related: Vec::new(),
            is_of_way: false,
            fix: None,
        }
    }

    /// The same, true only of the way that led here.
    pub(super) fn of_way(span: Span, message: impl Into<String>) -> Self {
        Self { is_of_way: true, ..Self::invalid(span, message) }
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

/// Errors that are told of one kustomization; more help nobody.
pub(super) const MOST_ERRORS: usize = 500;

/// Errors from several places that may have met the same one, each once.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    errors: Errors,
    seen: HashSet<(Span, String)>,
}

impl Distinct {
    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = BuildError>) {
        for error in more {
            if !self.is_full() && self.seen.insert((error.span, error.message.clone())) {
                self.errors.push(error);
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.errors.len() >= MOST_ERRORS
    }

    /// Whether one of them is true only of the way that led here.
    pub(super) fn are_of_way(&self) -> bool {
        self.errors.iter().any(|error| error.is_of_way)
    }

    /// All of them, if there are any.
    pub(super) fn result(self) -> Result<(), Errors> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

impl From<BuildError> for Errors {
    fn from(error: BuildError) -> Self {
        vec![error]
    }
}
