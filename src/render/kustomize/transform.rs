//! The transformers of a kustomization, in kustomize's order.

use super::{
    BuildError, Resource,
    accumulator::Accumulator,
    annotate,
    build::{Builder, Chain},
    error::Errors,
    field_spec::{FieldSpec, Make, Misfit, merge_all, merge_one},
    image,
    kustomization::{Kustomization, field, flag},
    namespace, patches, plugin, prefix, replacements, replicas,
};
use crate::{
    base::Span,
    yaml::{Node, Tree, Value},
};

/// Runs them.
pub(super) fn run<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    chain: &Chain<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    patches::strategic_merge_list(builder, own, accumulator)?;
    patches::patches(builder, own, accumulator)?;
    let config = std::sync::Arc::clone(&accumulator.config);
    if let Some(word) = own.word("namespace").filter(|it| !it.text.is_empty()) {
        let setter = namespace::Setter::new(word, &config.namespace);
        setter.run(accumulator)?;
    }
    if let Some(word) = own.word("namePrefix").filter(|it| !it.text.is_empty()) {
        prefix::run(prefix::Side::Prefix, &word, &config.name_prefix, accumulator)?;
    }
    if let Some(word) = own.word("nameSuffix").filter(|it| !it.text.is_empty()) {
        prefix::run(prefix::Side::Suffix, &word, &config.name_suffix, accumulator)?;
    }
    labels(own, &config.labels, &config.template_labels, accumulator)?;
    if let Some(pairs) = own.get("commonAnnotations") {
        annotate::run(pairs, &config.annotations, accumulator)?;
    }
    patches::json6902_list(builder, own, accumulator)?;
    for replica in own.items("replicas") {
        replicas::run(replica, &config.replicas, accumulator)?;
    }
    for image in own.items("images").chain(own.items("imageTags")) {
        image::run(image, &config.images, accumulator)?;
    }
    replacements::run(builder, own, accumulator)?;
    plugin::transformers(builder, own, chain, accumulator)
}

fn labels<'a>(
    own: &Kustomization<'a>,
    selectors: &[FieldSpec],
    templates: &[FieldSpec],
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    for entry in own.items("labels") {
        let Some(pairs) = field(entry, "pairs") else { continue };
        let mut specs = FieldSpec::read_list(entry, "fields");
        let merged = if flag(entry, "includeSelectors") {
            merge_all(&mut specs, selectors)
        } else if flag(entry, "includeTemplates") {
            merge_all(&mut specs, templates)
        } else {
            merge_one(&mut specs, FieldSpec::of("", "", "", "metadata/labels", true))
        };
        merged.map_err(|message| BuildError::invalid(entry.head(), message))?;
        annotate::run(pairs, &specs, accumulator)?;
    }
    if let Some(pairs) = own.get("commonLabels") {
        annotate::run(pairs, selectors, accumulator)?;
    }
    Ok(())
}

/// The error of a field spec that does not fit an object.
pub(super) fn misfit(misfit: &Misfit, resource: &Resource<'_>, entry: Span) -> BuildError {
    let message = format!("this cannot be applied to {}: {}", resource.id(), misfit.message);
    BuildError::invalid(entry, message).relate(misfit.span, "here")
}

/// Sets the field to `value`.
pub(super) fn setter<'a>(value: Tree<'a>) -> impl FnMut(&mut Tree<'a>) -> Result<(), Misfit> {
    move |tree| {
        *tree = value.clone();
        Ok(())
    }
}

/// Applies every spec to every object with the same value.
pub(super) fn set_everywhere<'a>(
    resource: &mut Resource<'a>,
    specs: &[FieldSpec],
    make: Make,
    value: &Tree<'a>,
    entry: Span,
) -> Result<(), BuildError> {
    for spec in specs {
        let mut set = setter(value.clone());
        spec.apply(resource, make, value.span(), &mut set).map_err(|it| misfit(&it, resource, entry))?;
    }
    Ok(())
}

/// A text value that stands where `node` does.
pub(super) fn text_of(node: Node<'_>) -> Tree<'_> {
    Tree::Scalar(Value { style: crate::yaml::Style::DoubleQuoted, tag: None, ..Value::of(node) })
}
