//! One Kubernetes object, whatever its kind.

use std::borrow::Cow;

use super::{Place, Pod, api_resources::is_cluster_scoped, value::read_text};
use crate::{
    base::{ObjectId, Span},
    yaml::{Kind, Node, Path},
};

/// An object: a mapping with `apiVersion` and `kind`.
#[derive(Debug, Clone)]
pub struct Object<'a> {
    root: Node<'a>,
    api_version: Cow<'a, str>,
    kind: Cow<'a, str>,
}

/// The objects of a document: its root, or, for `List`, `PodList` and the like, each of its items.
pub fn objects(root: Node<'_>) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    collect(root, None, &mut found, 0);
    found
}

/// Lists inside lists are legal, if odd; deeper than this they are somebody's experiment.
const LIST_DEPTH: usize = 8;

fn collect<'a>(root: Node<'a>, default: Option<(&str, &str)>, found: &mut Vec<Object<'a>>, depth: usize) {
    let Some(object) = Object::new(root, default) else { return };
    let items = root.get("items").filter(|items| items.kind() == Kind::Sequence);
    let element = object.kind.strip_suffix("List");
    match (element, items) {
        (Some(element), Some(items)) if depth < LIST_DEPTH => {
            for item in items.items() {
                // The items of `v1 List` name their own kind; those of a `PodList` may leave it out.
                let default = (!element.is_empty()).then_some((&*object.api_version, element));
                collect(item, default, found, depth + 1);
            }
        }
        _ => found.push(object),
    }
}

impl<'a> Object<'a> {
    /// The object at `root`; `None` without `apiVersion` and `kind`, unless `default` gives them.
    fn new(root: Node<'a>, default: Option<(&str, &str)>) -> Option<Self> {
        if root.kind() != Kind::Mapping {
            return None;
        }
        let api_version = read_text(root.get("apiVersion")).known();
        let kind = read_text(root.get("kind")).known();
        let (api_version, kind) = match (api_version, kind, default) {
            (Some(api_version), Some(kind), _) => (api_version, kind),
            (None, None, Some((api_version, kind))) => {
                (Cow::Owned(api_version.to_owned()), Cow::Owned(kind.to_owned()))
            }
            _ => return None,
        };
        Some(Self { root, api_version, kind })
    }

    /// The mapping itself.
    pub fn root(&self) -> Node<'a> {
        self.root
    }

    /// `apps/v1`, `v1`.
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// `Deployment`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether it is of this group and kind, whatever the version.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group() == group
    }

    /// `metadata`, where it is a mapping.
    pub fn metadata(&self) -> Option<Node<'a>> {
        self.root.get("metadata").filter(|it| it.kind() == Kind::Mapping)
    }

    /// `metadata.name`, or `generateName` with `*` at its end.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        let metadata = self.metadata()?;
        let name = metadata.get("name").and_then(Node::text).filter(|name| !name.is_empty());
        name.or_else(|| {
            let prefix = metadata.get("generateName")?.text().filter(|prefix| !prefix.is_empty())?;
            Some(Cow::Owned(format!("{prefix}*")))
        })
    }

    /// `metadata.namespace`; `None` is unknown, not `default`: whoever applies the manifest may set it.
    pub fn namespace(&self) -> Option<Cow<'a, str>> {
        self.metadata()?.get("namespace")?.text().filter(|namespace| !namespace.is_empty())
    }

    /// The value of one of its own annotations.
    pub fn annotation(&self, key: &str) -> Option<Node<'a>> {
        self.metadata()?.get("annotations")?.get(key)
    }

    /// The value of one of its own labels.
    pub fn label(&self, key: &str) -> Option<Node<'a>> {
        self.metadata()?.get("labels")?.get(key)
    }

    /// What it is called in the cluster. A namespace on a kind that has none counts for nothing there.
    pub fn id(&self) -> ObjectId {
        let namespace = self.namespace().filter(|_| !is_cluster_scoped(self.group(), &self.kind));
        ObjectId {
            api_version: self.api_version.clone().into_owned(),
            kind: self.kind.clone().into_owned(),
            namespace: namespace.map(Cow::into_owned),
            name: self.name().map(Cow::into_owned).unwrap_or_default(),
        }
    }

    /// The pod it is or makes.
    pub fn pod(&self) -> Option<Pod<'a>> {
        Pod::of(self)
    }

    /// What to point at to show the object: its name, else its kind.
    pub fn head(&self) -> Span {
        let name = self.metadata().and_then(|it| it.get("name").or_else(|| it.get("generateName")));
        name.or_else(|| self.root.get("kind")).unwrap_or(self.root).head()
    }

    /// The place to point at for `path`, and its name; the first one where `path` has `[*]`.
    pub fn place(&self, path: &Path) -> Place {
        Place::find("", self.root, path, self.head())
    }
}
