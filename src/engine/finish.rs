//! What is done once every text was judged: rules over all objects, findings that others imply, the order.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    Judged, Plan, Reading, Role, judge,
    rendered::{Rendered, render, role_of},
    roots::Kustomizations,
};
use crate::{
    base::{Diagnostic, RuleId, Source, SourceId},
    index::Index,
    render::kustomize::{Builder, Member, Memory, Store, gather},
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
    let gathered = gather(&memory, &folders);
    let store = Store::new(&gathered, &reading.limits);
    let rendered = render_all(&store, &folders, &|_| Some(plan));
    let mut findings = Vec::new();
    let mut facts = Vec::new();
    for (source, role) in sources {
        let judged: Judged = judge(source, role_of(source.id, *role, &rendered), plan, reading);
        findings.extend(judged.findings);
        facts.extend(judged.facts);
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
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings
}

fn render_all<'a, 'p, 'r: 'p>(
    store: &'a Store<'a>,
    folders: &[PathBuf],
    plan_of: &(dyn Fn(SourceId) -> Option<&'p Plan<'r>> + Sync),
) -> Rendered {
    let all = Kustomizations::new(store, folders, &[]);
    let label = |member: &Member| {
        let folder = member.folder.strip_prefix("/").unwrap_or(&member.folder);
        Some(folder.to_string_lossy().into_owned())
    };
    render(&Builder::new(store), &all, &all.roots(&label), plan_of)
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
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    let implied_by: BTreeMap<&RuleId, &[RuleId]> = rules
        .filter(|rule| !rule.implied_by.is_empty())
        .map(|rule| (&rule.id, &rule.implied_by[..]))
        .collect();
    let mut keep = Vec::with_capacity(findings.len());
    for of_source in findings.chunk_by(|a, b| a.primary.span.source == b.primary.span.source) {
        keep.extend(of_source.iter().map(|finding| {
            let Some(stronger) = implied_by.get(&finding.rule) else { return true };
            !of_source.iter().any(|other| stronger.contains(&other.rule) && covers(other, finding))
        }));
    }
    let mut keep = keep.into_iter();
    findings.retain(|_| keep.next().unwrap_or(true));
}

/// Whether `stronger` is about the same object, at the same place or at one that holds it.
fn covers(stronger: &Diagnostic, finding: &Diagnostic) -> bool {
    let (Some(outer), Some(inner)) = (&stronger.subject, &finding.subject) else { return false };
    if outer.object != inner.object {
        return false;
    }
    let holds = inner
        .path
        .strip_prefix(&outer.path)
        .is_some_and(|rest| !outer.path.is_empty() && (rest.is_empty() || rest.starts_with(['.', '['])));
    holds || stronger.primary.span == finding.primary.span
}
