//! What Flux and Argo CD apply: which folders of the repository, and what they change on the way to the cluster.
//!
//! A Flux `Kustomization` and an Argo CD `Application` name a folder and edit its kustomization, or make one from the
//! manifests in it. Here they become a [`kustomize::Overlay`], whose values stand where the GitOps object has them, and
//! steps for afterwards. What they point at and is not in the repository is passed over.

mod after;
mod application;
mod application_set;
mod artifact;
mod config_map;
mod discover;
mod fields;
mod flux;
mod generators;
mod images;
mod repository;
mod source_ignore;
mod substitute;
mod template;
mod variables;

pub use discover::{Manifest, discover, may_apply};

use std::collections::BTreeSet;

use crate::{
    base::{SourceId, Span},
    render::kustomize::{BuildError, Builder, Built, Overlay},
    yaml::Node,
};
use after::After;

/// A folder that a GitOps object applies.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The object, and others that apply the same folder in the same way: `Kustomization flux-system/apps`.
    pub labels: Vec<String>,
    /// Where the object is written.
    pub object: Span,
    /// The folder, and what is changed in it.
    pub overlay: Overlay,
    /// More may be changed on the way than is known: what is not there may yet come.
    pub is_open: bool,
    after: After,
}

impl Applied {
    /// Builds what reaches the cluster.
    ///
    /// # Errors
    /// Every reason found why there is no result; never empty.
    pub fn build<'a>(&self, builder: &Builder<'a>) -> Result<Built<'a>, Vec<BuildError>> {
        let mut built = builder.build_overlay(&self.overlay)?;
        for resource in &mut built.resources {
            self.after.apply(resource);
        }
        Ok(built)
    }

    /// The files in which its values stand: its own, and that of a ConfigMap with variables.
    pub fn sources(&self) -> BTreeSet<SourceId> {
        let mut sources = BTreeSet::from([self.object.source, self.overlay.file]);
        add_sources(self.overlay.fields.node(), &mut sources);
        self.after.add_sources(&mut sources);
        sources
    }

    /// The same for two objects that apply the same folder in the same way.
    fn key(&self) -> String {
        let overlay = &self.overlay;
        let mut key = format!("{}\n{}\n{}\n", overlay.folder.display(), overlay.edits, self.is_open);
        let patches = overlay.laid.iter().flat_map(|laid| [Some(&laid.patch), laid.target.as_ref()]);
        for tree in patches.flatten().chain([&overlay.fields]) {
            super::emit(tree.node(), tree.span(), &super::Plain, &mut key);
        }
        self.after.write_key(&mut key);
        key
    }
}

fn add_sources(node: Node<'_>, sources: &mut BTreeSet<SourceId>) {
    sources.insert(node.span().source);
    node.items().for_each(|item| add_sources(item, sources));
    node.entries().for_each(|it| add_sources(it.value, sources));
}
