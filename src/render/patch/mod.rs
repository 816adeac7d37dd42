//! What kustomize lays over objects: patches, and whom they are for. Works on trees alone, never on files.

mod bounds;
mod field_path;
mod json6902;
mod label_selector;
mod list;
mod object;
mod openapi;
mod partial;
mod pointer;
mod replacements;
mod schema;
mod smp;
mod target;
#[cfg(test)]
mod testing;
mod typed;
mod vars;

pub use bounds::Room;
pub use json6902::apply;
pub use label_selector::LabelSelector;
pub use object::{PatchRules, merge_object};
pub use openapi::OpenApi;
pub use partial::{is_json_patch, what_is_set};
pub use replacements::{Id, Target, replace};
pub use schema::{Schema, Schemas};
pub use smp::{Merged, merge};
pub use target::{Ids, Selector};
pub use vars::{Var, VarValues};

use crate::base::Span;

/// Why something cannot be laid over an object, and the place to point at. The fault of who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatchError {
    /// The fact, in one line.
    pub message: String,
    /// Where the part stands that is wrong.
    pub span: Span,
}

impl PatchError {
    fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span }
    }
}
