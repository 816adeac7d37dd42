//! `namespace`: where objects live, and where those that they refer to live.

use super::{
    BuildError, Resource,
    accumulator::Accumulator,
    error::Errors,
    field_spec::{FieldSpec, Make},
    kustomization::{Word, is_null},
    rename,
    transform::{misfit, set_everywhere},
};
use crate::yaml::{Kind, Tree, Value};

/// Whose namespaces are set in the subjects of role bindings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subjects {
    /// Those called `default`.
    Default,
    /// Those of every service account.
    AllServiceAccounts,
    /// Nobody's.
    None,
}

/// One namespace transformer.
#[derive(Debug)]
pub(super) struct Setter<'s, 'a> {
    pub(super) namespace: Word<'a>,
    pub(super) specs: &'s [FieldSpec],
    pub(super) subjects: Subjects,
    /// Only where there is none yet.
    pub(super) unset_only: bool,
}

impl<'s, 'a> Setter<'s, 'a> {
    /// The one that a kustomization's `namespace` stands for.
    pub(super) fn new(namespace: Word<'a>, specs: &'s [FieldSpec]) -> Self {
        Self { namespace, specs, subjects: Subjects::Default, unset_only: false }
    }

    /// Moves every object.
    pub(super) fn run(&self, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
        for index in 0..accumulator.resources.len() {
            let resource = &mut accumulator.resources[index];
            resource.remember_id();
            self.set(resource)?;
            resource.renamed();
            let id = accumulator.resources[index].id();
            let mut twins = accumulator.resources.iter().filter(|other| other.id().same(id));
            if let (Some(one), Some(other)) = (twins.next(), twins.next()) {
                let message = format!("two objects become {id}");
                return Err(BuildError::invalid(self.namespace.span, message)
                    .relate(one.head(), "one of them")
                    .relate(other.head(), "the other")
                    .into());
            }
        }
        Ok(())
    }

    fn set(&self, resource: &mut Resource<'a>) -> Result<(), BuildError> {
        let span = self.namespace.span;
        if !resource.gvk().is_cluster_scoped() && self.applies(&resource.id().namespace) {
            rename::set_namespace(resource, &self.namespace.text, span);
            // The same namespace again is written by this kustomization all the same.
            if let Some(metadata) = resource.tree.get_mut("metadata") {
                metadata.set(Value::plain("namespace", span), self.value());
            }
        }
        let is_binding = matches!(&*resource.gvk().kind, "RoleBinding" | "ClusterRoleBinding");
        if is_binding {
            self.set_subjects(resource);
        }
        let is_core = resource.gvk().api_version() == "v1";
        let specs: Vec<FieldSpec> = self
            .specs
            .iter()
            .filter(|spec| match &*spec.path {
                "metadata/namespace" => false,
                "metadata/name" => is_core,
                "subjects" | "subjects/namespace" => !is_binding,
                _ => true,
            })
            .cloned()
            .collect();
        if !self.unset_only {
            return set_everywhere(resource, &specs, Make::Scalar, &self.value(), span);
        }
        for spec in &specs {
            let mut set = |tree: &mut Tree<'a>| {
                if tree.as_text().is_none_or(|text| text.is_empty()) {
                    *tree = self.value();
                }
                Ok(())
            };
            spec.apply(resource, Make::Scalar, span, &mut set).map_err(|it| misfit(&it, resource, span))?;
        }
        Ok(())
    }

    fn applies(&self, present: &str) -> bool {
        !self.unset_only || present.is_empty()
    }

    fn value(&self) -> Tree<'a> {
        Tree::text(self.namespace.text.clone(), self.namespace.span)
    }

    fn set_subjects(&self, resource: &mut Resource<'a>) {
        let subjects = resource.tree.node().get("subjects").filter(|it| it.kind() == Kind::Sequence);
        if self.subjects == Subjects::None || subjects.is_none() {
            return;
        }
        let Some(subjects) = resource.tree.get_mut("subjects").and_then(Tree::items_mut) else { return };
        for subject in subjects {
            let node = subject.node();
            let is_meant = match self.subjects {
                Subjects::Default => node.get("name").is_some_and(|name| name.is("default")),
                Subjects::AllServiceAccounts => {
                    node.get("kind").is_some_and(|kind| kind.is("ServiceAccount"))
                }
                Subjects::None => false,
            };
            let present = node.get("namespace").filter(|it| !is_null(*it)).and_then(crate::yaml::Node::text);
            if is_meant && self.applies(&present.unwrap_or_default()) {
                subject.set(Value::plain("namespace", self.namespace.span), self.value());
            }
        }
    }
}
