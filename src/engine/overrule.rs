//! What the overrides of configurations say about findings.

use std::{collections::HashMap, path::Path, sync::Arc};

use super::{Ignored, merged::Also};
use crate::{
    base::{Diagnostic, ObjectId, Severity, SourceId, Subject},
    config::{Override, Said, Settings},
    rule::{Registry, Rule},
};

/// What holds for a finding once all overrides have spoken; the later ones have the last word.
#[derive(Default)]
struct Verdict<'s> {
    off: Option<&'s Override>,
    severity: Option<Severity>,
    min_severity: Option<Severity>,
}

/// Gives `findings` the severities that overrides want, drops those that one holds too small, and takes out those that
/// one ignores. `holds` is what holds for a file, and the way to it from its configuration's folder.
pub(super) fn overrule<'s>(
    findings: &mut Vec<Diagnostic>,
    registry: &Registry,
    also: &Also,
    holds: &dyn Fn(SourceId) -> Option<(&'s Settings, &'s Path)>,
) -> Vec<Ignored> {
    let indices: HashMap<&str, usize> =
        registry.rules().iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index)).collect();
    let mut ignored = Vec::new();
    let mut kept = Vec::with_capacity(findings.len());
    for mut finding in findings.drain(..) {
        let index = indices.get(finding.rule.as_str()).copied();
        let (Some((settings, way)), Some(index)) = (holds(finding.primary.span.source), index) else {
            kept.push(finding);
            continue;
        };
        let verdict = verdict(&finding, settings, way, (index, &registry.rules()[index]), also);
        finding.severity = verdict.severity.unwrap_or(finding.severity);
        if let Some(off) = verdict.off {
            ignored.push(Ignored { finding, reason: off.reason.clone(), place: None, peer: None });
        } else if finding.severity >= verdict.min_severity.unwrap_or(settings.min_severity) {
            kept.push(finding);
        }
    }
    *findings = kept;
    ignored
}

fn verdict<'s>(
    finding: &Diagnostic,
    settings: &'s Settings,
    way: &Path,
    (index, rule): (usize, &Rule),
    also: &Also,
) -> Verdict<'s> {
    let mut verdict = Verdict::default();
    let subject = finding.subject.as_ref();
    let span = finding.primary.span;
    let others = also.get(&(span.source, span.start, finding.rule.clone()));
    // What an override says about the object of one overlay must not hide what is found in another's.
    let covers = |it: &&Override| {
        let covers_other = |object: &Arc<ObjectId>| {
            let other = subject.map(|subject| Subject { object: Arc::clone(object), ..subject.clone() });
            it.covers_subject(other.as_ref())
        };
        it.covers_path(way) && it.covers_subject(subject) && others.into_iter().flatten().all(covers_other)
    };
    for it in settings.overrides.iter().filter(covers) {
        verdict.min_severity = it.min_severity.or(verdict.min_severity);
        match it.says(index, rule) {
            None => {}
            Some(Said::Off) => verdict.off = Some(it),
            Some(Said::On(severity)) => {
                verdict.off = None;
                verdict.severity = severity.or(verdict.severity);
            }
        }
    }
    verdict
}
