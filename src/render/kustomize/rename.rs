//! Changing what an object is called.

use std::borrow::Cow;

use super::Resource;
use crate::{
    base::Span,
    yaml::{Tree, Value},
};

/// Sets `metadata.name`.
pub(super) fn set_name<'a>(resource: &mut Resource<'a>, name: Cow<'a, str>, span: Span) {
    if resource.id.name == name {
        return;
    }
    set(resource, "name", Tree::text(name, span), span);
}

/// Sets `metadata.namespace`; an empty one takes it away.
pub(super) fn set_namespace(resource: &mut Resource<'_>, namespace: &str, span: Span) {
    if resource.id.namespace == namespace {
        return;
    }
    if namespace.is_empty() {
        if let Some(metadata) = resource.tree.get_mut("metadata") {
            metadata.remove("namespace");
        }
        resource.renamed();
        return;
    }
    set(resource, "namespace", Tree::text(namespace.to_owned(), span), span);
}

fn set<'a>(resource: &mut Resource<'a>, key: &'static str, value: Tree<'a>, span: Span) {
    if resource.tree.node().get("metadata").is_none() {
        resource.tree.set(Value::plain("metadata", span), Tree::Mapping(Vec::new(), span));
    }
    if let Some(metadata) = resource.tree.get_mut("metadata") {
        metadata.set(Value::plain(key, span), value);
    }
    resource.renamed();
}
