//! Where a finding points and what that place is called.

use crate::{
    base::Span,
    yaml::{Hit, Node, Path},
};

/// A field of an object: where it is written, or where it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The value; for something missing, the deepest thing that exists.
    pub span: Span,
    /// The alias through which the object uses it.
    pub via: Option<Span>,
    /// Field path from the object's root.
    pub path: String,
    /// The container's name and list, where it is in one.
    pub container: Option<(String, super::ContainerList)>,
    /// There is no value: the place is where it would be.
    pub is_missing: bool,
}

impl Place {
    /// The place of something that is there.
    pub fn at(span: Span, via: Option<Span>, path: impl Into<String>) -> Self {
        Self { span, via, path: path.into(), container: None, is_missing: false }
    }

    /// The place of `hit`, found by following `path` from something at `prefix` that is shown by `head`.
    pub fn of_hit(prefix: &str, path: &Path, hit: &Hit<'_, '_>, head: Span) -> Self {
        Self {
            span: hit.place.unwrap_or(head),
            via: hit.via,
            path: join(prefix, &path.display(hit.indices)),
            container: None,
            is_missing: hit.node.is_none(),
        }
    }

    /// The first place to which `path` leads from `start`.
    pub fn find(prefix: &str, start: Node<'_>, path: &Path, head: Span) -> Self {
        let mut found = None;
        path.visit(start, &mut |hit| {
            found.get_or_insert_with(|| Self::of_hit(prefix, path, &hit, head));
        });
        found.unwrap_or_else(|| Self {
            span: head,
            via: start.via(),
            path: join(prefix, ""),
            container: None,
            is_missing: true,
        })
    }
}

/// Two paths made one.
pub(super) fn join(prefix: &str, path: &str) -> String {
    match (prefix.is_empty(), path.is_empty()) {
        (true, _) => path.to_owned(),
        (_, true) => prefix.to_owned(),
        _ if path.starts_with('[') => format!("{prefix}{path}"),
        _ => format!("{prefix}.{path}"),
    }
}
