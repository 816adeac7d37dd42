//! The transformers of a kustomization, in kustomize's order.

use super::{
    BuildError, Resource,
    accumulator::Accumulator,
    annotate,
    build::Builder,
    chain::Chain,
    config::Config,
    error::Errors,
    field_spec::{FieldSpec, Make, Misfit, merge_all, merge_one},
    image,
    kustomization::{Kustomization, field, flag},
    namespace, patches, plugin, prefix, replacements, replicas,
    resource::Step,
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
    let passed = |accumulator: &mut Accumulator<'a>, kind: &'static str| {
        accumulator.passed(Step { source: own.text.id, kind, name: None });
    };
    if own.has_items("patchesStrategicMerge") {
        patches::strategic_merge_list(builder, own, accumulator)?;
        passed(accumulator, "PatchStrategicMergeTransformer");
    }
    for (patch, _) in own.laid.iter().filter(|(_, target)| target.is_none()) {
        patches::merge_laid(*patch, accumulator)?;
    }
    for entry in own.items("patches") {
        patches::patch(builder, own, entry, accumulator)?;
        passed(accumulator, "PatchTransformer");
    }
    let config = std::sync::Arc::clone(&accumulator.config);
    if let Some(word) = own.word("namespace").filter(|it| !it.text.is_empty()) {
        namespace::Setter::new(word, &config.namespace).run(accumulator)?;
        passed(accumulator, "NamespaceTransformer");
    }
    if let Some(word) = own.word("namePrefix").filter(|it| !it.text.is_empty()) {
        prefix::run(prefix::Side::Prefix, &word, &config.name_prefix, accumulator)?;
        passed(accumulator, "PrefixTransformer");
    }
    if let Some(word) = own.word("nameSuffix").filter(|it| !it.text.is_empty()) {
        prefix::run(prefix::Side::Suffix, &word, &config.name_suffix, accumulator)?;
        passed(accumulator, "SuffixTransformer");
    }
    labels(own, &config, accumulator, &passed)?;
    if let Some(pairs) = own.get("commonAnnotations").filter(|it| it.entries().next().is_some()) {
        annotate::run(pairs, &config.annotations, accumulator)?;
        passed(accumulator, "AnnotationsTransformer");
    }
    for entry in own.items("patchesJson6902") {
        patches::json6902(builder, own, entry, "patch", accumulator)?;
        passed(accumulator, "PatchJson6902Transformer");
    }
    for (patch, target) in own.laid.iter().filter_map(|(patch, target)| Some((*patch, (*target)?))) {
        patches::operate_laid(patch, target, accumulator)?;
    }
    for replica in own.items("replicas") {
        replicas::run(replica, &config.replicas, accumulator)?;
        passed(accumulator, "ReplicaCountTransformer");
    }
    for image in own.items("images").chain(own.items("imageTags")) {
        image::run(image, &config.images, accumulator)?;
        passed(accumulator, "ImageTagTransformer");
    }
    if own.has_items("replacements") {
        replacements::all(builder, own, own.items("replacements"), accumulator)?;
        passed(accumulator, "ReplacementTransformer");
    }
    plugin::transformers(builder, own, chain, accumulator)
}

fn labels<'a>(
    own: &Kustomization<'a>,
    config: &Config,
    accumulator: &mut Accumulator<'a>,
    passed: &dyn Fn(&mut Accumulator<'a>, &'static str),
) -> Result<(), Errors> {
    let common = own.get("commonLabels").filter(|it| it.entries().next().is_some());
    for entry in own.items("labels") {
        let Some(pairs) = field(entry, "pairs") else { continue };
        let mut specs = FieldSpec::read_list(entry, "fields");
        let merged = if flag(entry, "includeSelectors") {
            merge_all(&mut specs, &config.labels)
        } else if flag(entry, "includeTemplates") {
            merge_all(&mut specs, &config.template_labels)
        } else {
            merge_one(&mut specs, FieldSpec::of("", "", "", "metadata/labels", true))
        };
        merged.map_err(|message| BuildError::invalid(entry.head(), message))?;
        annotate::run(pairs, &specs, accumulator)?;
        passed(accumulator, "LabelTransformer");
    }
    if let Some(pairs) = common {
        annotate::run(pairs, &config.labels, accumulator)?;
    }
    // kustomize runs the one for `commonLabels` where there are only `labels`, too.
    if common.is_some() || own.has_items("labels") {
        passed(accumulator, "LabelTransformer");
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
