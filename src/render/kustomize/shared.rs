//! Values that kustomize keeps in one place although an object shows them in several: a label that a transformer
//! adds to an object's metadata, its selector and its template is one value to it. Whoever sets one of them later,
//! sets all, and so it must be here, or the selectors of the result would differ.

use super::{Resource, field_spec::FieldSpec};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree},
};

/// One value in several maps.
#[derive(Debug, Clone)]
pub(super) struct Shared {
    key: String,
    /// The maps.
    members: Vec<Vec<Step>>,
    /// Where the value was written, and what it said, when all were last the same.
    span: Span,
    text: String,
}

/// One step down an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The maps that `specs` lead to and that have one of `keys`, as (map, key).
pub(super) fn places(
    resource: &Resource<'_>,
    specs: &[FieldSpec],
    keys: &[&str],
) -> Vec<(Vec<Step>, String)> {
    let mut found = Vec::new();
    for spec in specs.iter().filter(|spec| resource.gvk().is_selected(&spec.gvk)) {
        let path = super::field_spec::split(&spec.path);
        let path: Vec<&str> = path.iter().map(|key| key.strip_suffix("[]").unwrap_or(key)).collect();
        walk(resource.node(), &path, &mut Vec::new(), &mut |map, at| {
            let present = keys.iter().filter(|key| map.get(key).is_some());
            found.extend(present.map(|key| (at.to_vec(), (*key).to_owned())));
        });
    }
    found
}

fn walk(node: Node<'_>, path: &[&str], at: &mut Vec<Step>, visit: &mut dyn FnMut(Node<'_>, &[Step])) {
    let Some((key, rest)) = path.split_first() else {
        if node.kind() == Kind::Mapping {
            visit(node, at);
        }
        return;
    };
    match node.kind() {
        Kind::Scalar => {}
        Kind::Sequence => {
            for (index, item) in node.items().enumerate() {
                at.push(Step::Index(index));
                walk(item, path, at, visit);
                at.pop();
            }
        }
        Kind::Mapping => {
            if let Some(value) = node.get(key) {
                at.push(Step::Key((*key).to_owned()));
                walk(value, rest, at, visit);
                at.pop();
            }
        }
    }
}

/// Notes what a transformer has added: what is among `after` and not among `before`.
pub(super) fn note(
    resource: &mut Resource<'_>,
    before: &[(Vec<Step>, String)],
    after: &[(Vec<Step>, String)],
    keys: &[&str],
) {
    for key in keys {
        let new = after.iter().filter(|place| place.1 == *key && !before.contains(place));
        let members: Vec<Vec<Step>> = new.map(|(map, _)| map.clone()).collect();
        if members.len() < 2 {
            continue;
        }
        if let Some(value) = find(resource.node(), &members[0]).and_then(|map| map.get(key)) {
            let text = value.text().unwrap_or_default().into_owned();
            let (key, span) = ((*key).to_owned(), value.span());
            resource.shared.push(Shared { key, members, span, text });
        }
    }
}

fn find<'a>(root: Node<'a>, path: &[Step]) -> Option<Node<'a>> {
    path.iter().try_fold(root, |node, step| match step {
        Step::Key(key) => node.get(key),
        Step::Index(index) => node.items().nth(*index),
    })
}

/// Sets all values that are one where one of them was set.
pub(super) fn spread(resource: &mut Resource<'_>) {
    let mut groups = std::mem::take(&mut resource.shared);
    for group in &mut groups {
        group.spread(&mut resource.tree);
    }
    resource.shared = groups;
}

impl Shared {
    fn spread(&mut self, tree: &mut Tree<'_>) {
        // What was taken away is one no more.
        let value =
            |map: &[Step]| find(tree.node(), map)?.get(&self.key).filter(|it| it.kind() == Kind::Scalar);
        self.members.retain(|map| value(map).is_some());
        let is_new = |it: &Node<'_>| it.span() != self.span || it.text().is_none_or(|text| text != self.text);
        let changed = self.members.iter().position(|map| value(map).is_some_and(|it| is_new(&it)));
        let Some(changed) = changed else { return };
        let mut new = None;
        if let Some(value) = find_mut(tree, &self.members[changed]).and_then(|map| map.get_mut(&self.key)) {
            value.unfold();
            self.span = value.span();
            self.text = value.as_text().unwrap_or_default().into_owned();
            new = Some(value.clone());
        }
        let Some(new) = new else { return };
        for map in &self.members {
            if let Some(value) = find_mut(tree, map).and_then(|map| map.get_mut(&self.key)) {
                *value = new.clone();
            }
        }
    }
}

fn find_mut<'t, 'a>(tree: &'t mut Tree<'a>, path: &[Step]) -> Option<&'t mut Tree<'a>> {
    path.iter().try_fold(tree, |tree, step| match step {
        Step::Key(key) => tree.get_mut(key),
        Step::Index(index) => tree.items_mut()?.get_mut(*index),
    })
}
