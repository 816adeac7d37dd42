//! The field specs in force: kustomize's own, and those that `configurations` and `crds` add.

use std::{
    collections::HashMap,
    sync::{LazyLock, OnceLock},
};

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
    /// The referrers, as indices, by the kind that they are of; those of any kind among each.
    pub(super) referrers: OnceLock<HashMap<String, Vec<(usize, usize)>>>,
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
            referrers: OnceLock::new(),
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
        self.referrers = OnceLock::new();
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

    /// The fields by which an object of `gvk` may name others, in their order, each with what it names.
    pub(super) fn referrers_of(&self, gvk: &Gvk) -> impl Iterator<Item = (&Gvk, &FieldSpec)> {
        let by_kind = self.referrers.get_or_init(|| self.by_kind());
        let indices = by_kind.get(&*gvk.kind).or_else(|| by_kind.get("")).into_iter().flatten();
        let pairs = indices.filter_map(|(reference, referrer)| {
            let reference = self.name_references.get(*reference)?;
            Some((&reference.gvk, reference.referrers.get(*referrer)?))
        });
        pairs.filter(move |(_, spec)| gvk.is_selected(&spec.gvk))
    }

    fn by_kind(&self) -> HashMap<String, Vec<(usize, usize)>> {
        let all = || {
            let references = self.name_references.iter().enumerate();
            references
                .flat_map(|(at, it)| it.referrers.iter().enumerate().map(move |(of, it)| ((at, of), it)))
        };
        let kinds = all().map(|(_, spec)| &*spec.gvk.kind).chain([""]);
        let of = |kind: &str| {
            let is_its = |spec: &FieldSpec| spec.gvk.kind.is_empty() || spec.gvk.kind == kind;
            all().filter(|(_, spec)| is_its(spec)).map(|(at, _)| at).collect()
        };
        let mut by_kind = HashMap::new();
        for kind in kinds {
            if !by_kind.contains_key(kind) {
                by_kind.insert(kind.to_owned(), of(kind));
            }
        }
        by_kind
    }
}
