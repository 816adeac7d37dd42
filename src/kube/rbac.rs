//! Roles and bindings. The rules are read into owned form once: the checks of an object and the index of the
//! whole repository both compute on it.

use std::fmt;

use crate::{
    base::Span,
    yaml::{Kind, Node},
};

use super::{Object, api_resources::is_api_group, is_placeholder};

const GROUP: &str = "rbac.authorization.k8s.io";

/// The verbs that make up full control of a resource.
const STANDARD_VERBS: &[&str] = &["get", "list", "watch", "create", "update", "patch", "delete"];

/// Whether it is a Role or ClusterRole.
pub fn is_role(object: &Object<'_>) -> bool {
    object.is(GROUP, "Role") || object.is(GROUP, "ClusterRole")
}

/// Whether it is a RoleBinding or ClusterRoleBinding.
pub fn is_binding(object: &Object<'_>) -> bool {
    object.is(GROUP, "RoleBinding") || object.is(GROUP, "ClusterRoleBinding")
}

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it says.
    pub text: Box<str>,
    /// Where.
    pub span: Span,
}

/// One entry of a role's `rules`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRule {
    /// `apiGroups`
    pub groups: Vec<Item>,
    /// `resources`
    pub resources: Vec<Item>,
    /// `verbs`
    pub verbs: Vec<Item>,
    /// `resourceNames`; `None` when the field is missing or empty, which means every name.
    pub names: Option<Vec<Item>>,
    /// `nonResourceURLs`
    pub urls: Vec<Item>,
    /// The rule's first line.
    pub span: Span,
    /// Its place in the list, from 0.
    pub index: u32,
}

/// What a binding grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRef {
    /// `apiGroup`, as written.
    pub api_group: Option<Item>,
    /// `Role` or `ClusterRole`.
    pub kind: Item,
    /// The role's name.
    pub name: Item,
}

/// To whom a binding grants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// `apiGroup`, as written.
    pub api_group: Option<Item>,
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: Item,
    /// The subject's name.
    pub name: Item,
    /// A service account's namespace; as written, even where that is a placeholder: unknown is not missing.
    pub namespace: Option<Item>,
    /// The subject's first line.
    pub span: Span,
    /// Its place in the list, from 0.
    pub index: u32,
}

/// The rules of a Role or ClusterRole. Words that are placeholders are left out: they grant nothing known.
pub fn role_rules(object: &Object<'_>) -> Vec<PolicyRule> {
    let rules = object.root().get("rules").into_iter().flat_map(Node::items).enumerate();
    rules
        .filter(|(_, rule)| rule.kind() == Kind::Mapping)
        .map(|(index, rule)| policy_rule(rule, index as u32))
        .collect()
}

fn policy_rule(rule: Node<'_>, index: u32) -> PolicyRule {
    let names = rule.get("resourceNames").map(|names| names.items().count()).filter(|count| *count > 0);
    PolicyRule {
        groups: words(rule, "apiGroups"),
        resources: words(rule, "resources"),
        verbs: words(rule, "verbs"),
        names: names.map(|_| words(rule, "resourceNames")),
        urls: words(rule, "nonResourceURLs"),
        span: rule.head(),
        index,
    }
}

fn words(rule: Node<'_>, key: &str) -> Vec<Item> {
    rule.get(key).into_iter().flat_map(Node::items).filter_map(|node| item(Some(node))).collect()
}

fn item(node: Option<Node<'_>>) -> Option<Item> {
    written(node).filter(|item| !is_placeholder(&item.text))
}

fn written(node: Option<Node<'_>>) -> Option<Item> {
    let node = node?;
    let text = node.text()?;
    Some(Item { text: text.into(), span: node.span() })
}

/// The role of a binding; `None` when kind or name is missing or a placeholder.
pub fn role_ref(object: &Object<'_>) -> Option<RoleRef> {
    let node = object.root().get("roleRef")?;
    Some(RoleRef {
        api_group: item(node.get("apiGroup")),
        kind: item(node.get("kind"))?,
        name: item(node.get("name"))?,
    })
}

/// The subjects of a binding whose kind and name are known.
pub fn subjects(object: &Object<'_>) -> Vec<Subject> {
    let nodes = object.root().get("subjects").into_iter().flat_map(Node::items).enumerate();
    nodes
        .filter_map(|(index, node)| {
            Some(Subject {
                api_group: item(node.get("apiGroup")),
                kind: item(node.get("kind"))?,
                name: item(node.get("name"))?,
                namespace: written(node.get("namespace")).filter(|item| !item.text.is_empty()),
                span: node.head(),
                index: index as u32,
            })
        })
        .collect()
}

impl Subject {
    /// Whether it is a service account.
    pub fn is_service_account(&self) -> bool {
        &*self.kind.text == "ServiceAccount"
    }

    /// The service account's namespace, as far as the subject says, and name; also of a user called
    /// `system:serviceaccount:<namespace>:<name>`, which is the same account.
    pub fn account(&self) -> Option<(Option<&str>, &str)> {
        if self.is_service_account() {
            return Some((self.namespace.as_ref().map(|item| &*item.text), &self.name.text));
        }
        let user = (&*self.kind.text == "User").then_some(&*self.name.text)?;
        let (namespace, name) = user.strip_prefix("system:serviceaccount:")?.split_once(':')?;
        Some((Some(namespace), name))
    }

    /// Of a group that Kubernetes itself fills: whom it holds, for a sentence. `None` for every other subject,
    /// and for the groups of the control plane.
    pub fn crowd(&self) -> Option<&'static str> {
        match (&*self.kind.text, &*self.name.text) {
            ("User", "system:anonymous") | ("Group", "system:unauthenticated") => {
                Some("anybody who reaches the API server")
            }
            ("Group", "system:authenticated") => Some("every user and every ServiceAccount"),
            ("Group", "system:serviceaccounts") => Some("every ServiceAccount of the cluster"),
            ("Group", name) if name.starts_with("system:serviceaccounts:") => {
                Some("every ServiceAccount of a namespace")
            }
            _ => None,
        }
    }

    /// Whether it is the group `name`.
    pub fn is_group(&self, name: &str) -> bool {
        &*self.kind.text == "Group" && &*self.name.text == name
    }
}

impl fmt::Display for Subject {
    /// `Group devs`, `ServiceAccount shop/web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = (&self.kind.text, &self.name.text);
        match &self.namespace {
            Some(namespace) if self.is_service_account() => write!(f, "{kind} {}/{name}", namespace.text),
            _ => write!(f, "{kind} {name}"),
        }
    }
}

impl PolicyRule {
    /// The resource words that cover `resource` (`pods`, `pods/exec`) in one of `groups`. As the API server
    /// matches: `*` covers everything, `*/exec` every `exec`; `pods/*` covers nothing but itself. As the wanted
    /// resource, `pods/*` is any subresource of pods.
    pub fn resources_matching<'r>(
        &'r self,
        groups: &'r [impl AsRef<str>],
        resource: &'r str,
    ) -> impl Iterator<Item = &'r Item> {
        let in_group = self.groups.iter().any(|own| {
            &*own.text == "*"
                || groups.iter().any(|group| group.as_ref() == &*own.text || group.as_ref() == "*")
        });
        self.resources.iter().filter(move |own| in_group && resource_matches(&own.text, resource))
    }

    /// The verb words that cover `verb`.
    pub fn verbs_matching<'r>(&'r self, verb: &'r str) -> impl Iterator<Item = &'r Item> {
        self.verbs.iter().filter(move |own| &*own.text == "*" || &*own.text == verb)
    }

    /// The resource word and the verb word that allow `verb` on every `resource` of `group`; `None` where
    /// `resourceNames` narrows the rule.
    pub fn allows(&self, group: &str, resource: &str, verb: &str) -> Option<(&Item, &Item)> {
        if self.names.is_some() {
            return None;
        }
        let verb = self.verbs.iter().find(|own| &*own.text == "*" || &*own.text == verb)?;
        let in_group = self.groups.iter().any(|own| matches!(&*own.text, "*") || &*own.text == group);
        let word = self.resources.iter().find(|own| in_group && resource_matches(&own.text, resource))?;
        Some((word, verb))
    }

    /// The words that allow every verb (or each of the standard ones) on every resource of every group: of the
    /// verbs, of the resources, of the groups.
    pub fn everything(&self) -> Option<[&Item; 3]> {
        let [verbs, resources] = self.full_control()?;
        Some([verbs, resources, star(&self.groups)?])
    }

    /// The words that allow every verb (or each of the standard ones) on every resource of the rule's groups: of
    /// the verbs, of the resources. `None` where `resourceNames` narrows the rule.
    pub fn full_control(&self) -> Option<[&Item; 2]> {
        let verbs = star(&self.verbs).or_else(|| {
            let all = STANDARD_VERBS.iter().all(|verb| self.verbs_matching(verb).next().is_some());
            self.verbs.first().filter(|_| all)
        });
        if self.names.is_some() {
            return None;
        }
        Some([verbs?, self.every_resource()?])
    }

    /// The word that covers every resource of the rule's groups.
    pub fn every_resource(&self) -> Option<&Item> {
        star(&self.resources)
    }

    /// The first of the rule's groups, `*` among them, that the API server itself serves.
    pub fn api_group(&self) -> Option<&Item> {
        self.groups.iter().find(|group| &*group.text == "*" || is_api_group(&group.text))
    }

    /// Its groups for a sentence: ``the API groups `""`, `apps` ``.
    pub fn groups_named(&self) -> String {
        if star(&self.groups).is_some() {
            return "every API group".to_owned();
        }
        let shown = |group: &Item| {
            if group.text.is_empty() { "`\"\"`".to_owned() } else { format!("`{}`", group.text) }
        };
        let plural = if self.groups.len() == 1 { "group" } else { "groups" };
        let groups: Vec<String> = self.groups.iter().map(shown).collect();
        format!("the API {plural} {}", groups.join(", "))
    }
}

fn star(words: &[Item]) -> Option<&Item> {
    words.iter().find(|word| &*word.text == "*")
}

/// `ResourceMatches` of the Kubernetes RBAC authorizer, for one word of a rule.
fn resource_matches(own: &str, wanted: &str) -> bool {
    if own == "*" || own == wanted && !own.ends_with("/*") {
        return true;
    }
    match (own.split_once('/'), wanted.split_once('/')) {
        (Some((own, sub)), Some((wanted, "*"))) => sub != "*" && (own == wanted || own == "*"),
        (Some(("*", own)), Some((_, wanted))) => own == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_match_as_in_the_authorizer() {
        let cases = [
            ("pods", "pods", true),
            ("*", "pods", true),
            ("*", "pods/exec", true),
            ("*/exec", "pods/exec", true),
            ("*/exec", "pods", false),
            ("pods/*", "pods/exec", false),
            ("pods/*", "pods/log", false),
            ("pods", "pods/exec", false),
            ("pod", "pods", false),
            ("userextras/scopes", "userextras/*", true),
            ("userextras", "userextras/*", false),
            ("*/scopes", "userextras/*", true),
            ("*", "userextras/*", true),
        ];
        for (own, wanted, expected) in cases {
            assert_eq!(resource_matches(own, wanted), expected, "{own} {wanted}");
        }
    }
}
