//! The field specs in force: kustomize's own, and those that `configurations` and `crds` add.

use std::sync::LazyLock;

use super::{
    Gvk, defaults,
    field_spec::{FieldSpec, merge_all, read_gvk},
    kustomization::field,
};
use crate::yaml::Node;

/// Objects of one kind, and the fields that name them.
#[derive(Debug, Clone)]
pub(super) struct NameReference {
    pub(super) gvk: Gvk,
    pub(super) referrers: Vec<FieldSpec>,
}

/// The field specs of all transformers.
#[derive(Debug, Clone, Default)]
pub(super) struct Config {
    pub(super) name_prefix: Vec<FieldSpec>,
    pub(super) name_suffix: Vec<FieldSpec>,
    pub(super) namespace: Vec<FieldSpec>,
    pub(super) labels: Vec<FieldSpec>,
    pub(super) template_labels: Vec<FieldSpec>,
    pub(super) annotations: Vec<FieldSpec>,
    pub(super) name_references: Vec<NameReference>,
    pub(super) var_references: Vec<FieldSpec>,
    pub(super) images: Vec<FieldSpec>,
    pub(super) replicas: Vec<FieldSpec>,
}

/// What kustomize has built in.
pub(super) static DEFAULT: LazyLock<Config> = LazyLock::new(defaults::config);

impl Config {
    /// Reads a configuration file's document; what it does not know is left alone, as kustomize leaves it.
    pub(super) fn read(root: Node<'_>) -> Self {
        let list = |key: &str| FieldSpec::read_list(root, key);
        let references = field(root, "nameReference").into_iter().flat_map(Node::items);
        Self {
            name_prefix: list("namePrefix"),
            name_suffix: list("nameSuffix"),
            namespace: list("namespace"),
            labels: list("commonLabels"),
            template_labels: list("templateLabels"),
            annotations: list("commonAnnotations"),
            name_references: references
                .map(|it| NameReference {
                    gvk: read_gvk(it),
                    referrers: FieldSpec::read_list(it, "fieldSpecs"),
                })
                .collect(),
            var_references: list("varReference"),
            images: list("images"),
            replicas: list("replicas"),
        }
    }

    /// Whether it is not even the default.
    pub(super) fn is_empty(&self) -> bool {
        self.name_prefix.is_empty() && self.name_references.is_empty()
    }

    /// Adds what `more` has.
    ///
    /// # Errors
    /// When two specs disagree.
    pub(super) fn merge(&mut self, more: &Config) -> Result<(), String> {
        merge_all(&mut self.name_prefix, &more.name_prefix)?;
        merge_all(&mut self.name_suffix, &more.name_suffix)?;
        merge_all(&mut self.namespace, &more.namespace)?;
        merge_all(&mut self.labels, &more.labels)?;
        merge_all(&mut self.template_labels, &more.template_labels)?;
        merge_all(&mut self.annotations, &more.annotations)?;
        merge_all(&mut self.var_references, &more.var_references)?;
        merge_all(&mut self.images, &more.images)?;
        merge_all(&mut self.replicas, &more.replicas)?;
        for reference in &more.name_references {
            match self.name_references.iter_mut().find(|own| own.gvk == reference.gvk) {
                Some(own) => merge_all(&mut own.referrers, &reference.referrers)?,
                None => self.name_references.push(reference.clone()),
            }
        }
        Ok(())
    }
}
