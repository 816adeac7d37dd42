//! `vars`: `$(NAME)` stands for a field of some object.

use super::{BuildError, accumulator::Accumulator, error::Errors, kustomization::Kustomization};
use crate::yaml::Node;

/// One variable.
#[derive(Debug, Clone)]
pub(super) struct Var<'a> {
    pub(super) entry: Node<'a>,
}

/// Adds those of a base.
pub(super) fn merge<'a>(own: &mut Vec<Var<'a>>, more: Vec<Var<'a>>) -> Result<(), BuildError> {
    own.extend(more);
    Ok(())
}

/// Adds those of `own`.
pub(super) fn read<'a>(own: &Kustomization<'a>, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
    accumulator.vars.extend(own.items("vars").map(|entry| Var { entry }));
    Ok(())
}

/// Replaces them.
pub(super) fn resolve(_: &mut Accumulator<'_>) -> Result<(), Errors> {
    Ok(())
}
