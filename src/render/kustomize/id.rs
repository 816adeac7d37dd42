//! What an object is called: group, version, kind, namespace, name.

use std::{borrow::Cow, fmt};

use super::scope;
use crate::yaml::Node;

/// Group, version and kind; in a selector, an empty part stands for any.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gvk {
    /// Empty for the core group.
    pub group: Cow<'static, str>,
    /// `v1`.
    pub version: Cow<'static, str>,
    /// `Deployment`.
    pub kind: Cow<'static, str>,
}

impl Gvk {
    /// From `apiVersion` and `kind`.
    pub fn new(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let own = |text: &str| Cow::Owned(text.to_owned());
        Self { group: own(group), version: own(version), kind: own(kind) }
    }

    /// Of the object at `root`.
    pub fn of(root: Node<'_>) -> Self {
        let text = |key: &str| root.get(key).and_then(Node::text).unwrap_or_default();
        Self::new(&text("apiVersion"), &text("kind"))
    }

    /// Whether each part that `selector` names is this one's.
    pub fn is_selected(&self, selector: &Gvk) -> bool {
        let fits = |own: &str, asked: &str| asked.is_empty() || own == asked;
        fits(&self.group, &selector.group)
            && fits(&self.version, &selector.version)
            && fits(&self.kind, &selector.kind)
    }

    /// Whether objects of this kind have no namespace, as far as kustomize knows: a kind it does not know has one.
    pub fn is_cluster_scoped(&self) -> bool {
        scope::is_cluster_scoped(&self.group, &self.version, &self.kind)
    }

    /// `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_string()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }
}

/// An object's name in full.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ResId {
    /// What it is.
    pub gvk: Gvk,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`; empty where there is none.
    pub namespace: String,
}

/// The namespace of what has none.
const NO_NAMESPACE: &str = "_non_namespaceable_";

impl ResId {
    /// Of the object at `root`.
    pub fn of(root: Node<'_>) -> Self {
        let metadata = root.get("metadata");
        let text = |key: &str| {
            metadata.and_then(|it| it.get(key)).and_then(Node::text).unwrap_or_default().into_owned()
        };
        Self { gvk: Gvk::of(root), name: text("name"), namespace: text("namespace") }
    }

    /// The namespace it ends up in when nobody says another.
    pub fn effective_namespace(&self) -> &str {
        if self.gvk.is_cluster_scoped() {
            return NO_NAMESPACE;
        }
        self.namespace_or_default()
    }

    /// The namespace as written, or `default`.
    pub(super) fn namespace_or_default(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }

    /// Whether both are in the same namespace, or in none.
    pub fn same_namespace(&self, other: &ResId) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    /// Whether both name the same object.
    pub fn same(&self, other: &ResId) -> bool {
        self.name == other.name && self.gvk == other.gvk && self.same_namespace(other)
    }
}

impl fmt::Display for ResId {
    /// `Deployment shop/web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.gvk.kind.is_empty() { "object" } else { &self.gvk.kind };
        if self.namespace.is_empty() {
            write!(f, "{kind} {}", self.name)
        } else {
            write!(f, "{kind} {}/{}", self.namespace, self.name)
        }
    }
}
