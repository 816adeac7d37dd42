//! References by name: where an object's name changed, so do the fields that hold it.

use super::{
    BuildError, Gvk, Resource,
    accumulator::Accumulator,
    config::Config,
    error::Errors,
    field_spec::{Make, Misfit},
    transform::misfit,
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// Rewrites all references.
pub(super) fn run(accumulator: &mut Accumulator<'_>) -> Result<(), Errors> {
    // Only what had another name, or moved, can be referred to in a way that needs a change.
    if accumulator.resources.iter().all(|resource| resource.previous.is_empty()) {
        return Ok(());
    }
    let config = std::sync::Arc::clone(&accumulator.config);
    for index in 0..accumulator.resources.len() {
        follow(&config, index, accumulator)?;
    }
    Ok(())
}

fn follow(config: &Config, index: usize, accumulator: &mut Accumulator<'_>) -> Result<(), BuildError> {
    let referrer = &accumulator.resources[index];
    let original = referrer.original_id().gvk.clone();
    let specs: Vec<_> =
        config.referrers_of(&original).filter(|(_, spec)| spec.reaches(referrer.node())).collect();
    if specs.is_empty() {
        return Ok(());
    }
    let span = referrer.head();
    let (subset, role) = (reachable(referrer, &accumulator.resources), role_ref(referrer));
    // The object stays in the list without its tree: its name and history are kept beside it.
    let away = Tree::Sequence(Vec::new(), span);
    let mut tree = std::mem::replace(&mut accumulator.resources[index].tree, away);
    let mut done = Ok(());
    for (target, spec) in specs {
        let search = Search {
            resources: &accumulator.resources,
            subset: &subset,
            referrer: &accumulator.resources[index],
            target,
            role: role.as_ref().filter(|_| spec.path.ends_with("roleRef/name")),
        };
        done = spec.apply_to_tree(&mut tree, Make::Nothing, span, &mut |field| search.set(field));
        if done.is_err() {
            break;
        }
    }
    accumulator.resources[index].tree = tree;
    done.map_err(|it| misfit(&it, &accumulator.resources[index], it.span))
}

fn role_ref(referrer: &Resource<'_>) -> Option<Gvk> {
    let role = referrer.node().get("roleRef")?;
    let text = |key: &str| role.get(key).and_then(Node::text);
    let (group, kind) = (text("apiGroup")?, text("kind")?);
    Some(Gvk { group: group.into_owned().into(), kind: kind.into_owned().into(), ..Gvk::default() })
}

/// Whom `referrer` may refer to: anyone, if either has no namespace; else those in the same one, and, for a role
/// binding, in those of its service accounts.
fn reachable(referrer: &Resource<'_>, resources: &[Resource<'_>]) -> Vec<usize> {
    if referrer.gvk().is_cluster_scoped() {
        return (0..resources.len()).collect();
    }
    let namespaces = binding_namespaces(referrer);
    let fits = |target: &Resource<'_>| {
        target.gvk().is_cluster_scoped()
            || target.id().same_namespace(referrer.id())
            || namespaces.contains(&target.id().namespace)
    };
    (0..resources.len()).filter(|&index| fits(&resources[index])).collect()
}

fn binding_namespaces(referrer: &Resource<'_>) -> Vec<String> {
    if referrer.gvk().kind != "RoleBinding" {
        return Vec::new();
    }
    let subjects = referrer.node().get("subjects").into_iter().flat_map(Node::items);
    let accounts =
        subjects.filter(|subject| subject.get("kind").is_some_and(|kind| kind.is("ServiceAccount")));
    accounts
        .filter_map(|subject| subject.get("namespace").and_then(Node::text))
        .map(std::borrow::Cow::into_owned)
        .collect()
}

/// The search for what a field refers to.
struct Search<'s, 'a> {
    resources: &'s [Resource<'a>],
    subset: &'s [usize],
    referrer: &'s Resource<'a>,
    target: &'s Gvk,
    /// What the role reference being followed says it is.
    role: Option<&'s Gvk>,
}

impl<'a> Search<'_, 'a> {
    fn set(&self, tree: &mut Tree<'a>) -> Result<(), Misfit> {
        match tree.kind() {
            Kind::Scalar => self.set_scalar(tree),
            Kind::Mapping => self.set_mapping(tree),
            Kind::Sequence => {
                let found = tree.node().items().any(|item| self.concerns(item));
                let items = if found { tree.items_mut() } else { None };
                items.into_iter().flatten().try_for_each(|item| match item.kind() {
                    Kind::Scalar => self.set_scalar(item),
                    Kind::Mapping => self.set_mapping(item),
                    Kind::Sequence => Ok(()),
                })
            }
        }
    }

    /// Whether anything ever had the name in `item`, so that nothing is unfolded in vain.
    fn concerns(&self, item: Node<'_>) -> bool {
        let name = match item.kind() {
            Kind::Scalar => item.text(),
            Kind::Mapping => match item.get("name") {
                Some(name) => name.text(),
                None => return true,
            },
            Kind::Sequence => None,
        };
        name.is_some_and(|name| self.all().any(|it| it.previous.iter().any(|id| id.name == name)))
    }

    fn all(&self) -> impl Iterator<Item = &Resource<'a>> {
        self.subset.iter().filter_map(|&index| self.resources.get(index))
    }

    fn set_scalar(&self, tree: &mut Tree<'a>) -> Result<(), Misfit> {
        let Some(name) = tree.as_text().map(std::borrow::Cow::into_owned) else { return Ok(()) };
        let span = tree.span();
        match self.select(&name, self.all().collect(), span)? {
            Some(found) if found.id().name != name => {
                *tree = Tree::text(found.id().name.clone(), span);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn set_mapping(&self, tree: &mut Tree<'a>) -> Result<(), Misfit> {
        let span = tree.span();
        let Some(name_node) = tree.node().get("name") else {
            return Err(Misfit { message: "there is no `name` in the field".to_owned(), span });
        };
        let (name, name_span) = (name_node.text().unwrap_or_default().into_owned(), name_node.span());
        let candidates = match tree.node().get("namespace").and_then(Node::text) {
            None => self.all().collect(),
            Some(namespace) => self.in_namespace(&namespace),
        };
        let Some(found) = self.select(&name, candidates, name_span)? else { return Ok(()) };
        if found.id().name != name {
            tree.set(Value::plain("name", name_span), Tree::text(found.id().name.clone(), name_span));
        }
        let namespace = &found.id().namespace;
        let present = tree.node().get("namespace").and_then(Node::text);
        if !namespace.is_empty() && present.as_deref() != Some(namespace.as_str()) {
            let place = found.namespace_span();
            tree.set(Value::plain("namespace", place), Tree::text(namespace.clone(), place));
        }
        Ok(())
    }

    /// Candidates that were in `namespace` when they were read, or, if there are none, are in it now.
    fn in_namespace(&self, namespace: &str) -> Vec<&Resource<'a>> {
        let has_scope = |it: &&Resource<'_>| !it.gvk().is_cluster_scoped();
        let was = |it: &&Resource<'_>| it.original_id().effective_namespace() == namespace;
        let before: Vec<_> = self.all().filter(has_scope).filter(was).collect();
        if !before.is_empty() {
            return before;
        }
        self.all().filter(has_scope).filter(|it| it.id().effective_namespace() == namespace).collect()
    }

    /// The one object that `name` meant.
    fn select<'r>(
        &self,
        name: &str,
        mut candidates: Vec<&'r Resource<'a>>,
        span: Span,
    ) -> Result<Option<&'r Resource<'a>>, Misfit> {
        candidates.retain(|it| it.previous.iter().any(|id| id.name == name));
        candidates.retain(|it| it.previous.iter().any(|id| id.gvk.is_selected(self.target)));
        if let Some(role) = self.role {
            candidates.retain(|it| it.previous.iter().any(|id| id.gvk.is_selected(role)));
        }
        candidates.retain(|it| self.shares_namespace(it));
        if candidates.len() > 1 {
            candidates.retain(|it| may_be_of_one_base(self.referrer, it));
        }
        if candidates.len() > 1 {
            candidates.retain(|it| are_of_one_base(self.referrer, it));
        }
        let Some(first) = candidates.first().copied() else { return Ok(None) };
        if candidates.iter().all(|it| it.id().name == first.id().name) {
            return Ok(Some(first));
        }
        let ids: Vec<String> = candidates.iter().map(|it| it.id().to_string()).collect();
        Err(Misfit { message: format!("`{name}` could be any of {}", ids.join(", ")), span })
    }

    fn shares_namespace(&self, candidate: &Resource<'_>) -> bool {
        self.referrer.gvk().is_cluster_scoped()
            || candidate.gvk().is_cluster_scoped()
            || candidate.gvk().kind == "ServiceAccount"
            || candidate.id().same_namespace(self.referrer.id())
    }
}

/// Whether both were renamed alike, as far as both were renamed at all.
fn may_be_of_one_base(a: &Resource<'_>, b: &Resource<'_>) -> bool {
    let fits = |a: &[String], b: &[String]| a.is_empty() || b.is_empty() || share_end(a, b);
    fits(&a.prefixes, &b.prefixes) && fits(&a.suffixes, &b.suffixes)
}

fn are_of_one_base(a: &Resource<'_>, b: &Resource<'_>) -> bool {
    let fits = |a: &[String], b: &[String]| a.is_empty() == b.is_empty() && share_end(a, b);
    fits(&a.prefixes, &b.prefixes) && fits(&a.suffixes, &b.suffixes)
}

/// Whether the longer list ends as the shorter one: the outer kustomizations did the same to both.
fn share_end(a: &[String], b: &[String]) -> bool {
    a.ends_with(b) || b.ends_with(a)
}
