//! The declarative match language at work: subjects, conditions, reports.

use super::{
    compiled::{Compiled, Match},
    condition::{Condition, Roots, Truth},
    context::Context,
    file::{ContainerList, Exempt, Missing, On},
    remedy::{Aim, legs_of},
};
use crate::{
    base::{Fix, Minor, Span},
    kube::{self, Container, Place, Pod},
    yaml::{Hit, Kind, Node, Path},
};

/// The thing that is judged.
#[derive(Clone, Copy)]
pub(super) struct Judged<'s, 'a> {
    node: Node<'a>,
    /// What to point at to show it.
    head: Span,
    container: Option<&'s Container<'a>>,
    volume: Option<Node<'a>>,
    /// Its path from the object's root; made only when it is reported.
    prefix: &'s dyn Fn() -> String,
}

impl Compiled<'_> {
    /// Runs the rule's checks on an object.
    pub fn check(&self, context: &mut Context<'_, '_>) {
        for check in &self.matches {
            check.run(context);
        }
        for native in &self.natives {
            if let super::Native::Object(check) = native {
                check(context);
            }
        }
    }
}

impl Match {
    fn run(&self, context: &mut Context<'_, '_>) {
        let examined = context.examined;
        if self.exempts(context) {
            return;
        }
        match self.on {
            On::Object => {
                let object = &examined.object;
                self.judge(context, &subject(object.root(), object.head(), &String::new));
            }
            On::Pod => self.on_pod(context),
            On::PodMetadata => self.on_pod_metadata(context),
            On::Container => {
                for container in self.listed(&examined.containers) {
                    let prefix = || container.path();
                    let judged = subject(container.node, container.head(), &prefix);
                    self.judge(context, &Judged { container: Some(container), ..judged });
                }
                self.judge_inherited(context);
            }
            On::Volume => self.on_volumes(context),
            On::VolumeMount => self.on_each_of_container(context, "volumeMounts"),
            On::Port => self.on_each_of_container(context, "ports"),
            On::RbacRule => self.on_rbac_rules(context),
            On::Subject => self.on_subjects(context),
        }
    }

    fn exempts(&self, context: &Context<'_, '_>) -> bool {
        let Exempt { windows, user_namespace, rbac_defaults } = self.exempt;
        let reached = |from: Option<Minor>| from.is_some_and(|from| from <= context.target.kubernetes);
        !self.kubernetes.holds(context.target.kubernetes)
            || rbac_defaults && kube::is_rbac_default(context.object())
            || context.examined.may_be_windows && reached(windows)
            || context.examined.may_have_user_namespace && reached(user_namespace)
    }

    fn listed<'c, 'a>(&self, containers: &'c [Container<'a>]) -> impl Iterator<Item = &'c Container<'a>> {
        containers.iter().filter(|container| {
            let list = match container.list {
                kube::ContainerList::Main => ContainerList::Main,
                kube::ContainerList::Init => ContainerList::Init,
                kube::ContainerList::Sidecar => ContainerList::Sidecar,
                kube::ContainerList::Ephemeral => ContainerList::Ephemeral,
            };
            self.containers.is_empty() || self.containers.contains(&list)
        })
    }

    fn on_pod(&self, context: &mut Context<'_, '_>) {
        let Some(pod) = context.pod() else { return };
        self.judge(context, &subject(pod.spec, pod.head(), &|| pod.path()));
    }

    fn on_pod_metadata(&self, context: &mut Context<'_, '_>) {
        let Some(pod) = context.pod() else { return };
        let Some(metadata) = pod.metadata else { return };
        self.judge(context, &subject(metadata, metadata.head(), &|| pod.metadata_path()));
    }

    fn on_volumes(&self, context: &mut Context<'_, '_>) {
        let Some(pod) = context.pod() else { return };
        for (index, volume) in pod.spec.get("volumes").into_iter().flat_map(Node::items).enumerate() {
            let prefix = || format!("{}.volumes[{index}]", pod.path());
            self.judge(context, &subject(volume, volume.head(), &prefix));
        }
    }

    fn on_each_of_container(&self, context: &mut Context<'_, '_>, list: &str) {
        let examined = context.examined;
        let volumes = examined.pod.and_then(|pod| pod.spec.get("volumes"));
        for container in self.listed(&examined.containers) {
            for (index, item) in container.node.get(list).into_iter().flat_map(Node::items).enumerate() {
                let name = item.get("name").and_then(Node::text);
                let mut all = volumes.into_iter().flat_map(Node::items);
                let volume = all.find(|it| name.is_some() && it.get("name").and_then(Node::text) == name);
                let prefix = || container.path_to(&format!("{list}[{index}]"));
                let judged = subject(item, item.head(), &prefix);
                self.judge(context, &Judged { container: Some(container), volume, ..judged });
            }
        }
    }

    fn on_subjects(&self, context: &mut Context<'_, '_>) {
        if !kube::is_binding(context.object()) {
            return;
        }
        let root = context.object().root();
        for (index, node) in root.get("subjects").into_iter().flat_map(Node::items).enumerate() {
            self.judge(context, &subject(node, node.head(), &|| format!("subjects[{index}]")));
        }
    }

    pub(super) fn judge(&self, context: &mut Context<'_, '_>, judged: &Judged<'_, '_>) {
        if !self.applies(context, judged) {
            return;
        }
        let inherits = self.inherited_from(context, judged.container).is_some();
        self.path.visit(judged.node, &mut |hit| {
            let fires = match hit.node {
                Some(node) => self.fires_on(context, judged, node),
                // What the pod sets instead is judged once for all containers, by `judge_inherited`.
                None => self.missing == Missing::Fires && !hit.barred && !inherits,
            };
            if fires {
                self.report(context, judged, &hit);
            }
        });
    }

    pub(super) fn applies(&self, context: &Context<'_, '_>, judged: &Judged<'_, '_>) -> bool {
        let roots = roots(context, judged, Some(judged.node));
        self.filter.iter().all(|condition| condition.eval(&roots) == Truth::Yes)
            && self.unless.iter().all(|condition| condition.eval(&roots) == Truth::No)
    }

    fn fires_on<'a>(&self, context: &Context<'_, 'a>, judged: &Judged<'_, 'a>, node: Node<'a>) -> bool {
        let roots = roots(context, judged, Some(node));
        self.when.as_ref().is_none_or(|when: &Condition| when.eval(&roots) == Truth::Yes)
    }

    fn report(&self, context: &mut Context<'_, '_>, judged: &Judged<'_, '_>, hit: &Hit<'_, '_>) {
        let place = Place::of_hit(&(judged.prefix)(), &self.path, hit, judged.head);
        let place = match judged.container {
            Some(container) => container.own(place),
            None => place,
        };
        let template = match (&self.say_missing, hit.node) {
            (Some(say), None) => say,
            _ => &self.say,
        };
        let say = self.words(template, judged, hit);
        let fixes = self.fixes(context, judged, hit);
        context.report_bare(place, &say).fixes = fixes;
    }

    fn fixes(&self, context: &Context<'_, '_>, judged: &Judged<'_, '_>, hit: &Hit<'_, '_>) -> Vec<Fix> {
        if self.remedies.is_empty() || context.desk.is_spent() {
            return Vec::new();
        }
        let aim = Aim {
            subject: judged.node,
            value: legs_of(context.desk, judged.node, &self.path, hit.indices),
            roots: roots(context, judged, hit.node),
            metadata: context.pod().and_then(|pod| pod.metadata),
            words: [
                ("value", hit.node.map(shown).unwrap_or_default()),
                ("path", self.path.display(hit.indices)),
                ("name", judged.node.get("name").map(shown).unwrap_or_default()),
            ],
        };
        self.remedies.iter().filter_map(|remedy| remedy.fix(context.desk, &aim)).collect()
    }

    fn words(&self, template: &str, judged: &Judged<'_, '_>, hit: &Hit<'_, '_>) -> String {
        let value = hit.node.map(shown).unwrap_or_default();
        let name = judged.node.get("name").map(shown).unwrap_or_default();
        fill(template, &[("value", &value), ("path", &self.path.display(hit.indices)), ("name", &name)])
    }

    /// The pod's value of an inherited field, where `container` sets none of its own.
    fn inherited_from<'a>(
        &self,
        context: &Context<'_, 'a>,
        container: Option<&Container<'a>>,
    ) -> Option<Node<'a>> {
        let container = container.filter(|_| self.inherit)?;
        let keys: Vec<&str> = self.path.keys().collect();
        let path = Path::of(Pod::inherited(&keys)?);
        let mut sets_none = false;
        path.visit(container.node, &mut |hit| sets_none = hit.node.is_none() && !hit.barred);
        path.find(context.pod()?.spec).filter(|_| sets_none)
    }

    /// Judges the pod's value of an inherited field once, for all containers that take it.
    fn judge_inherited(&self, context: &mut Context<'_, '_>) {
        let examined = context.examined;
        let Some(pod) = examined.pod.filter(|_| self.inherit) else { return };
        let takers: Vec<&Container<'_>> = self
            .listed(&examined.containers)
            .filter(|container| self.inherited_from(context, Some(container)).is_some())
            .filter(|container| {
                let judged = subject(container.node, container.head(), &String::new);
                self.applies(context, &Judged { container: Some(container), ..judged })
            })
            .collect();
        if takers.is_empty() {
            return;
        }
        let prefix = || pod.path();
        let judged = subject(pod.spec, pod.head(), &prefix);
        self.path.visit(pod.spec, &mut |hit| {
            let fires = match hit.node {
                Some(node) => self.fires_on(context, &judged, node),
                None => self.missing == Missing::Fires && !hit.barred,
            };
            if fires {
                self.report(context, &judged, &hit);
                let names: Vec<String> = takers.iter().map(|it| format!("`{}`", it.label())).collect();
                if let Some(diagnostic) = context.out.last_mut() {
                    let plural = if names.len() == 1 { "container" } else { "containers" };
                    diagnostic.message.push_str(&format!(" (holds for {plural} {})", some_of(&names)));
                }
            }
        });
    }
}

pub(super) fn subject<'s, 'a>(node: Node<'a>, head: Span, prefix: &'s dyn Fn() -> String) -> Judged<'s, 'a> {
    Judged { node, head, container: None, volume: None, prefix }
}

fn roots<'a>(context: &Context<'_, 'a>, judged: &Judged<'_, 'a>, here: Option<Node<'a>>) -> Roots<'a> {
    Roots {
        here,
        pod: context.pod().map(|pod| pod.spec),
        object: context.object().root(),
        volume: judged.volume,
    }
}

/// A value for a message: its text, cut where it is long.
fn shown(node: Node<'_>) -> String {
    const LONGEST: usize = 60;
    let text = match node.kind() {
        Kind::Scalar => node.text().unwrap_or_default(),
        Kind::Sequence => "[…]".into(),
        Kind::Mapping => "{…}".into(),
    };
    let line = text.lines().next().unwrap_or_default();
    if line.len() == text.len() && line.chars().count() <= LONGEST {
        return line.to_owned();
    }
    line.chars().take(LONGEST).chain(['…']).collect()
}

/// The first few of `words`, and how many more there are.
pub(super) fn some_of(words: &[String]) -> String {
    const MOST: usize = 4;
    if words.len() <= MOST {
        return words.join(", ");
    }
    format!("{} and {} more", words[..MOST].join(", "), words.len() - MOST)
}

/// `template` with each `{name}` replaced by its value, in one pass: values are not looked into.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        let known = inside.find('}').and_then(|close| {
            let value = values.iter().find(|(name, _)| *name == &inside[..close])?;
            Some((value.1, close))
        });
        if let Some((value, close)) = known {
            out.push_str(value);
            rest = &inside[close + 1..];
        } else {
            out.push('{');
            rest = inside;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_filled_in_once() {
        assert_eq!(fill("`{path}` is {value}", &[("path", "{value}"), ("value", "1")]), "`{value}` is 1");
        assert_eq!(fill("a {unknown} {", &[]), "a {unknown} {");
    }
}
