//! What kustomize does once, at the root: hashes, references, vars, order, metadata about the build.

use std::{borrow::Cow, path::PathBuf};

use super::{
    Resource,
    accumulator::{Accumulator, Note},
    build::{Builder, Built},
    error::Errors,
    hash,
    kustomization::{Kustomization, Word},
    metadata, name_reference, order, rename, vars,
};

/// Annotates objects that are for other tools' eyes only.
const LOCAL: &str = "config.kubernetes.io/local-config";

/// Makes the result of what the root has gathered from these `folders`.
pub(super) fn finish<'a>(
    builder: &Builder<'a>,
    root: &Kustomization<'a>,
    mut accumulator: Accumulator<'a>,
    folders: Vec<PathBuf>,
) -> Result<Built<'a>, Errors> {
    add_hashes(&mut accumulator.resources);
    name_reference::run(&mut accumulator)?;
    vars::resolve(&mut accumulator)?;
    accumulator.resources.retain(|resource| !is_local(resource));
    accumulator.check_names()?;
    order::sort(root, &mut accumulator.resources)?;
    let wanted: Vec<Word<'a>> = root.words("buildMetadata").collect();
    let unknown = wanted.iter().filter(|word| !metadata::KNOWN.contains(&&*word.text));
    accumulator.notes.extend(unknown.map(|word| Note {
        message: format!("`{}` is none of {}", word.text, metadata::KNOWN.join(", ")),
        span: word.span,
    }));
    accumulator.resources.iter_mut().for_each(metadata::clean);
    metadata::add(builder, root, &wanted, &mut accumulator.resources);
    Ok(Built { resources: accumulator.resources, notes: accumulator.notes, root: root.text.id, folders })
}

/// Gives what wants one a suffix from its content.
pub(super) fn add_hashes(resources: &mut [Resource<'_>]) {
    for resource in resources.iter_mut().filter(|resource| resource.needs_hash) {
        let name = format!("{}-{}", resource.id().name, hash::suffix(resource));
        resource.remember_id();
        let span = resource.name_span();
        rename::set_name(resource, Cow::Owned(name), span);
    }
}

fn is_local(resource: &Resource<'_>) -> bool {
    let annotations = resource.node().get("metadata").and_then(|it| it.get("annotations"));
    annotations.and_then(|it| it.get(LOCAL)).is_some_and(|value| !value.is("false"))
}
