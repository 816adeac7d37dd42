//! What is done once every text was judged: rules over all objects, findings that others imply, the order.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use super::{
    Judged, Plan, Reading, Role, Stop, judge,
    partials::judge_partials,
    rendered::{Builders, Rendered, render, role_of},
    roots::Kustomizations,
    suppress,
};
use crate::{
    base::{Diagnostic, ObjectId, RuleId, Source, SourceId},
    index::Index,
    kube::ContainerList,
    render::{
        gitops::{self, Applied, Manifest},
        kustomize::{Builder, Member, Memory, Store, gather_all},
    },
    rule::{IndexContext, Native, Rule},
};

/// Judges texts that belong together, and everything across them; what the run does, without files. Their ids are
/// their places in the list.
pub fn judge_all(sources: &[(&Source, Role)], plan: &Plan<'_>, reading: &Reading) -> Vec<Diagnostic> {
    let mut memory = Memory::default();
    let mut folders = Vec::new();
    for (source, role) in sources {
        let path = Path::new("/").join(&source.path);
        memory.add(&path.to_string_lossy(), &source.text);
        if *role == Role::Kustomization {
            folders.extend(path.parent().map(Path::to_path_buf));
        }
    }
    let applied = applied(&memory, sources, reading);
    let gathered = gather_all(&memory, &folders, &mut applied.iter().map(|it| &it.overlay));
    let store = Store::new(&gathered, &reading.limits);
    let all = Kustomizations::new(&store, &folders, &applied);
    let mut rendered = render_all(&store, &all, &|_| Some(plan));
    rendered.findings.extend(judge_partials(&store, &all, &rendered, &|_| Some(plan)));
    let mut findings = Vec::new();
    let mut facts = Vec::new();
    let mut silences = Vec::new();
    for (source, role) in sources {
        let judged: Judged = judge(source, role_of(source.id, *role, &rendered), plan, reading);
        findings.extend(judged.findings);
        facts.extend(judged.facts);
        silences.extend(judged.silences);
    }
    let path_of = |id: SourceId| {
        sources.iter().find(|(source, _)| source.id == id).map_or("", |(source, _)| source.path.as_str())
    };
    let index = Index::build(facts, &path_of);
    judge_index(&index, plan, &mut findings);
    let rules = || plan.rules().iter().map(|compiled| compiled.rule);
    finish(&mut findings, rules());
    show_bindings(&mut findings, &index, rules());
    findings.extend(rendered.findings);
    if let Some(silencing) = plan.silencing {
        suppress::settle(&mut findings, silences, rendered.silences, silencing, &|_| Some(plan));
    }
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings
}

/// What the GitOps objects among `sources` apply.
fn applied(memory: &Memory, sources: &[(&Source, Role)], reading: &Reading) -> Vec<Applied> {
    let manifest = |(source, _): &(&Source, Role)| Manifest {
        path: Path::new("/").join(&source.path),
        source: Arc::new(Source::new(source.id, source.path.as_str(), source.text.as_str())),
    };
    let applying: Vec<Manifest> =
        sources.iter().filter(|(source, _)| gitops::may_apply(&source.text)).map(manifest).collect();
    let all = |_: &BTreeSet<String>| sources.iter().map(manifest).collect();
    gitops::discover(memory, &applying, &all, &reading.limits)
}

fn render_all<'a, 'p, 'r: 'p>(
    store: &'a Store<'a>,
    all: &Kustomizations<'_>,
    plan_of: &(dyn Fn(SourceId) -> Option<&'p Plan<'r>> + Sync),
) -> Rendered {
    let label = |member: &Member| {
        let folder = member.folder.strip_prefix("/").unwrap_or(&member.folder);
        Some(folder.to_string_lossy().into_owned())
    };
    let first = Builder::going_on(store);
    render(
        &Builders { first: &first, again: None, stop: &Stop::default() },
        all,
        &all.roots(&label),
        plan_of,
        None,
    )
}

/// Runs the rules that look at all objects together.
pub(super) fn judge_index(index: &Index, plan: &Plan<'_>, findings: &mut Vec<Diagnostic>) {
    for compiled in plan.for_index() {
        let mut context = IndexContext::new(index, plan.target, compiled, findings);
        for native in &compiled.natives {
            if let Native::Index(check) = native {
                check(&mut context);
            }
        }
    }
}

/// Names, on each finding about a role whose rule asks for it, the bindings that make the role live.
pub(super) fn show_bindings<'r>(
    findings: &mut [Diagnostic],
    index: &Index,
    rules: impl Iterator<Item = &'r Rule>,
) {
    if findings.is_empty() {
        return;
    }
    let asking: BTreeSet<&RuleId> = rules.filter(|rule| rule.show_bindings).map(|rule| &rule.id).collect();
    for finding in findings.iter_mut().filter(|finding| asking.contains(&finding.rule)) {
        let Some(subject) = &finding.subject else { continue };
        let bindings: Vec<_> = index.live_bindings(&subject.object, finding.primary.span).collect();
        for (span, text) in bindings {
            finding.relate(span, text);
        }
    }
}

/// Sorts, and drops what other findings imply by the word of their `rules`.
pub fn finish<'r>(findings: &mut Vec<Diagnostic>, rules: impl Iterator<Item = &'r Rule>) {
    if findings.is_empty() {
        return;
    }
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    let implied: BTreeMap<&RuleId, &Rule> = rules
        .filter(|rule| !rule.implied_by.is_empty() || !rule.implied_in_container_by.is_empty())
        .map(|rule| (&rule.id, rule))
        .collect();
    // Two objects may bear one name; what is found in one of them shares its id's allocation.
    let mut of_object: BTreeMap<*const ObjectId, Vec<&Diagnostic>> = BTreeMap::new();
    for finding in findings.iter() {
        if let Some(subject) = &finding.subject {
            of_object.entry(Arc::as_ptr(&subject.object)).or_default().push(finding);
        }
    }
    let keep = |finding: &Diagnostic| {
        let (Some(rule), Some(subject)) = (implied.get(&finding.rule), &finding.subject) else { return true };
        let others = of_object.get(&Arc::as_ptr(&subject.object)).into_iter().flatten();
        !others.copied().any(|other| implies(other, finding, rule))
    };
    let keep: Vec<bool> = findings.iter().map(keep).collect();
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(true));
}

/// Whether `stronger`, which is about the same object, makes `finding` of `rule` needless.
fn implies(stronger: &Diagnostic, finding: &Diagnostic, rule: &Rule) -> bool {
    rule.implied_by.contains(&stronger.rule) && covers(stronger, finding)
        || rule.implied_in_container_by.contains(&stronger.rule) && shares_container(stronger, finding)
}

/// Whether `stronger` is at the same place as `finding` or at one that holds it.
fn covers(stronger: &Diagnostic, finding: &Diagnostic) -> bool {
    let (Some(outer), Some(inner)) = (&stronger.subject, &finding.subject) else { return false };
    let holds = inner
        .path
        .strip_prefix(&outer.path)
        .is_some_and(|rest| !outer.path.is_empty() && (rest.is_empty() || rest.starts_with(['.', '['])));
    holds || stronger.primary.span == finding.primary.span
}

/// Whether both are about fields of one container.
fn shares_container(stronger: &Diagnostic, finding: &Diagnostic) -> bool {
    let (Some(one), Some(other)) = (&stronger.subject, &finding.subject) else { return false };
    container_path(&one.path).is_some_and(|path| container_path(&other.path) == Some(path))
}

/// The part of a field path that leads to a container: `spec.containers[0]`.
fn container_path(path: &str) -> Option<&str> {
    const LISTS: [ContainerList; 3] = [ContainerList::Main, ContainerList::Init, ContainerList::Ephemeral];
    let mut end = 0;
    for step in path.split('.') {
        end += step.len();
        let (key, _) = step.split_once('[').unwrap_or((step, ""));
        if key.len() < step.len() && LISTS.iter().any(|list| list.key() == key) {
            return path.get(..end);
        }
        end += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{Label, Severity, Span, Subject},
        rule::Registry,
    };

    fn object() -> Arc<ObjectId> {
        Arc::new(ObjectId { name: "web".to_owned(), ..ObjectId::default() })
    }

    fn finding(rule: &str, object: &Arc<ObjectId>, path: &str, start: u32) -> Diagnostic {
        let span = Span { source: SourceId(0), start, end: start + 1 };
        Diagnostic {
            rule: RuleId::new(rule),
            severity: Severity::High,
            message: String::new(),
            primary: Label { span, text: String::new() },
            related: Vec::new(),
            subject: Some(Subject { object: Arc::clone(object), container: None, path: path.to_owned() }),
            help: None,
            fixes: Vec::new(),
            overlays: Vec::new(),
            spared: Vec::new(),
            absence: false,
        }
    }

    /// The rules of the findings that are left.
    fn left(mut findings: Vec<Diagnostic>) -> Vec<String> {
        let registry = Registry::embedded().unwrap();
        finish(&mut findings, registry.rules().iter());
        findings.into_iter().map(|it| it.rule.to_string()).collect()
    }

    #[test]
    fn a_container_is_told_apart_from_what_only_looks_like_one() {
        let cases = [
            ("spec.containers[0]", Some("spec.containers[0]")),
            ("spec.template.spec.initContainers[12].image", Some("spec.template.spec.initContainers[12]")),
            ("spec.ephemeralContainers[1].env[0].name", Some("spec.ephemeralContainers[1]")),
            ("spec.containers", None),
            ("spec.volumes[0].containers", None),
            ("metadata.annotations.container.apparmor[0]", None),
            ("", None),
        ];
        for (path, expected) in cases {
            assert_eq!(container_path(path), expected, "{path}");
        }
    }

    #[test]
    fn what_a_privileged_container_makes_void_is_dropped_in_that_container_alone() {
        let web = object();
        let privileged =
            || finding("privileged-container", &web, "spec.containers[1].securityContext.privileged", 5);
        let missing = |index: u32| {
            let path = format!("spec.containers[{index}].securityContext.seccompProfile.type");
            finding("seccomp-profile-missing", &web, &path, 10 + index)
        };
        assert_eq!(left(vec![privileged(), missing(1)]), ["privileged-container"]);
        assert_eq!(
            left(vec![privileged(), missing(10)]),
            ["privileged-container", "seccomp-profile-missing"]
        );
        assert_eq!(left(vec![missing(1)]), ["seccomp-profile-missing"]);
    }

    #[test]
    fn another_object_of_the_same_name_implies_nothing() {
        let path = "spec.volumes[0].hostPath.path";
        let (one, other) = (object(), object());
        let strong = || finding("sensitive-host-path", &one, path, 1);
        assert_eq!(left(vec![strong(), finding("host-path-volume", &one, path, 1)]), ["sensitive-host-path"]);
        let both = left(vec![strong(), finding("host-path-volume", &other, path, 9)]);
        assert_eq!(both, ["sensitive-host-path", "host-path-volume"]);
    }
}
