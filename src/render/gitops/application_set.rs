//! Argo CD `ApplicationSet`: applications from a template and lists of parameters.

use super::{
    Applied,
    application::{Owner, applied as applied_by_application},
    discover::{Site, World},
    fields::{mapping, text},
    generators::{MOST, generated, is_overridden},
    template::filled,
};
use crate::{
    kube::Object,
    yaml::{Kind, Node},
};

/// Bytes of filled templates of one set.
const ROOM: usize = 64 << 20;

/// What the applications of `object` apply.
pub(super) fn applied(object: &Object<'_>, site: &Site<'_>, world: &World<'_>) -> Vec<Applied> {
    let Some(spec) = mapping(object.root(), "spec") else { return Vec::new() };
    let Some(template) = mapping(spec, "template") else { return Vec::new() };
    let generators = || spec.get("generators").into_iter().flat_map(Node::items);
    let is_open = is_patched(spec) || generators().any(|generator| is_overridden(generator, 0));
    let all = generators().flat_map(|generator| generated(generator, None, site, world, 0));
    let mut found = Vec::new();
    let most = MOST.min(ROOM / (template.span().len() as usize).max(1));
    for parameters in all.take(most) {
        let template = filled(template, &parameters);
        let root = template.node();
        let name = root.get("metadata").and_then(|it| text(it, "name")).unwrap_or_else(|| "*".to_owned());
        let label = match object.namespace() {
            Some(namespace) => format!("Application {namespace}/{name}"),
            None => format!("Application {name}"),
        };
        let owner = Owner { label, head: object.head() };
        if let Some(spec) = mapping(root, "spec") {
            let applied = applied_by_application(spec, &owner, site, world).into_iter();
            found.extend(applied.map(|applied| Applied { is_open, ..applied }));
        }
    }
    found
}

/// Whether `templatePatch` may change what an application applies. It is a template of YAML: no text that a reader of
/// YAML could take.
fn is_patched(spec: Node<'_>) -> bool {
    let patch = spec.get("templatePatch").filter(|patch| patch.kind() == Kind::Scalar).and_then(Node::text);
    patch.is_some_and(|patch| ["source", "destination"].iter().any(|word| patch.contains(word)))
}
