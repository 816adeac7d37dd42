//! Replacements.

use super::{accumulator::Accumulator, build::Builder, error::Errors, kustomization::Kustomization};
use crate::yaml::Node;

/// All.
pub(super) fn all<'a>(
    _: &Builder<'a>,
    _: &Kustomization<'a>,
    _: impl Iterator<Item = Node<'a>>,
    _: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    Ok(())
}
