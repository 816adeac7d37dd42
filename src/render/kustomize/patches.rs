//! Patches.

use super::{accumulator::Accumulator, build::Builder, error::Errors, kustomization::Kustomization};
use crate::yaml::Node;

/// `patchesStrategicMerge`.
pub(super) fn strategic_merge_list<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
/// `patches`.
pub(super) fn patches<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
/// One.
pub(super) fn patch<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: Node<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
/// SM plugin.
pub(super) fn merge_plugin<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: Node<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
/// 6902 plugin.
pub(super) fn json6902_plugin<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: Node<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
/// `patchesJson6902`.
pub(super) fn json6902_list<'a>(_: &Builder<'a>, _: &Kustomization<'a>, _: &mut Accumulator<'a>) -> Result<(), Errors> { Ok(()) }
