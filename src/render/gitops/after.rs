//! What a GitOps tool does to objects that are built.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{substitute::substitute, variables::Variables};
use crate::{
    base::SourceId,
    render::kustomize::Resource,
    yaml::{Kind, Node, Tree, Value},
};

/// Keeps Flux from replacing variables in an object; a label or an annotation.
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// Steps for every built object.
#[derive(Debug, Clone, Default)]
pub(super) struct After {
    /// Flux `postBuild`.
    pub(super) variables: Option<Variables>,
    /// Flux `commonMetadata`.
    pub(super) labels: Vec<(Value<'static>, Value<'static>)>,
    pub(super) annotations: Vec<(Value<'static>, Value<'static>)>,
    /// Argo CD `destination.namespace`: for objects that have none.
    pub(super) namespace: Option<Value<'static>>,
}

impl After {
    /// Does what is to be done to `resource`.
    pub(super) fn apply(&self, resource: &mut Resource<'_>) {
        if let Some(variables) = self.variables.as_ref().filter(|_| !is_switched_off(resource.node())) {
            substitute(&mut resource.tree, variables);
        }
        put(&mut resource.tree, "labels", &self.labels);
        put(&mut resource.tree, "annotations", &self.annotations);
        if let Some(namespace) = &self.namespace {
            resource.default_namespace(namespace);
        }
    }

    /// Adds the files in which the values stand that it puts in.
    pub(super) fn add_sources(&self, sources: &mut BTreeSet<SourceId>) {
        let variables = self.variables.iter().flat_map(Variables::values);
        let pairs = self.labels.iter().chain(&self.annotations).map(|(_, value)| value);
        sources.extend(variables.chain(pairs).chain(&self.namespace).map(|value| value.span.source));
    }

    /// Writes what sets these steps apart from others.
    pub(super) fn write_key(&self, key: &mut String) {
        if let Some(variables) = &self.variables {
            variables.write_key(key);
        }
        for (name, value) in self.labels.iter().chain(&self.annotations) {
            let _ = write!(key, "\n{:?}: {:?}", name.text, value.text);
        }
        let _ = write!(key, "\n{:?}", self.namespace.as_ref().map(|it| &it.text));
    }
}

fn is_switched_off(root: Node<'_>) -> bool {
    let Some(metadata) = root.get("metadata") else { return false };
    let is_off =
        |key: &str| metadata.get(key).and_then(|it| it.get(SUBSTITUTE)).is_some_and(|it| it.is("disabled"));
    is_off("labels") || is_off("annotations")
}

/// Puts `pairs` into the map `metadata.key`.
fn put(tree: &mut Tree<'_>, key: &'static str, pairs: &[(Value<'static>, Value<'static>)]) {
    let (Some((first, _)), Some(metadata)) = (pairs.first(), tree.get_mut("metadata")) else { return };
    if metadata.node().get(key).is_none_or(|it| it.kind() != Kind::Mapping) {
        metadata.set(Value::plain(key, first.span), Tree::Mapping(Vec::new(), first.span));
    }
    let Some(map) = metadata.get_mut(key) else { return };
    for (name, value) in pairs {
        map.set(name.clone(), Tree::text(value.text.clone(), value.span));
    }
}
