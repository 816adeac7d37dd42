//! `replacements`: fields that take the values of others.

use super::{
    BuildError, ResId, Resource,
    accumulator::Accumulator,
    build::Builder,
    error::Errors,
    kustomization::{Kustomization, field, word},
    patches, shared,
};
use crate::{
    render::patch::{Id, Room, Target, replace},
    yaml::{Kind, Node, Tree},
};

/// Does all that `entries` say: replacements, and files of them.
pub(super) fn all<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    entries: impl Iterator<Item = Node<'a>>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let left = &mut Room::default();
    for entry in entries {
        let Some(path) = word(entry, "path") else {
            one(entry, accumulator, left)?;
            continue;
        };
        if field(entry, "source").is_some() || field(entry, "targets").is_some() {
            let message = "an entry has a `path` or a replacement, not both";
            return Err(BuildError::invalid(path.span, message).into());
        }
        let Some(root) = patches::documents(builder, own, &path)?.into_iter().next() else { continue };
        match root.kind() {
            Kind::Mapping => one(root, accumulator, left)?,
            Kind::Sequence => root.items().try_for_each(|entry| one(entry, accumulator, left))?,
            Kind::Scalar => {
                return Err(
                    BuildError::invalid(root.head(), "this is no replacement, nor a list of them").into()
                );
            }
        }
    }
    Ok(())
}

fn one<'a>(entry: Node<'a>, accumulator: &mut Accumulator<'a>, room: &mut Room) -> Result<(), BuildError> {
    replace(&mut accumulator.resources, entry, room)?;
    for resource in &mut accumulator.resources {
        shared::spread(resource);
        resource.renamed();
    }
    Ok(())
}

impl<'a> Target<'a> for Resource<'a> {
    fn ids(&self) -> Vec<Id<'_>> {
        // As kustomize has it here: what has no namespace is in `default`, whether its kind could have one or not.
        let of = |own| Id { namespace: Some(ResId::namespace_or_default(own)), ..id(own) };
        [&self.id].into_iter().chain(&self.previous).map(of).collect()
    }

    fn tree(&self) -> &Tree<'a> {
        &self.tree
    }

    fn tree_mut(&mut self) -> &mut Tree<'a> {
        &mut self.tree
    }
}

/// A name for replacements and variables.
pub(super) fn id(own: &ResId) -> Id<'_> {
    Id {
        group: &own.gvk.group,
        version: &own.gvk.version,
        kind: &own.gvk.kind,
        name: &own.name,
        namespace: (!own.gvk.is_cluster_scoped()).then(|| own.effective_namespace()),
    }
}
