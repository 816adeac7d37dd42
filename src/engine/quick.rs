//! One text judged again after a change, with what a run found out about it that it does not tell by itself.

use std::path::Path;

use super::{Plan, Reading, Role, judge, merged::Also, overrule::overrule, suppress};
use crate::{
    base::{Diagnostic, Source, SourceId},
    config::Settings,
    rule::{Native, Registry},
};

/// A text that changed since the run that `known` is of.
#[derive(Debug)]
pub struct Changed<'c, 'r> {
    /// What it is now, under the id that it had in the run.
    pub source: &'c Source,
    /// What the run judged it as.
    pub role: Role,
    /// What holds for it.
    pub settings: &'c Settings,
    /// The same, made ready.
    pub plan: &'c Plan<'r>,
    /// The way to it from the folder of its configuration.
    pub way: &'c Path,
    /// How it is read.
    pub reading: Reading,
}

/// Judges a text by itself, and adds what is only found among others: the `known` findings of a run in it, moved to
/// where they are now. What is said about comments that silence nothing is left to a run, too.
pub fn judge_changed(
    changed: &Changed<'_, '_>,
    known: Vec<Diagnostic>,
    registry: &Registry,
) -> Vec<Diagnostic> {
    let Changed { source, plan, settings, .. } = *changed;
    let mut judged = judge(source, changed.role, plan, &changed.reading);
    let mut findings = judged.findings;
    super::finish(&mut findings, plan.rules().iter().map(|compiled| compiled.rule));
    // In the order of their places, so that none is looked for among all others.
    let own = findings.len();
    for known in known {
        let (before, span) = (&findings[..own], known.primary.span);
        let first = before.partition_point(|it| it.primary.span < span);
        let here = before[first..].iter().take_while(|it| it.primary.span == span);
        let same = here.enumerate().find(|(_, it)| it.rule == known.rule).map(|(at, _)| first + at);
        match same {
            // The run knows more of it: other places, for one.
            Some(at) if findings[at].message == known.message => findings[at] = known,
            None if needs_run(&known, plan) => findings.push(known),
            Some(_) | None => {}
        }
    }
    if let Some(silencing) = plan.silencing {
        suppress::by_annotations(&mut findings, &mut judged.silences, silencing);
    }
    if settings.overrides.is_empty() {
        findings.retain(|finding| finding.severity >= settings.min_severity);
    } else {
        let holds = |id: SourceId| (id == source.id).then_some((settings, changed.way));
        overrule(&mut findings, registry, &Also::new(), &holds);
    }
    findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    findings
}

/// Whether a finding cannot be made from its text alone: it is about a built object, about several objects, about a
/// kustomization or about a comment that silences.
fn needs_run(finding: &Diagnostic, plan: &Plan<'_>) -> bool {
    let is_of_run = |native: &Native| match native {
        Native::Index(_) | Native::Build | Native::Silences => true,
        Native::Object(_) | Native::Document(_) => false,
    };
    let mut rules = plan.rules().iter();
    let compiled = rules.find(|compiled| compiled.rule.id == finding.rule);
    !finding.overlays.is_empty() || compiled.is_none_or(|it| it.natives.iter().any(is_of_run))
}
