//! Flux `ArtifactGenerator`: which folders of the repository become which of an artifact.

use std::path::{Path, PathBuf};

use super::{fields::text, repository::Repository};
use crate::{kube::Object, yaml::Node};

/// The group of `ArtifactGenerator`.
pub(super) const GROUP: &str = "source.extensions.fluxcd.io";

/// An artifact that is put together from folders of this repository.
#[derive(Debug)]
pub(super) struct Artifact {
    name: String,
    /// The file in which it is described.
    file: PathBuf,
    /// Folders of the repository, and where they lie in the artifact.
    copies: Vec<(String, String)>,
}

/// The artifacts that `object`, which stands in `file`, describes.
pub(super) fn artifacts(object: &Object<'_>, file: &Path) -> Vec<Artifact> {
    let spec = object.root().get("spec");
    let artifacts = spec.and_then(|it| it.get("artifacts")).into_iter().flat_map(Node::items);
    let read = |node: Node<'_>| {
        let copies = node.get("copy").into_iter().flat_map(Node::items);
        let copies = copies.filter_map(|copy| {
            // `@alias/way/**` to `@artifact/way/`.
            let from = text(copy, "from")?;
            let from = from.strip_prefix('@')?.split_once('/')?.1.strip_suffix("**")?;
            let to = text(copy, "to")?;
            let to = to.strip_prefix("@artifact/")?;
            (!from.contains('*')).then(|| (from.to_owned(), to.to_owned()))
        });
        Some(Artifact { name: text(node, "name")?, file: file.to_path_buf(), copies: copies.collect() })
    };
    artifacts.filter_map(read).collect()
}

impl Artifact {
    /// The folder of the repository that lies at `path` in the artifact.
    fn folder(&self, repository: &Repository<'_>, path: &str) -> Option<PathBuf> {
        let path = path.trim_start_matches("./").trim_matches('/');
        let below = |to: &str| {
            let to = to.trim_matches('/');
            let rest = if to.is_empty() { Some(path) } else { path.strip_prefix(to) };
            rest.filter(|rest| to.is_empty() || rest.is_empty() || rest.starts_with('/'))
                .map(|rest| rest.trim_start_matches('/').to_owned())
        };
        let ways = self.copies.iter().filter_map(|(from, to)| {
            let rest = below(to)?;
            Some((to.len(), format!("{}/{rest}", from.trim_end_matches('/'))))
        });
        // What is copied to a deeper folder lies over what is copied to one above it.
        let mut ways: Vec<(usize, String)> = ways.collect();
        ways.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
        ways.into_iter().find_map(|(_, way)| repository.folder(&self.file, &way))
    }
}

/// The folder at `path` in the artifact called `name`, as an object in `file` means it: of several artifacts of that
/// name, the one described nearest to it.
pub(super) fn folder(
    artifacts: &[Artifact],
    name: &str,
    path: &str,
    file: &Path,
    repository: &Repository<'_>,
) -> Option<PathBuf> {
    let named = artifacts.iter().filter(|artifact| artifact.name == name);
    let nearest = named.max_by_key(|artifact| shared(&artifact.file, file))?;
    nearest.folder(repository, path)
}

/// How many leading folders two files share.
pub(super) fn shared(a: &Path, b: &Path) -> usize {
    let folders = |file: &Path| file.parent().map(Path::to_path_buf).unwrap_or_default();
    folders(a).components().zip(folders(b).components()).take_while(|(a, b)| a == b).count()
}
