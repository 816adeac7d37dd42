//! Facts across objects: owned, compact, kept after the trees are gone. Knows nothing of good or bad.

mod facts;
mod rbac;
mod unit;

pub use facts::{Binding, Declared, ObjectFacts, Role, ServiceAccount, Workload, facts};

use memchr::memmem;

use crate::base::SourceId;
use unit::Units;

/// Whether a text may hold an object to which others refer. A yes may be wrong, a no never is.
pub fn may_hold_facts(text: &str) -> bool {
    let words = ["Role", "ServiceAccount", "Namespace", "ResourceQuota"];
    words.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// The facts of every object of a run, and what refers to what.
///
/// Until it is known what is applied together, a reference means the nearest thing of its name: in the same
/// file, else in the same directory, else below the nearest shared parent; where two are equally near, it means
/// none.
#[derive(Debug, Default)]
pub struct Index {
    roles: Vec<Role>,
    bindings: Vec<Binding>,
    accounts: Vec<ServiceAccount>,
    workloads: Vec<Workload>,
    namespaces: Vec<Declared>,
    quotas: Vec<Declared>,
    units: Units,
}

impl Index {
    /// Takes up `facts`, which are in source order, and joins what belongs together.
    pub fn build<'p>(facts: Vec<ObjectFacts>, path_of: &dyn Fn(SourceId) -> &'p str) -> Self {
        let sources: Vec<SourceId> = facts.iter().map(|fact| fact.object().source()).collect();
        let mut index = Self { units: Units::new(sources.into_iter(), path_of), ..Self::default() };
        for fact in facts {
            match fact {
                ObjectFacts::Role(role) => index.roles.push(role),
                ObjectFacts::Binding(binding) => index.bindings.push(binding),
                ObjectFacts::ServiceAccount(account) => index.accounts.push(account),
                ObjectFacts::Workload(workload) => index.workloads.push(workload),
                ObjectFacts::Namespace(namespace) => index.namespaces.push(namespace),
                ObjectFacts::ResourceQuota(quota) => index.quotas.push(quota),
            }
        }
        index.join_rbac();
        index
    }

    /// Every Role and ClusterRole, in source order.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Every RoleBinding and ClusterRoleBinding, in source order.
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// Every `ServiceAccount`, in source order.
    pub fn accounts(&self) -> &[ServiceAccount] {
        &self.accounts
    }

    /// Every pod and everything that makes pods, in source order.
    pub fn workloads(&self) -> &[Workload] {
        &self.workloads
    }

    /// Every Namespace, in source order.
    pub fn namespaces(&self) -> &[Declared] {
        &self.namespaces
    }

    /// Every `ResourceQuota`, in source order.
    pub fn quotas(&self) -> &[Declared] {
        &self.quotas
    }
}
