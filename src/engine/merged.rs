//! The findings of several roots, the same one once.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    sync::Arc,
};

use super::{Ignored, told::Told};
use crate::base::{Diagnostic, ObjectId, RuleId, Safety, SourceId, Span};

/// The findings of all roots, the same one once.
#[derive(Debug, Default)]
pub(super) struct Merged<'t> {
    /// What is told, where that is not all.
    told: Option<&'t Told>,
    labels: Vec<Vec<String>>,
    /// Which roots hold the object of an origin.
    holders: BTreeMap<Span, BTreeSet<usize>>,
    findings: BTreeMap<Key, Found>,
    ignored: BTreeMap<Key, Ignored>,
    /// By rule and where the place begins: the objects of a finding that other roots call otherwise.
    also: Also,
}

/// Objects for which findings speak besides their own, by rule and where the place begins.
pub(super) type Also = BTreeMap<(SourceId, u32, RuleId), Vec<Arc<ObjectId>>>;

/// What makes two findings the same: where the place begins (how far it reaches depends on what an overlay changed
/// in it), the rule, and the container and object that it speaks of.
/// Where one root has two such, from a base that it takes twice, the second is not the first.
type Key = (SourceId, u32, RuleId, Option<String>, Option<Span>, usize);

/// A finding, the origin of its object, and the roots that have it.
type Found = (Option<Span>, BTreeSet<usize>, Diagnostic);

fn key_of(finding: &Diagnostic, origin: Option<Span>, nth: usize) -> Key {
    let container = finding.subject.as_ref().and_then(|subject| subject.container.clone());
    let place = finding.primary.span;
    (place.source, place.start, finding.rule.clone(), container, origin, nth)
}

/// The objects of one root that were written at one place, numbered.
#[derive(Debug, Default)]
struct Twins(BTreeMap<Span, Vec<Arc<ObjectId>>>);

impl Twins {
    fn number(&mut self, origin: Option<Span>, finding: &Diagnostic) -> usize {
        let (Some(origin), Some(subject)) = (origin, &finding.subject) else { return 0 };
        let twins = self.0.entry(origin).or_default();
        twins.iter().position(|twin| *twin == subject.object).unwrap_or_else(|| {
            twins.push(Arc::clone(&subject.object));
            twins.len() - 1
        })
    }
}

impl<'t> Merged<'t> {
    /// None yet, of a run that tells what `told` says.
    pub(super) fn new(told: Option<&'t Told>) -> Self {
        Self { told, ..Self::default() }
    }

    /// Takes up what was found in the root with these labels; `origins` are where its objects were written.
    pub(super) fn add(
        &mut self,
        labels: &[String],
        origins: impl IntoIterator<Item = Span>,
        findings: impl IntoIterator<Item = (Option<Span>, Diagnostic)>,
    ) {
        let number = self.labels.len();
        self.labels.push(labels.to_vec());
        for origin in origins {
            self.holders.entry(origin).or_default().insert(number);
        }
        let mut objects = Twins::default();
        for (origin, finding) in findings {
            let end = finding.primary.span.end;
            let nth = objects.number(origin, &finding);
            let object = finding.subject.as_ref().map(|subject| Arc::clone(&subject.object));
            let place = (finding.primary.span.source, finding.primary.span.start, finding.rule.clone());
            let tells = |finding: &Diagnostic| self.told.is_none_or(|told| told.tells(finding));
            let entry = match self.findings.entry(key_of(&finding, origin, nth)) {
                Entry::Vacant(vacant) => vacant.insert((origin, BTreeSet::new(), finding)),
                Entry::Occupied(occupied) => {
                    let entry = occupied.into_mut();
                    // One text, several results: a repair must be one for all of them.
                    entry.2.fixes.retain(|fix| finding.fixes.contains(fix));
                    if !tells(&entry.2) && tells(&finding) {
                        let (fixes, span) = (std::mem::take(&mut entry.2.fixes), entry.2.primary.span);
                        entry.2 = Diagnostic { fixes, ..finding };
                        entry.2.primary.span.end = span.end.max(end);
                    }
                    entry
                }
            };
            entry.1.insert(number);
            let first = entry.2.subject.as_ref().map(|subject| &subject.object);
            if let Some(object) = object.filter(|object| first.is_some_and(|first| first != object)) {
                self.also.entry(place).or_default().push(object);
            }
            entry.2.primary.span.end = entry.2.primary.span.end.max(end);
        }
    }

    /// Takes up what annotations silence in one root.
    pub(super) fn ignore(&mut self, ignored: impl IntoIterator<Item = (Option<Span>, Ignored)>) {
        let mut objects = Twins::default();
        for (origin, ignored) in ignored {
            let nth = objects.number(origin, &ignored.finding);
            self.ignored.entry(key_of(&ignored.finding, origin, nth)).or_insert(ignored);
        }
    }

    /// The objects that findings speak for besides their own.
    pub(super) fn also(&mut self) -> Also {
        std::mem::take(&mut self.also)
    }

    /// What is silenced in every root that has it: an annotation that one overlay adds speaks for no other.
    pub(super) fn ignored(&mut self) -> Vec<Ignored> {
        let ignored = std::mem::take(&mut self.ignored).into_iter();
        ignored.filter(|(key, _)| !self.findings.contains_key(key)).map(|(_, it)| it).collect()
    }

    /// All of them, each with the roots that have it and those in which the same object is without it.
    pub(super) fn findings(self) -> impl Iterator<Item = Diagnostic> {
        let Self { labels, holders, findings, .. } = self;
        findings.into_values().map(move |(origin, found_in, mut finding)| {
            finding.overlays = names(&labels, found_in.iter());
            if let Some(holders) = origin.and_then(|origin| holders.get(&origin)) {
                finding.spared = names(&labels, holders.difference(&found_in));
                finding.spared.retain(|label| !finding.overlays.contains(label));
            }
            warn_of_others(&mut finding);
            finding
        })
    }
}

/// Makes the fixes unsafe, and lets them say so, that would change what overlays without the finding get: a base is
/// changed for all that take it up, when only one of them set the value that was judged.
fn warn_of_others(finding: &mut Diagnostic) {
    if finding.spared.is_empty() {
        return;
    }
    let judged = finding.primary.span.source;
    for fix in finding.fixes.iter_mut().filter(|fix| fix.edits.iter().any(|it| it.span.source != judged)) {
        fix.safety = fix.safety.min(Safety::Unsafe);
        fix.title.push_str(&format!(", also in {}", finding.spared.join(", ")));
    }
}

/// The labels of these roots, each once: two sources of one application are two roots.
fn names<'n>(labels: &[Vec<String>], numbers: impl Iterator<Item = &'n usize>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for label in numbers.filter_map(|at| labels.get(*at)).flatten() {
        if !names.contains(label) {
            names.push(label.clone());
        }
    }
    names
}
