//! Many files to one object. Knows what kustomize means; never whether a value is good.

mod kustomization;
pub mod patch;

pub use kustomization::{is_kustomization, patch_files};
