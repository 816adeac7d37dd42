//! Replacements.

use super::{accumulator::Accumulator, build::Builder, error::Errors, kustomization::Kustomization};
use crate::yaml::Node;

/// `replacements`.
pub(super) fn run<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    all(builder, own, own.items("replacements"), accumulator)
}
/// All.
pub(super) fn all<'a>(
    _: &Builder<'a>,
    _: &Kustomization<'a>,
    _: impl Iterator<Item = Node<'a>>,
    _: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    Ok(())
}
