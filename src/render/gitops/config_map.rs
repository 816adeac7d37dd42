//! The ConfigMap that holds variables.

use std::path::{Path, PathBuf};

use super::{
    artifact::shared,
    fields::{pairs, text},
};
use crate::{
    kube,
    yaml::{Parsed, Value},
};

/// A ConfigMap.
#[derive(Debug)]
pub(super) struct ConfigMap {
    name: String,
    namespace: Option<String>,
    file: PathBuf,
    /// Its `data`.
    pub(super) data: Vec<(Value<'static>, Value<'static>)>,
}

/// Every ConfigMap in the text of `file`.
pub(super) fn config_maps(parsed: &Parsed<'_>, file: &Path) -> Vec<ConfigMap> {
    let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
    let objects = roots.flat_map(kube::objects).filter(|object| object.is("", "ConfigMap"));
    let read = |object: kube::Object<'_>| {
        let metadata = object.metadata()?;
        Some(ConfigMap {
            name: text(metadata, "name")?,
            namespace: text(metadata, "namespace"),
            file: file.to_path_buf(),
            data: pairs(object.root().get("data")),
        })
    };
    objects.filter_map(read).collect()
}

/// The ConfigMap that an object in `file` means: of several, the nearest one; `None` when two are equally near.
pub(super) fn find<'m>(
    maps: &'m [ConfigMap],
    name: &str,
    namespace: Option<&str>,
    file: &Path,
) -> Option<&'m ConfigMap> {
    let fits = |map: &&ConfigMap| {
        let own = map.namespace.as_deref();
        map.name == name && (own.is_none() || namespace.is_none() || own == namespace)
    };
    let nearness = |map: &ConfigMap| shared(&map.file, file);
    let best = maps.iter().filter(fits).map(nearness).max()?;
    let mut nearest = maps.iter().filter(fits).filter(|map| nearness(map) == best);
    nearest.next().filter(|_| nearest.next().is_none())
}
