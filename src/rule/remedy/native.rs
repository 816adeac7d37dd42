//! The fixes of native checks: those of their rule files, and those that they make.

use super::{
    Aim, Step,
    anchor::{follow, legs_of_words},
    fix_of,
};
use crate::{
    base::{Fix, Safety},
    kube::{Container, Place},
    rule::{condition::Roots, context::Context},
    yaml::Node,
};

impl Context<'_, '_> {
    /// The fixes of the rule's file for a finding of a native check at `place`. Paths start at its container, else at
    /// the object.
    pub(in crate::rule) fn remedied(&self, place: &Place) -> Vec<Fix> {
        if self.compiled.remedies.is_empty() || self.desk.is_spent() {
            return Vec::new();
        }
        let prefix_of =
            |container: &Container<'_>| place.path.strip_prefix(&container.path()).map(str::to_owned);
        self.desk.spend(8 * self.examined.containers.len());
        let containers = self.examined.containers.iter().filter(|_| place.container.is_some());
        let found = containers.filter_map(|it| Some((it.node, prefix_of(it)?))).max_by_key(|it| it.1.len());
        let (subject, rest) = found.unwrap_or_else(|| (self.object().root(), place.path.clone()));
        let value = legs_of_words(&rest);
        let node = follow(self.desk, subject, &value);
        let shown = |node: Option<Node<'_>>| node.and_then(Node::text).unwrap_or_default().into_owned();
        let aim = Aim {
            subject,
            roots: Roots {
                here: node,
                pod: self.pod().map(|pod| pod.spec),
                object: self.object().root(),
                volume: None,
            },
            metadata: self.pod().and_then(|pod| pod.metadata),
            words: [
                ("value", shown(node)),
                ("path", rest.trim_start_matches('.').to_owned()),
                ("name", shown(subject.get("name"))),
            ],
            value,
        };
        self.compiled.remedies.iter().filter_map(|remedy| remedy.fix(self.desk, &aim)).collect()
    }

    /// Gives the last finding a fix that makes all of `steps`, where they can be made. `title` is an order:
    /// "Set `privileged` to `false`".
    pub fn fix(&mut self, safety: Safety, title: &str, steps: &[Step<'_>]) {
        let fix = fix_of(self.desk, safety, title, steps);
        if let Some(finding) = self.out.last_mut() {
            finding.fixes.extend(fix);
        }
    }
}
