//! Takes silenced findings out and reports, in the name of the family `suppression`, what silences nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Ignored, Name, Order, Silence, Silencing};
use crate::{
    base::{Diagnostic, Edit, Fix, Safety, SourceId, Span, did_you_mean},
    config::Selector,
    engine::Plan,
    rule::{Compiled, Native, Registry, Rule},
};

/// Rules about comments that silence; `*` does not mean them, or a comment could silence what is said about it.
const FAMILY: &str = "suppression";

/// Takes what `silences` silence out of `findings`, and adds what there is to say about `silences`: those of `settled`,
/// that were used elsewhere, among them. `plan_of` is what holds for a file.
pub(in crate::engine) fn settle<'p, 'r: 'p>(
    findings: &mut Vec<Diagnostic>,
    mut silences: Vec<Silence>,
    mut settled: Vec<Silence>,
    silencing: Silencing<'_>,
    plan_of: &dyn Fn(SourceId) -> Option<&'p Plan<'r>>,
) -> Vec<Ignored> {
    if silences.is_empty() && settled.is_empty() {
        return Vec::new();
    }
    let book = Book::new(silencing);
    let mut ignored = book.apply(findings, &mut silences);
    silences.append(&mut settled);
    // What is said about comments can be silenced too, by comments that name it; about those, all is said at the end.
    let names_rules = |rule: &Selector| !book.is_about_silences(rule);
    let mut told = book.reports(&silences, plan_of, &names_rules);
    ignored.extend(book.apply(&mut told, &mut silences));
    told.extend(book.reports(&silences, plan_of, &|rule| book.is_about_silences(rule)));
    findings.extend(told);
    ignored
}

/// Takes what annotations silence out of the `findings` about objects.
pub(in crate::engine) fn by_annotations(
    findings: &mut Vec<Diagnostic>,
    silences: &mut [Silence],
    silencing: Silencing<'_>,
) -> Vec<Ignored> {
    if silences.is_empty() {
        return Vec::new();
    }
    Book::new(silencing).apply(findings, silences)
}

/// Each of `silences` once, however many kustomizations took its object up: used where it was used in any of them.
pub(in crate::engine) fn once(silences: Vec<Silence>) -> Vec<Silence> {
    let mut kept: BTreeMap<_, Silence> = BTreeMap::new();
    for silence in silences {
        let at = kept.entry(silence.place);
        let kept = at.or_insert_with(|| Silence { is_whole: silence.is_whole, ..empty(&silence) });
        match (&mut kept.order, silence.order) {
            (Ok(kept), Ok(order)) if !kept.names.is_empty() => {
                for (name, other) in kept.names.iter_mut().zip(order.names) {
                    name.is_used |= other.is_used;
                }
            }
            (kept, order) => *kept = order,
        }
    }
    kept.into_values().collect()
}

fn empty(silence: &Silence) -> Silence {
    let order = Ok(Order { names: Vec::new(), reason: String::new(), until: None });
    Silence { order, object: silence.object.clone(), mend: None, ..*silence }
}

/// The rules by name.
struct Book<'r> {
    registry: &'r Registry,
    silencing: Silencing<'r>,
    indices: HashMap<&'r str, usize>,
}

/// A selector that can be compared with rules, and whose it is.
struct Ready<'s> {
    name: usize,
    selector: Selector,
    of: &'s Silence,
}

impl<'r> Book<'r> {
    fn new(silencing: Silencing<'r>) -> Self {
        let registry = silencing.registry;
        let ids = registry.rules().iter().enumerate().map(|(index, rule)| (rule.id.as_str(), index));
        Self { registry, silencing, indices: ids.collect() }
    }

    fn is_expired(&self, order: &Order) -> bool {
        order.until.is_some_and(|day| day < self.silencing.today)
    }

    /// Whether it means rules about comments that silence, and no others.
    fn is_about_silences(&self, selector: &Selector) -> bool {
        match selector {
            Selector::All => false,
            Selector::Family(family) => family == FAMILY,
            Selector::Rule(index) => self.registry.rules()[*index].family == FAMILY,
        }
    }

    /// The selectors in force.
    fn ready<'s>(&self, silences: &'s [Silence]) -> Vec<Ready<'s>> {
        let mut ready = Vec::new();
        for silence in silences {
            let Ok(order) = &silence.order else { continue };
            if self.is_expired(order) {
                continue;
            }
            for (name, written) in order.names.iter().enumerate() {
                if let Ok(selector) = Selector::parse(&written.text, self.registry) {
                    ready.push(Ready { name, selector, of: silence });
                }
            }
        }
        ready
    }

    /// Takes silenced findings out and notes what was used for it.
    fn apply(&self, findings: &mut Vec<Diagnostic>, silences: &mut [Silence]) -> Vec<Ignored> {
        let ready = self.ready(silences);
        let mut by_source: HashMap<SourceId, Vec<&Ready<'_>>> = HashMap::new();
        for it in &ready {
            let source = if it.of.object.is_some() { ANYWHERE } else { it.of.covers.source };
            by_source.entry(source).or_default().push(it);
        }
        let mut used = HashSet::new();
        let mut ignored = Vec::new();
        let mut kept = Vec::with_capacity(findings.len());
        for finding in findings.drain(..) {
            let index = self.indices.get(finding.rule.as_str()).copied();
            let hits = index.map(|index| {
                let near = [finding.primary.span.source, ANYWHERE].map(|source| by_source.get(&source));
                let near = near.into_iter().flatten().flatten();
                let rule = &self.registry.rules()[index];
                near.filter(|it| chooses(&it.selector, index, rule) && it.of.reaches(&finding)).collect()
            });
            let hits: Vec<&&Ready<'_>> = hits.unwrap_or_default();
            used.extend(hits.iter().map(|it| (it.of.place, it.of.peer, it.name)));
            // The nearest one, of plimsoll's own if there is any, has the reason that was given for this finding.
            match hits.iter().min_by_key(|it| (it.of.peer, it.of.covers.len())) {
                None => kept.push(finding),
                Some(it) => {
                    let reason = it.of.order.as_ref().map_or("", |order| &order.reason).to_owned();
                    let (place, peer) = (Some(it.of.place), it.of.peer);
                    ignored.push(Ignored { finding, reason, place, peer });
                }
            }
        }
        *findings = kept;
        // One annotation may be that of many objects: through an alias, or through a kustomization. One comment may be
        // a mark of another tool and of plimsoll.
        for silence in silences {
            let (place, peer) = (silence.place, silence.peer);
            for (at, name) in silence.order.iter_mut().flat_map(|order| order.names.iter_mut().enumerate()) {
                name.is_used |= used.contains(&(place, peer, at));
            }
        }
        ignored
    }

    /// What there is to say about `silences`, as far as their selectors are of those that `which` means.
    fn reports<'p, 'q: 'p>(
        &self,
        silences: &[Silence],
        plan_of: &dyn Fn(SourceId) -> Option<&'p Plan<'q>>,
        which: &dyn Fn(&Selector) -> bool,
    ) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for silence in silences.iter().filter(|silence| silence.is_told && silence.peer.is_none()) {
            let Some(plan) = plan_of(silence.place.source) else { continue };
            let rule = |id: &str| plan.rules().iter().find(|compiled| compiled.rule.id.as_str() == id);
            let order = match &silence.order {
                Ok(order) => order,
                Err(message) => {
                    // Without a selector it is told with those of all other rules.
                    if let Some(rule) = rule("ignore-malformed").filter(|_| which(&Selector::All)) {
                        let mut finding = rule.finding(message.clone(), silence.place);
                        finding.fixes.extend(self.mending(silence));
                        told.push(finding);
                    }
                    continue;
                }
            };
            if let Some(rule) = rule("ignore-without-reason").filter(|_| self.lacks_reason(order, which)) {
                told.push(rule.finding("no reason is given".to_owned(), silence.place));
            }
            for name in &order.names {
                let selector = Selector::parse(&name.text, self.registry);
                if !which(selector.as_ref().unwrap_or(&Selector::All)) {
                    continue;
                }
                let finding = match selector {
                    Err(unknown) => rule("ignore-unknown-rule").map(|rule| {
                        let mut finding = rule.finding(format!("{unknown}: it silences nothing"), name.span);
                        finding.help = unknown.help;
                        finding.fixes.extend(self.renaming(name, silence));
                        finding
                    }),
                    Ok(_) if self.is_expired(order) => rule("ignore-expired").map(|rule| {
                        let mut finding = rule.finding(expired(order), silence.place);
                        finding.fixes.extend(silence.cut.map(whole_removal));
                        finding
                    }),
                    Ok(selector) if !name.is_used && silence.is_whole && self.ran(&selector, plan) => {
                        let message = format!("`{}` has nothing to silence here", name.text);
                        rule("ignore-unused").map(|rule| {
                            let mut finding = rule.finding(message, name.span);
                            finding.fixes.extend(removal(name));
                            finding
                        })
                    }
                    Ok(_) => None,
                };
                told.extend(finding);
            }
        }
        // One day is one finding, whatever the comment names, and so is an annotation of many objects.
        told.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        told.dedup_by(|a, b| a.sort_key() == b.sort_key());
        told
    }

    /// The fix that writes a comment as it was meant: what it names is silenced from then on.
    fn mending(&self, silence: &Silence) -> Option<Fix> {
        let mend = silence.mend.as_ref()?;
        let is_known = |name: &String| Selector::parse(name, self.registry).is_ok();
        if !mend.names.iter().all(is_known) {
            return None;
        }
        let title = format!("Write `{}`", mend.edit.text.trim_end());
        Some(Fix { title, safety: Safety::Unsafe, edits: vec![mend.edit.clone()] })
    }

    /// The fix that writes the name that is near the unknown `name` of a comment.
    fn renaming(&self, name: &Name, silence: &Silence) -> Option<Fix> {
        let rules = self.registry.rules();
        let near = match name.text.strip_suffix("/*") {
            Some(family) => {
                format!("{}/*", did_you_mean(family, rules.iter().map(|rule| rule.family.as_str()))?)
            }
            None => did_you_mean(&name.text, rules.iter().map(|rule| rule.id.as_str()))?.to_owned(),
        };
        // The place of an annotation's name is that of its whole value.
        if silence.object.is_some() {
            return None;
        }
        let title = format!("Write `{near}`");
        Some(Fix { title, safety: Safety::Unsafe, edits: vec![Edit { span: name.span, text: near }] })
    }

    /// Whether `order` is in force and nobody says why. It is told once, with those of its first selector.
    fn lacks_reason(&self, order: &Order, which: &dyn Fn(&Selector) -> bool) -> bool {
        let is_told = |name: &Name| {
            let selector = Selector::parse(&name.text, self.registry);
            which(selector.as_ref().unwrap_or(&Selector::All))
        };
        order.reason.is_empty() && !self.is_expired(order) && order.names.first().is_some_and(is_told)
    }

    /// Whether all that `selector` means was looked for where `plan` holds. A rule over many objects sees only those
    /// of the run.
    fn ran(&self, selector: &Selector, plan: &Plan<'_>) -> bool {
        let is_over_all = |compiled: &Compiled<'_>| {
            *selector != Selector::All && compiled.natives.iter().any(|it| matches!(it, Native::Index(_)))
        };
        let mut chosen = plan
            .rules()
            .iter()
            .filter(|compiled| {
                let index = self.indices.get(compiled.rule.id.as_str());
                index.is_some_and(|index| chooses(selector, *index, compiled.rule))
            })
            .peekable();
        chosen.peek().is_some() && !chosen.any(is_over_all)
    }
}

/// The fix that takes a selector out: a comment changes no workload.
fn removal(name: &Name) -> Option<Fix> {
    let title = format!("Remove `{}` from the comment", name.text);
    let edits = vec![Edit { span: name.cut?, text: String::new() }];
    Some(Fix { title, safety: Safety::Safe, edits })
}

/// The fix that takes out a comment which is over.
fn whole_removal(cut: Span) -> Fix {
    let edits = vec![Edit { span: cut, text: String::new() }];
    Fix { title: "Remove the comment".to_owned(), safety: Safety::Safe, edits }
}

fn chooses(selector: &Selector, index: usize, rule: &Rule) -> bool {
    selector.chooses(index, rule) && (rule.family != FAMILY || *selector != Selector::All)
}

/// Stands for the sources of findings that are silenced by their object.
const ANYWHERE: SourceId = SourceId(u32::MAX);

fn expired(order: &Order) -> String {
    let day = order.until.map(|day| day.to_string()).unwrap_or_default();
    format!("this held until {day}, and silences nothing any more")
}
