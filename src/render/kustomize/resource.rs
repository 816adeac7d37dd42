//! One object on its way through kustomizations.

use super::{ResId, id::Gvk, shared::Shared};
use crate::{
    base::{SourceId, Span},
    yaml::{Node, Tree},
};

/// An object of a built kustomization.
#[derive(Debug, Clone)]
pub struct Resource<'a> {
    /// The object; what no kustomization changed is a link to the text it was read from.
    pub tree: Tree<'a>,
    /// Where the object as a whole was written: its document, or the generator's entry.
    pub origin: Span,
    /// The entries of kustomizations through which it came: the one that names its file first, that of the root last.
    pub trail: Vec<Span>,
    /// What it is called now.
    pub(super) id: ResId,
    /// What it was called before, the first name first. The namespace is the effective one.
    pub(super) previous: Vec<ResId>,
    /// Name prefixes and suffixes in the order they were added.
    pub(super) prefixes: Vec<String>,
    pub(super) suffixes: Vec<String>,
    /// Its name gets a hash of its content at the end.
    pub(super) needs_hash: bool,
    /// Values that are one to kustomize.
    pub(super) shared: Vec<Shared>,
    /// The variables whose values it holds.
    pub(super) vars: Vec<String>,
    /// The generator that made it.
    pub(super) generator: Option<Step<'a>>,
    /// The transformers that it went through.
    pub(super) steps: Vec<Step<'a>>,
}

/// A generator or transformer that an object met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    /// The file that asks for it.
    pub(super) source: SourceId,
    /// `PatchTransformer` and the like; for a plugin the kind that its configuration says.
    pub(super) kind: &'a str,
    /// What a plugin's configuration is called.
    pub(super) name: Option<Node<'a>>,
}

impl<'a> Resource<'a> {
    /// An object that has been through nothing yet.
    pub(super) fn new(tree: Tree<'a>, origin: Span) -> Self {
        let id = ResId::of(tree.node());
        Self {
            tree,
            origin,
            trail: Vec::new(),
            id,
            previous: Vec::new(),
            prefixes: Vec::new(),
            suffixes: Vec::new(),
            needs_hash: false,
            shared: Vec::new(),
            vars: Vec::new(),
            generator: None,
            steps: Vec::new(),
        }
    }

    /// The object for views.
    pub fn node(&self) -> Node<'_> {
        self.tree.node()
    }

    /// Where it stands as it is, in the text that it was read from: all of it, and nothing else.
    pub fn place_if_unchanged(&self) -> Option<Span> {
        let Tree::Link(node) = &self.tree else { return None };
        (node.is_read() && node.via().is_none()).then(|| node.span())
    }

    /// What it is called now.
    pub fn id(&self) -> &ResId {
        &self.id
    }

    /// What it was called in the file it was read from.
    pub fn original_id(&self) -> &ResId {
        self.previous.first().unwrap_or(&self.id)
    }

    /// What it was called before, the first name first.
    pub fn previous_ids(&self) -> &[ResId] {
        &self.previous
    }

    /// What to point at to show the object: its name, else its first line.
    pub fn head(&self) -> Span {
        self.name_span()
    }

    /// Where its name is written.
    pub(super) fn name_span(&self) -> Span {
        let name = self.tree.node().get("metadata").and_then(|it| it.get("name"));
        name.map_or(self.origin, Node::span)
    }

    /// Where its namespace is written.
    pub(super) fn namespace_span(&self) -> Span {
        let namespace = self.tree.node().get("metadata").and_then(|it| it.get("namespace"));
        namespace.map_or(self.origin, Node::span)
    }

    /// Its group, version and kind.
    pub(super) fn gvk(&self) -> &Gvk {
        &self.id.gvk
    }

    /// Reads its name anew after a change to the tree.
    pub(super) fn renamed(&mut self) {
        self.id = ResId::of(self.tree.node());
        // Group and version of earlier names follow the present ones: kustomize remembers the kind alone.
        for id in &mut self.previous {
            id.gvk.group.clone_from(&self.id.gvk.group);
            id.gvk.version.clone_from(&self.id.gvk.version);
        }
    }

    /// Remembers what it is called now.
    pub(super) fn remember_id(&mut self) {
        let namespace = self.id.effective_namespace().to_owned();
        self.previous.push(ResId { namespace, ..self.id.clone() });
    }

    /// Whether it is, or ever was, called `id`.
    pub(super) fn was_ever(&self, id: &ResId) -> bool {
        self.id.same(id) || self.previous.iter().any(|own| own.same(id))
    }

    /// Whether nothing is left of it: a patch took it away.
    pub(super) fn is_gone(&self) -> bool {
        let node = self.tree.node();
        node.kind() != crate::yaml::Kind::Mapping || node.entries().next().is_none()
    }
}
