//! One text judged again after a change, with what a run found out about it that it does not tell by itself.

use std::path::Path;

use super::{
    FileClass, Plan, Reading, Role,
    judge::{class_of, judge_documents, read},
    merged::Also,
    overrule::overrule,
    stretch::Stretch,
    suppress,
};
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
    /// What the run saw in its place, where that is known.
    pub before: Option<Before<'c>>,
}

/// A text as a run saw it.
#[derive(Debug, Clone, Copy)]
pub struct Before<'c> {
    /// Word for word.
    pub text: &'c str,
    /// What it was.
    pub class: FileClass,
}

/// Judges the documents of a text that changed, and adds what is known: the findings of a run, moved to where they are
/// now, all that lie in the other documents and those that are only found among other texts. What is said about comments
/// that silence nothing is left to a run, too.
pub fn judge_changed(
    changed: &Changed<'_, '_>,
    known: Vec<Diagnostic>,
    registry: &Registry,
) -> Vec<Diagnostic> {
    let Changed { source, plan, settings, .. } = *changed;
    let parsed = read(source, changed.role, &changed.reading);
    let class = class_of(&parsed, changed.role);
    let stretch = match &changed.before {
        // What is found in one document depends on no other, but for this.
        Some(before)
            if before.class == class && !suppress::may_differ_for_file(before.text, &source.text) =>
        {
            Stretch::between(before.text, &source.text)
        }
        Some(_) | None => Stretch::whole(),
    };
    let mut judged =
        judge_documents(&parsed, (changed.role, class), plan, &|it| stretch.holds(it.start, it.end));
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
            None if !stretch.meets(span) => findings.push(known),
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
