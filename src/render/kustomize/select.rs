//! Whom a target selects.

use super::{BuildError, Resource};
use crate::{
    render::patch::{Ids, PatchError, Selector},
    yaml::Node,
};

/// The indices of the objects that `target` selects.
pub(super) fn select(target: Node<'_>, resources: &[Resource<'_>]) -> Result<Vec<usize>, BuildError> {
    let selector = Selector::read(target)?;
    let fits = |resource: &Resource<'_>| selector.matches(&ids(resource));
    Ok((0..resources.len()).filter(|&index| fits(&resources[index])).collect())
}

/// What a selector asks `resource` for.
pub(super) fn ids<'i>(resource: &'i Resource<'_>) -> Ids<'i> {
    let (first, now) = (resource.original_id(), resource.id());
    let metadata = resource.node().get("metadata");
    Ids {
        group: &now.gvk.group,
        version: &now.gvk.version,
        kind: &now.gvk.kind,
        names: [&first.name, &now.name],
        namespaces: [first.effective_namespace(), now.effective_namespace()],
        labels: metadata.and_then(|it| it.get("labels")),
        annotations: metadata.and_then(|it| it.get("annotations")),
    }
}

impl From<PatchError> for BuildError {
    fn from(error: PatchError) -> Self {
        Self::invalid(error.span, error.message)
    }
}
