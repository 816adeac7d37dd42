//! Who may do what: roles, the bindings that make them live, the accounts that get them, the workloads that run
//! as those accounts.

use std::collections::BTreeMap;

use super::{
    Binding, Index, Role, ServiceAccount, Workload,
    unit::{Candidate, Fit, Nearness, fit},
};
use crate::{
    base::{ObjectId, SourceId, Span},
    kube::{PolicyRule, Subject},
};

/// How many bindings a finding names.
const MOST_SHOWN: usize = 3;

/// Aggregation of aggregations is legal; deeper than this it is a circle.
const AGGREGATION_DEPTH: usize = 4;

/// The built-in roles that take up others by label, and which of them hold which.
const BUILT_IN_AGGREGATES: &[(&str, &[&str])] = &[
    ("rbac.authorization.k8s.io/aggregate-to-view", &["view", "edit", "admin"]),
    ("rbac.authorization.k8s.io/aggregate-to-edit", &["edit", "admin"]),
    ("rbac.authorization.k8s.io/aggregate-to-admin", &["admin"]),
];

type ByName<'i> = BTreeMap<&'i str, Vec<u32>>;

impl Index {
    pub(super) fn join_rbac(&mut self) {
        let role_of: Vec<Option<u32>> = {
            let by_name = by_name(self.roles.iter().map(|role| &*role.object.id));
            self.bindings.iter().map(|binding| self.find_role(binding, &by_name)).collect()
        };
        let (of_subjects, of_workloads) = {
            let by_name = by_name(self.accounts.iter().map(|account| &*account.object.id));
            let of_subjects: Vec<Vec<Option<u32>>> =
                self.bindings.iter().map(|binding| self.find_accounts(binding, &by_name)).collect();
            let of_workloads: Vec<Option<u32>> = self
                .workloads
                .iter()
                .map(|workload| {
                    let name = workload.account_name.as_deref()?;
                    let object = &workload.object;
                    self.find_account(name, object.namespace(), object.source(), &by_name)
                })
                .collect();
            (of_subjects, of_workloads)
        };
        for (at, role) in role_of.iter().enumerate() {
            if let Some(role) = role.and_then(|role| self.roles.get_mut(role as usize)) {
                role.bindings.push(at as u32);
            }
        }
        for ((binding, role), accounts) in self.bindings.iter_mut().zip(role_of).zip(of_subjects) {
            (binding.role, binding.accounts) = (role, accounts);
        }
        for (workload, account) in self.workloads.iter_mut().zip(of_workloads) {
            workload.account = account;
        }
    }

    fn find_role(&self, binding: &Binding, by_name: &ByName<'_>) -> Option<u32> {
        let role_ref = binding.role_ref.as_ref()?;
        let kind = &*role_ref.kind.text;
        // A ClusterRoleBinding cannot grant a Role.
        if binding.is_cluster_wide() && kind != "ClusterRole" {
            return None;
        }
        let candidates = by_name.get(&*role_ref.name.text)?.iter().filter_map(|at| {
            let role = &self.roles[*at as usize].object;
            (role.id.kind == kind).then(|| Candidate {
                is: *at,
                at: role.source(),
                fit: if kind == "Role" {
                    fit(binding.object.namespace(), role.namespace())
                } else {
                    Fit::Same
                },
            })
        });
        self.units.nearest(binding.object.source(), candidates)
    }

    fn find_accounts(&self, binding: &Binding, by_name: &ByName<'_>) -> Vec<Option<u32>> {
        let source = binding.object.source();
        let accounts = binding.subjects.iter().map(|subject| {
            let (namespace, name) = binding.account(subject)?;
            self.find_account(name, namespace, source, by_name)
        });
        accounts.collect()
    }

    fn find_account(
        &self,
        name: &str,
        namespace: Option<&str>,
        from: SourceId,
        by_name: &ByName<'_>,
    ) -> Option<u32> {
        let candidates = by_name.get(name)?.iter().map(|at| {
            let account = &self.accounts[*at as usize].object;
            Candidate { is: *at, at: account.source(), fit: fit(namespace, account.namespace()) }
        });
        self.units.nearest(from, candidates)
    }

    /// The role called `role` in `source`.
    pub fn role(&self, role: &ObjectId, source: SourceId) -> Option<&Role> {
        self.roles.iter().find(|own| own.object.source() == source && *own.object.id == *role)
    }

    /// The role that `binding` grants, as far as it is in the index and clear.
    pub fn role_of(&self, binding: &Binding) -> Option<&Role> {
        self.roles.get(binding.role? as usize)
    }

    /// The bindings that grant the role called `role` in `source`.
    pub fn bindings_of(&self, role: &ObjectId, source: SourceId) -> impl Iterator<Item = &Binding> {
        self.role(role, source).into_iter().flat_map(|role| self.bindings_of_role(role))
    }

    /// The bindings that grant `role`.
    pub fn bindings_of_role<'i>(&'i self, role: &'i Role) -> impl Iterator<Item = &'i Binding> {
        role.bindings.iter().filter_map(|at| self.bindings.get(*at as usize))
    }

    /// The bindings with a subject of this kind and name, and that subject.
    pub fn bindings_of_subject<'i>(
        &'i self,
        kind: &'i str,
        name: &'i str,
    ) -> impl Iterator<Item = (&'i Binding, &'i Subject)> {
        let subjects = self.bindings.iter().flat_map(|it| it.subjects.iter().map(move |own| (it, own)));
        subjects.filter(move |(_, own)| &*own.kind.text == kind && &*own.name.text == name)
    }

    /// The bindings that grant something to `account`, with the subject that it is.
    pub fn bindings_of_account<'i>(
        &'i self,
        account: &'i ServiceAccount,
    ) -> impl Iterator<Item = (&'i Binding, &'i Subject)> {
        let at = self.accounts.iter().position(|own| std::ptr::eq(own, account)).map(|at| at as u32);
        self.subjects_with_accounts()
            .filter(move |(_, _, own)| at.is_some() && *own == at)
            .map(|(binding, subject, _)| (binding, subject))
    }

    /// The bindings that grant something to the account that `workload` runs as. Where the account itself is not
    /// in the index, those that are surely about it: beside the workload, or, of the same written namespace, the
    /// nearest ones.
    pub fn bindings_of_workload<'i>(&'i self, workload: &'i Workload) -> Vec<(&'i Binding, &'i Subject)> {
        if workload.account.is_some() {
            return self
                .subjects_with_accounts()
                .filter(|(_, _, account)| *account == workload.account)
                .map(|(binding, subject, _)| (binding, subject))
                .collect();
        }
        let Some(name) = workload.account_name.as_deref() else { return Vec::new() };
        let namespace = workload.object.namespace();
        let mut near = Vec::new();
        let mut far: Vec<(usize, (&Binding, &Subject))> = Vec::new();
        for (binding, subject, account) in self.subjects_with_accounts() {
            let Some((own, _)) =
                binding.account(subject).filter(|(_, own)| account.is_none() && *own == name)
            else {
                continue;
            };
            let fit = fit(namespace, own);
            match self.units.nearness(workload.object.source(), binding.object.source()) {
                _ if fit == Fit::No => {}
                Nearness::File | Nearness::Directory => near.push((binding, subject)),
                Nearness::Shared(depth) if fit == Fit::Same && namespace.is_some() => {
                    far.push((depth, (binding, subject)));
                }
                Nearness::Shared(_) => {}
            }
        }
        let deepest = far.iter().map(|(depth, _)| *depth).max();
        near.extend(far.into_iter().filter(|(depth, _)| Some(*depth) == deepest).map(|(_, it)| it));
        near
    }

    /// The account that `workload` runs as, as far as it is in the index and clear.
    pub fn account_of(&self, workload: &Workload) -> Option<&ServiceAccount> {
        self.accounts.get(workload.account? as usize)
    }

    /// The workloads that run as `account`.
    pub fn workloads_using<'i>(&'i self, account: &'i ServiceAccount) -> impl Iterator<Item = &'i Workload> {
        self.workloads
            .iter()
            .filter(move |workload| self.account_of(workload).is_some_and(|own| std::ptr::eq(own, account)))
    }

    fn subjects_with_accounts(&self) -> impl Iterator<Item = (&Binding, &Subject, Option<u32>)> {
        self.bindings.iter().flat_map(|binding| {
            let accounts = binding.accounts.iter().copied().chain(std::iter::repeat(None));
            binding.subjects.iter().zip(accounts).map(move |(subject, account)| (binding, subject, account))
        })
    }

    /// The rules that hold for `role`: its own, or, where it aggregates others, theirs; each with the role that
    /// it is written in.
    pub fn rules_of<'i>(&'i self, role: &'i Role) -> Vec<(&'i Role, &'i PolicyRule)> {
        let mut rules = Vec::new();
        self.collect_rules(role, AGGREGATION_DEPTH, &mut rules);
        rules
    }

    fn collect_rules<'i>(
        &'i self,
        role: &'i Role,
        depth: usize,
        rules: &mut Vec<(&'i Role, &'i PolicyRule)>,
    ) {
        if role.aggregates.is_none() {
            rules.extend(role.rules.iter().map(|rule| (role, rule)));
            return;
        }
        let parts = self.roles.iter().filter(|part| depth > 0 && self.aggregates(role, part));
        for part in parts {
            self.collect_rules(part, depth - 1, rules);
        }
    }

    /// Whether `whole` takes up the rules of `part`.
    fn aggregates(&self, whole: &Role, part: &Role) -> bool {
        let (Some(selectors), Some(labels)) = (&whole.aggregates, &part.labels) else { return false };
        part.object.id.kind == "ClusterRole"
            && !std::ptr::eq(whole, part)
            && selectors.iter().any(|selector| selector.matches(labels))
            && self.is_nearest_namesake(whole, part)
    }

    /// Whether no other role of `part`'s name is nearer to `whole`: copies of one role in the directories of
    /// several clusters each count in their own.
    fn is_nearest_namesake(&self, whole: &Role, part: &Role) -> bool {
        let from = whole.object.source();
        let near = self.units.nearness(from, part.object.source());
        !self.roles.iter().any(|other| {
            other.object.id == part.object.id && self.units.nearness(from, other.object.source()) > near
        })
    }

    /// Whether another role of the index takes up the rules of `role`, or one of the built-in roles does.
    pub fn is_aggregated(&self, role: &Role) -> bool {
        let Some(labels) = &role.labels else { return false };
        BUILT_IN_AGGREGATES.iter().any(|(label, _)| labels.get(*label).is_some_and(|it| &**it == "true"))
            || self.roles.iter().any(|whole| self.aggregates(whole, role))
    }

    /// The bindings that make the role live which is called `role` and written around `at`: for each of the
    /// first few, what to point at and a few words (`bound by ClusterRoleBinding x to Group y`).
    pub fn live_bindings(&self, role: &ObjectId, at: Span) -> impl Iterator<Item = (Span, String)> {
        let named = self.roles.iter().filter(|own| *own.object.id == *role);
        let holds = |own: &&Role| own.object.extent.contains(at);
        let role =
            named.clone().find(holds).or_else(|| named.clone().find(|own| own.object.source() == at.source));
        let mut live: Vec<(Span, String)> = Vec::new();
        let mut more = 0;
        for (binding, through) in role.map(|role| self.live(role)).unwrap_or_default() {
            if live.len() < MOST_SHOWN {
                live.push((binding.object.head, bound_by(binding, through)));
            } else {
                more += 1;
            }
        }
        if let Some((_, last)) = live.last_mut().filter(|_| more > 0) {
            let plural = if more == 1 { "binding" } else { "bindings" };
            *last = format!("{last}, and {more} more {plural}");
        }
        live.into_iter()
    }

    /// The bindings that grant `role`, itself or through the role that takes it up, which is then named too.
    fn live<'i>(&'i self, role: &'i Role) -> Vec<(&'i Binding, Option<&'i str>)> {
        let mut live: Vec<_> = self.bindings_of_role(role).map(|binding| (binding, None)).collect();
        for whole in self.roles.iter().filter(|whole| self.aggregates(whole, role)) {
            let name = Some(&*whole.object.id.name);
            live.extend(self.bindings_of_role(whole).map(|binding| (binding, name)));
        }
        let Some(labels) = &role.labels else { return live };
        for (label, wholes) in BUILT_IN_AGGREGATES {
            if labels.get(*label).is_none_or(|value| &**value != "true") {
                continue;
            }
            for binding in &self.bindings {
                let Some(role_ref) = binding.role_ref.as_ref().filter(|_| binding.role.is_none()) else {
                    continue;
                };
                let name = &*role_ref.name.text;
                let seen = live.iter().any(|(own, _)| std::ptr::eq(*own, binding));
                if &*role_ref.kind.text == "ClusterRole" && wholes.contains(&name) && !seen {
                    live.push((binding, Some(name)));
                }
            }
        }
        live.retain(|(binding, _)| binding.subject_count > 0);
        live
    }
}

fn by_name<'i>(ids: impl Iterator<Item = &'i ObjectId>) -> ByName<'i> {
    let mut by_name = ByName::new();
    for (at, id) in ids.enumerate() {
        by_name.entry(id.name.as_str()).or_default().push(at as u32);
    }
    by_name
}

fn bound_by(binding: &Binding, through: Option<&str>) -> String {
    const MOST: usize = 2;
    let named: Vec<String> = binding.subjects.iter().take(MOST).map(ToString::to_string).collect();
    let more = (binding.subject_count as usize).saturating_sub(named.len());
    let subjects = match (named.is_empty(), more) {
        (true, _) => String::new(),
        (_, 0) => format!(" to {}", named.join(", ")),
        _ => format!(" to {} and {more} more", named.join(", ")),
    };
    let through = through.map(|whole| format!(" through ClusterRole {whole}")).unwrap_or_default();
    format!("bound by {}{subjects}{through}", binding.object.id)
}
