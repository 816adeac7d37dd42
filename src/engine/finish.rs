//! What is done once every text was judged: findings that others imply, and the order.

use std::collections::BTreeMap;

use super::{Judged, Plan, Reading, Role, judge};
use crate::{
    base::{Diagnostic, RuleId, Source},
    rule::Rule,
};

/// Judges texts that belong together, and everything across them; what the run does, without files.
pub fn judge_all(sources: &[(&Source, Role)], plan: &Plan<'_>, reading: &Reading) -> Vec<Diagnostic> {
    let judged: Vec<Judged> =
        sources.iter().map(|(source, role)| judge(source, *role, plan, reading)).collect();
    let mut findings: Vec<Diagnostic> = judged.into_iter().flat_map(|judged| judged.findings).collect();
    finish(&mut findings, plan.rules().iter().map(|compiled| compiled.rule));
    findings
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
