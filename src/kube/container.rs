//! A container of a pod, of any of its lists.

use std::borrow::Cow;

use super::{Place, Pod, place::join};
use crate::{
    base::Span,
    yaml::{Node, Path},
};

/// Which of a pod's lists a container stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerList {
    /// `containers`
    Main,
    /// `initContainers`, running to their end before the main ones start.
    Init,
    /// `initContainers` with `restartPolicy: Always`, running beside the main ones.
    Sidecar,
    /// `ephemeralContainers`, added to a running pod.
    Ephemeral,
}

impl ContainerList {
    /// The field of the pod spec.
    pub fn key(self) -> &'static str {
        match self {
            ContainerList::Main => "containers",
            ContainerList::Init | ContainerList::Sidecar => "initContainers",
            ContainerList::Ephemeral => "ephemeralContainers",
        }
    }

    /// What a person calls one of them.
    pub fn noun(self) -> &'static str {
        match self {
            ContainerList::Main => "container",
            ContainerList::Init => "init container",
            ContainerList::Sidecar => "sidecar container",
            ContainerList::Ephemeral => "ephemeral container",
        }
    }
}

/// One container.
#[derive(Debug, Clone, Copy)]
pub struct Container<'a> {
    /// Its mapping.
    pub node: Node<'a>,
    /// Its list.
    pub list: ContainerList,
    /// Its place in the list's field, from 0.
    pub index: u32,
    /// The pod it runs in.
    pub pod: Pod<'a>,
}

impl<'a> Container<'a> {
    pub(super) fn new(pod: Pod<'a>, list: ContainerList, index: u32, node: Node<'a>) -> Self {
        let always = || node.get("restartPolicy").is_some_and(|policy| policy.is("Always"));
        let list = if list == ContainerList::Init && always() { ContainerList::Sidecar } else { list };
        Self { node, list, index, pod }
    }

    /// Its name, where it has one.
    pub fn name(&self) -> Option<Cow<'a, str>> {
        self.node.get("name")?.text()
    }

    /// Its name, or its place in the list, for messages.
    pub fn label(&self) -> String {
        self.name().map_or_else(|| format!("#{}", self.index + 1), Cow::into_owned)
    }

    /// Its own `securityContext`.
    pub fn security_context(&self) -> Option<Node<'a>> {
        self.node.get("securityContext")
    }

    /// The security setting that holds for it: its own, or the pod's where the API lets the pod's count. The
    /// node is `None` when neither is set.
    pub fn effective(&self, field: &str) -> Option<Node<'a>> {
        let own = self.security_context().and_then(|it| it.get(field)).filter(|it| !is_null(*it));
        if own.is_some() || Pod::inherited(&["securityContext", field]).is_none() {
            return own;
        }
        self.pod.security_context()?.get(field).filter(|it| !is_null(*it))
    }

    /// Field path from the object's root: `spec.template.spec.containers[0]`.
    pub fn path(&self) -> String {
        format!("{}.{}[{}]", self.pod.path(), self.list.key(), self.index)
    }

    /// What to point at to show the container as a whole: its first line.
    pub fn head(&self) -> Span {
        self.node.head()
    }

    /// The place to point at for `path` below the container, and its name.
    pub fn place(&self, path: &Path) -> Place {
        self.own(Place::find(&self.path(), self.node, path, self.head()))
    }

    /// `place`, said to be in this container.
    pub fn own(&self, place: Place) -> Place {
        Place { container: Some((self.label(), self.list)), ..place }
    }

    /// A path below the container, from the object's root.
    pub fn path_to(&self, path: &str) -> String {
        join(&self.path(), path)
    }
}

fn is_null(node: Node<'_>) -> bool {
    super::value::value(node) == super::Value::Null
}
