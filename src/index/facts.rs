//! What is kept of an object once its tree is gone.

use std::sync::Arc;

use crate::{
    base::{ObjectId, SourceId, Span},
    kube::{
        self, Labels, Object, Pod, PolicyRule, Read, RoleRef, Selector, Subject, is_placeholder, read_bool,
        read_text,
    },
    yaml::Node,
};

/// An object of the index: what it is called and where it is written.
#[derive(Debug, Clone)]
pub struct Declared {
    /// What it is called in the cluster.
    pub id: Arc<ObjectId>,
    /// What to point at to show it.
    pub head: Span,
    /// The whole of it.
    pub extent: Span,
}

impl Declared {
    fn new(object: &Object<'_>, id: &Arc<ObjectId>) -> Self {
        Self { id: Arc::clone(id), head: object.head(), extent: object.root().span() }
    }

    /// The source that holds it.
    pub fn source(&self) -> SourceId {
        self.head.source
    }

    /// `metadata.namespace`; `None` is unknown, not `default`.
    pub fn namespace(&self) -> Option<&str> {
        self.id.namespace.as_deref()
    }

    /// Whether its name is whole: not made by `generateName`, not hidden in a placeholder.
    pub fn has_known_name(&self) -> bool {
        !self.id.name.is_empty() && !self.id.name.ends_with('*') && !is_placeholder(&self.id.name)
    }
}

/// A Role or ClusterRole.
#[derive(Debug, Clone)]
pub struct Role {
    /// The object.
    pub object: Declared,
    /// Its own rules.
    pub rules: Vec<PolicyRule>,
    /// Its labels; `None` when one of them is a placeholder.
    pub labels: Option<Labels>,
    /// `aggregationRule.clusterRoleSelectors`; with such a rule the API server writes the role's rules itself.
    pub aggregates: Option<Vec<Selector>>,
    /// Whether the API server makes it itself.
    pub is_default: bool,
    pub(super) bindings: Vec<u32>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The object.
    pub object: Declared,
    /// The role it grants; `None` when that is missing or a placeholder.
    pub role_ref: Option<RoleRef>,
    /// To whom, as far as that is known.
    pub subjects: Vec<Subject>,
    /// How many subjects are written, unknown ones too.
    pub subject_count: u32,
    /// Whether the API server makes it itself.
    pub is_default: bool,
    pub(super) role: Option<u32>,
    pub(super) accounts: Vec<Option<u32>>,
}

impl Binding {
    /// Whether it grants in the whole cluster.
    pub fn is_cluster_wide(&self) -> bool {
        self.object.id.kind == "ClusterRoleBinding"
    }

    /// The namespace and name of the account that `subject`, one of its own, is. An account without a namespace
    /// is one of a RoleBinding's own namespace.
    pub fn account<'s>(&'s self, subject: &'s Subject) -> Option<(Option<&'s str>, &'s str)> {
        let (namespace, name) = subject.account()?;
        let own = if self.is_cluster_wide() { None } else { self.object.namespace() };
        Some((namespace.or(own), name))
    }
}

/// A `ServiceAccount`.
#[derive(Debug, Clone)]
pub struct ServiceAccount {
    /// The object.
    pub object: Declared,
    /// `automountServiceAccountToken`; `None` when it is missing or unclear.
    pub automount: Option<bool>,
}

/// A pod, or what makes pods.
#[derive(Debug, Clone)]
pub struct Workload {
    /// The object.
    pub object: Declared,
    /// The service account it runs as, `default` when it names none; `None` for a placeholder.
    pub account_name: Option<Box<str>>,
    /// Where the account is named, else the pod spec's key.
    pub account_span: Span,
    /// Field path of the account's name.
    pub account_path: Box<str>,
    /// The pod's own `automountServiceAccountToken`; `None` when it is missing or unclear.
    pub automount: Option<bool>,
    pub(super) account: Option<u32>,
}

/// The facts of one object.
#[derive(Debug, Clone)]
pub enum ObjectFacts {
    /// A Role or ClusterRole.
    Role(Role),
    /// A RoleBinding or ClusterRoleBinding.
    Binding(Binding),
    /// A `ServiceAccount`.
    ServiceAccount(ServiceAccount),
    /// A pod, or what makes pods.
    Workload(Workload),
    /// A Namespace.
    Namespace(Declared),
    /// A `ResourceQuota`.
    ResourceQuota(Declared),
}

/// What the index keeps of `object`, if anything. `pod` and `role_rules` are the object's own, `id` its name.
pub fn facts(
    object: &Object<'_>,
    pod: Option<Pod<'_>>,
    role_rules: &[PolicyRule],
    id: &Arc<ObjectId>,
) -> Option<ObjectFacts> {
    let declared = Declared::new(object, id);
    if kube::is_role(object) {
        return Some(ObjectFacts::Role(role(object, role_rules, declared)));
    }
    if kube::is_binding(object) {
        return Some(ObjectFacts::Binding(binding(object, declared)));
    }
    if let Some(pod) = pod {
        return Some(ObjectFacts::Workload(workload(pod, declared)));
    }
    match (object.group(), object.kind()) {
        ("", "ServiceAccount") => {
            let automount = read_bool(object.root().get("automountServiceAccountToken")).known();
            Some(ObjectFacts::ServiceAccount(ServiceAccount { object: declared, automount }))
        }
        ("", "Namespace") => Some(ObjectFacts::Namespace(declared)),
        ("", "ResourceQuota") => Some(ObjectFacts::ResourceQuota(declared)),
        _ => None,
    }
}

fn role(object: &Object<'_>, rules: &[PolicyRule], declared: Declared) -> Role {
    let aggregation = object.root().get("aggregationRule").and_then(|it| it.get("clusterRoleSelectors"));
    Role {
        object: declared,
        rules: rules.to_vec(),
        labels: object
            .metadata()
            .and_then(|metadata| metadata.get("labels"))
            .map_or_else(|| Some(Labels::default()), kube::labels),
        aggregates: aggregation.map(|list| list.items().filter_map(Selector::parse).collect()),
        is_default: kube::is_rbac_default(object),
        bindings: Vec::new(),
    }
}

fn binding(object: &Object<'_>, declared: Declared) -> Binding {
    let written = object.root().get("subjects").into_iter().flat_map(Node::items).count();
    Binding {
        object: declared,
        role_ref: kube::role_ref(object),
        subjects: kube::subjects(object),
        subject_count: written as u32,
        is_default: kube::is_rbac_default(object),
        role: None,
        accounts: Vec::new(),
    }
}

fn workload(pod: Pod<'_>, declared: Declared) -> Workload {
    // `serviceAccount` is the old name of the field; the API server copies it to the new one.
    let fields = ["serviceAccountName", "serviceAccount"];
    let named = fields.into_iter().find_map(|key| {
        let node = pod.spec.get(key)?;
        let read = read_text(Some(node));
        (!matches!(&read, Read::Missing) && !read.is(&"".into())).then_some((key, node, read))
    });
    let (key, span, name) = match named {
        Some((key, node, read)) => (key, node.span(), read.known().map(|name| Box::from(&*name))),
        None => ("serviceAccountName", pod.head(), Some(Box::from("default"))),
    };
    Workload {
        object: declared,
        account_name: name,
        account_span: span,
        account_path: format!("{}.{key}", pod.path()).into(),
        automount: read_bool(pod.spec.get("automountServiceAccountToken")).known(),
        account: None,
    }
}

impl ObjectFacts {
    /// The object.
    pub fn object(&self) -> &Declared {
        match self {
            ObjectFacts::Role(role) => &role.object,
            ObjectFacts::Binding(binding) => &binding.object,
            ObjectFacts::ServiceAccount(account) => &account.object,
            ObjectFacts::Workload(workload) => &workload.object,
            ObjectFacts::Namespace(object) | ObjectFacts::ResourceQuota(object) => object,
        }
    }
}
