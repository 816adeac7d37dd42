//! Flux `postBuild`: the variables that a `Kustomization` sets.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use super::{
    config_map::{self, ConfigMap},
    fields::{mapping, pairs, text},
};
use crate::yaml::{Node, Value};

/// Variables and what they stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    known: BTreeMap<String, Value<'static>>,
    /// There may be others: from a Secret, or from a ConfigMap that is not in the repository.
    are_open: bool,
}

impl Variables {
    /// The variables of `spec`, the spec of a `Kustomization` in `namespace` that stands in `file`; `None` where it
    /// substitutes nothing.
    pub(super) fn read(
        spec: Node<'_>,
        namespace: Option<&str>,
        file: &Path,
        maps: &[ConfigMap],
    ) -> Option<Self> {
        let post_build = mapping(spec, "postBuild")?;
        let mut own = Self::default();
        let mut is_any = false;
        for from in sources(post_build) {
            is_any = true;
            match config_map_name(from).and_then(|name| config_map::find(maps, &name, namespace, file)) {
                Some(map) => own.extend(map.data.iter().cloned()),
                None => own.are_open = true,
            }
        }
        let set = pairs(post_build.get("substitute"));
        is_any |= !set.is_empty();
        own.extend(set);
        is_any.then_some(own)
    }

    fn extend(&mut self, pairs: impl IntoIterator<Item = (Value<'static>, Value<'static>)>) {
        for (key, mut value) in pairs {
            // Flux joins the lines of a value.
            if value.text.contains('\n') {
                value.text = value.text.replace('\n', "").into();
            }
            self.known.insert(key.text.into_owned(), value);
        }
    }

    /// What `name` stands for.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.known.get(name)
    }

    /// All that is known.
    pub(super) fn values(&self) -> impl Iterator<Item = &Value<'static>> {
        self.known.values()
    }

    /// Whether a variable that is not known may be set all the same.
    pub(super) fn are_open(&self) -> bool {
        self.are_open
    }

    /// Writes what sets these apart from others.
    pub(super) fn write_key(&self, key: &mut String) {
        let _ = write!(key, "variables {}", self.are_open);
        for (name, value) in &self.known {
            let _ = write!(key, " {name}={:?}", value.text);
        }
    }
}

/// The name of each ConfigMap that variables of `spec` come from.
pub(super) fn config_map_names(spec: Node<'_>) -> Vec<String> {
    let post_build = mapping(spec, "postBuild");
    post_build.map(|it| sources(it).filter_map(config_map_name).collect()).unwrap_or_default()
}

fn sources(post_build: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    post_build.get("substituteFrom").into_iter().flat_map(Node::items)
}

fn config_map_name(from: Node<'_>) -> Option<String> {
    from.get("kind").filter(|kind| kind.is("ConfigMap"))?;
    text(from, "name")
}
