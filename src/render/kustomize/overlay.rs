//! A kustomization that no file holds: what somebody else makes of a folder.

use std::{borrow::Cow, path::PathBuf};

use super::{
    BuildError, Builder, Built, Member, ResId, Resource, Store,
    error::Errors,
    gather::named_by_kustomization,
    kustomization::{Kustomization, Word},
    load,
    scope::is_cluster_scoped,
    trees::child,
};
use crate::{
    base::SourceId,
    yaml::{Kind, Node, Tree, Value},
};

/// Fields that somebody lays over a folder.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// The folder, by real path; the paths in the fields start there.
    pub folder: PathBuf,
    /// The file in which the fields are written.
    pub file: SourceId,
    /// Its real path.
    pub path: PathBuf,
    /// The fields, as in a kustomization file.
    pub fields: Tree<'static>,
    /// They change the folder's kustomization, as `kustomize edit` does. Else they are all there is, and of their
    /// `resources` those count that hold objects.
    pub edits: bool,
    /// Patches that kustomize would want as texts.
    pub laid: Vec<Laid>,
    /// A file with an object that is there already is left out; else that is an error.
    pub skips_repeated: bool,
}

/// A patch that stands as a value where kustomize wants a text.
#[derive(Debug, Clone)]
pub struct Laid {
    /// A partial object, or, with a target, a list of operations.
    pub patch: Tree<'static>,
    /// Whom it changes, as in a kustomization.
    pub target: Option<Tree<'static>>,
}

impl<'a> Builder<'a> {
    /// Builds what `overlay`, as it was given to [`super::gather_all`], makes of its folder.
    ///
    /// # Errors
    /// Every reason found why there is no result; never empty.
    pub fn build_overlay(&self, overlay: &Overlay) -> Result<Built<'a>, Errors> {
        let mut own = self.overlaid(overlay)?;
        let kept = |tree: &Tree<'static>| self.kept(tree.clone());
        own.laid = overlay.laid.iter().map(|it| (kept(&it.patch), it.target.as_ref().map(kept))).collect();
        let mut built = self.build_own(&own)?;
        built.root = overlay.file;
        for resource in &mut built.resources {
            if resource.trail.last().is_none_or(|last| last.source != overlay.file) {
                resource.trail.push(overlay.fields.span());
            }
        }
        Ok(built)
    }

    fn overlaid(&self, overlay: &Overlay) -> Result<Kustomization<'a>, Errors> {
        let fields: Tree<'a> = overlay.fields.clone();
        if overlay.edits {
            let own = Kustomization::load(self.store, &overlay.folder, None)?;
            let root = own.root().map_or_else(|| Tree::Mapping(Vec::new(), fields.span()), Tree::Link);
            return Kustomization::made(own.text, &overlay.folder, self.kept(edited(root, fields)));
        }
        let Some(text) = self.store.text_of(overlay.file) else {
            let message = "the file of the object could not be read";
            return Err(BuildError::invalid(overlay.fields.span(), message).into());
        };
        let own = Kustomization::made(text, &overlay.folder, self.kept(fields.clone()))?;
        let mut fields = fields;
        let resources = self.holding_objects(&own, overlay.skips_repeated);
        let span = fields.span();
        fields.set(Value::plain("resources", span), Tree::Sequence(resources, span));
        Kustomization::made(text, &overlay.folder, self.kept(fields))
    }

    fn kept(&self, tree: Tree<'a>) -> Node<'a> {
        self.store.keep_tree(tree).node()
    }

    /// The `resources` of `own` that hold objects, or are folders of kustomizations.
    fn holding_objects(&self, own: &Kustomization<'a>, skips_repeated: bool) -> Vec<Tree<'a>> {
        let mut seen: Vec<ResId> = Vec::new();
        let mut kept = Vec::new();
        for entry in own.words("resources") {
            let Some(ids) = self.ids(own, &entry) else { continue };
            if skips_repeated && ids.iter().any(|id| seen.iter().any(|other| other.same(id))) {
                continue;
            }
            seen.extend(ids);
            kept.push(Tree::Link(entry.node));
        }
        kept
    }

    /// What the objects in the file of `entry` are called; nothing for a folder. `None` for a file that holds none,
    /// and for a component.
    fn ids(&self, own: &Kustomization<'a>, entry: &Word<'a>) -> Option<Vec<ResId>> {
        let found = load::find(self.store, own, entry, load::Wanted::Resource).ok()?;
        if found.is_folder {
            let below = Kustomization::load(self.store, &found.real, Some(entry.span));
            return (!below.is_ok_and(|below| below.is_component)).then(Vec::new);
        }
        let text = load::text(self.store, own, entry, found).ok()?;
        let objects = load::objects(text, entry.span).ok().filter(|objects| !objects.is_empty())?;
        Some(objects.iter().map(|object| object.id().clone()).collect())
    }
}

impl Resource<'_> {
    /// Sets its namespace if it has none and its kind has one.
    pub fn default_namespace(&mut self, namespace: &Value<'static>) {
        let gvk = &self.id.gvk;
        if is_cluster_scoped(&gvk.group, &gvk.version, &gvk.kind) {
            return;
        }
        let own = self.node().get("metadata").and_then(|it| it.get("namespace")).and_then(Node::text);
        if own.is_some_and(|own| !own.is_empty()) {
            return;
        }
        if let Some(metadata) = self.tree.get_mut("metadata") {
            metadata.set(Value::plain("namespace", namespace.span), Tree::Scalar(namespace.clone()));
            self.renamed();
        }
    }
}

/// What the overlay names, as a kustomization of the run.
pub fn overlay_member(store: &Store<'_>, overlay: &Overlay) -> Member {
    let mut member = Member {
        folder: overlay.folder.clone(),
        file: overlay.file,
        is_component: false,
        uses: Vec::new(),
        missing: Vec::new(),
        files: std::collections::BTreeSet::new(),
    };
    member.take(store, &overlay.folder, &named_by_kustomization(overlay.fields.node()));
    if overlay.edits {
        member.uses.push(overlay.folder.clone());
    }
    member
}

/// The kustomization at `root` with `fields` laid over it: single values are replaced, maps and lists grow; an image
/// or a replica count replaces the one of the same name.
fn edited<'a>(mut root: Tree<'a>, fields: Tree<'a>) -> Tree<'a> {
    let Tree::Mapping(entries, _) = fields else { return root };
    for (key, value) in entries {
        let joined = match child(&root, &key.text) {
            Some(own) => joined(own, value, matches!(&*key.text, "images" | "replicas")),
            None => value,
        };
        root.set(key, joined);
    }
    root
}

fn joined<'a>(mut own: Tree<'a>, added: Tree<'a>, by_name: bool) -> Tree<'a> {
    match (own.kind(), added) {
        (Kind::Sequence, Tree::Sequence(items, _)) => {
            for item in items {
                put(&mut own, item, by_name);
            }
            own
        }
        (Kind::Mapping, Tree::Mapping(entries, _)) => {
            for (key, value) in entries {
                own.set(key, value);
            }
            own
        }
        (_, added) => added,
    }
}

fn put<'a>(list: &mut Tree<'a>, item: Tree<'a>, by_name: bool) {
    let name = |item: &Tree<'a>| child(item, "name").and_then(|name| name.as_text().map(Cow::into_owned));
    let Some(items) = list.items_mut() else { return };
    let own = name(&item).filter(|_| by_name);
    match items.iter_mut().find(|other| own.is_some() && name(other) == own) {
        Some(other) => *other = item,
        None => items.push(item),
    }
}
