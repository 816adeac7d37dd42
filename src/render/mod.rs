//! Many files to one object. Knows what kustomize means; never whether a value is good.

mod emit;
pub mod gitops;
mod inline;
mod kustomization;
pub mod kustomize;
pub mod patch;
mod typed;

pub use emit::{Plain, Remarks, emit};
pub use inline::{Place, each_inline_patch, inline_patches};
pub use kustomization::{is_kustomization, patch_files};
