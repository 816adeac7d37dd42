//! The fixes that rule files describe and native checks build, made into edits of the text at hand.

use super::{
    compiled::CompileError,
    condition::{Condition, Roots, Truth},
    context::Context,
    file::Repair,
    matcher::fill,
    params::Params,
    pattern::Pattern,
};
use crate::{
    base::{Edit, Fix, Safety},
    kube::{Container, Place},
    yaml::{Change, Desk, Draft, Kind, Leg, Node, Path, change, push_key},
};

/// One change of a fix: what, and where.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    start: Node<'a>,
    legs: Vec<Leg>,
    change: Change,
}

impl<'a> Step<'a> {
    /// Any change at the place to which `keys` lead from `start`.
    pub fn new(start: Node<'a>, keys: &[&str], change: Change) -> Self {
        let legs = keys.iter().map(|key| Leg::Key((*key).into())).collect();
        Self { start, legs, change }
    }

    /// The field becomes `draft`, whether it is there or not.
    pub fn set(start: Node<'a>, keys: &[&str], draft: Draft) -> Self {
        Self::new(start, keys, Change::Set(draft))
    }

    /// The field goes; without keys, `start` itself.
    pub fn remove(start: Node<'a>, keys: &[&str]) -> Self {
        Self::new(start, keys, Change::Remove { prune: false })
    }

    /// The field goes, and with it every mapping and list around it that held nothing else.
    pub fn prune(start: Node<'a>, keys: &[&str]) -> Self {
        Self::new(start, keys, Change::Remove { prune: true })
    }

    /// The field becomes what `from` says; `None` for what is too odd to copy.
    pub fn copy(start: Node<'a>, keys: &[&str], from: Node<'_>) -> Option<Self> {
        Some(Self::set(start, keys, draft_of(from)?))
    }

    /// A text in the quotes, or without, that it has now.
    pub fn set_text(start: Node<'a>, keys: &[&str], text: &str) -> Self {
        Self::set(start, keys, Draft::Text(text.to_owned()))
    }
}

/// The fix that makes all of `steps`; `None` where one of them cannot be made, or none is needed.
pub(super) fn fix_of(desk: &Desk<'_>, safety: Safety, title: &str, steps: &[Step<'_>]) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut anchors: Vec<String> = Vec::new();
    for step in steps {
        let edited = change(desk, step.start, &step.legs, &step.change)?;
        edits.extend(edited.edits);
        anchors.extend(edited.shared);
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|edit| edit.span);
    let meet =
        |pair: &[Edit]| pair[0].span.source == pair[1].span.source && pair[0].span.end > pair[1].span.start;
    if edits.windows(2).any(meet) {
        return None;
    }
    anchors.sort();
    anchors.dedup();
    if anchors.is_empty() {
        return Some(Fix { title: title.to_owned(), safety, edits });
    }
    let names: Vec<String> = anchors.iter().map(|name| format!("`&{name}`")).collect();
    let title = format!("{title}, for everything that uses {}", names.join(" and "));
    Some(Fix { title, safety: safety.min(Safety::Unsafe), edits })
}

/// A fix of a rule file, made ready.
#[derive(Debug)]
pub(super) struct Remedy {
    title: Option<String>,
    safety: Safety,
    when: Vec<Condition>,
    unless: Vec<Condition>,
    orders: Vec<Order>,
}

/// One change of a remedy.
#[derive(Debug)]
struct Order {
    at: Anchor,
    what: What,
}

/// A path with its start.
#[derive(Debug)]
struct Anchor {
    root: Root,
    path: Path,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Subject,
    Value,
    Pod,
    Metadata,
    Object,
}

#[derive(Debug)]
enum What {
    Change(Change),
    RemoveItem(Condition, bool),
    Replace(Pattern, String),
    Move(Anchor),
}

/// What a finding is about, for its fixes.
#[derive(Debug)]
pub(super) struct Aim<'a> {
    /// Where paths start.
    pub(super) subject: Node<'a>,
    /// From there to the judged value, or to where it is missing.
    pub(super) value: Vec<Leg>,
    /// The nodes at which conditions start.
    pub(super) roots: Roots<'a>,
    /// The pod's own metadata.
    pub(super) metadata: Option<Node<'a>>,
    /// For the words of a title.
    pub(super) words: [(&'static str, String); 3],
}

impl Remedy {
    pub(super) fn compile(repair: &Repair, params: &Params<'_>) -> Result<Self, CompileError> {
        let conditions = |clauses: &[super::Clause]| {
            clauses.iter().map(|clause| Condition::compile(clause, params)).collect::<Result<Vec<_>, _>>()
        };
        let mut orders = Vec::with_capacity(repair.changes());
        let mut order = |path: &str, what: What| -> Result<(), CompileError> {
            orders.push(Order { at: Anchor::parse(path)?, what });
            Ok(())
        };
        for it in &repair.set {
            order(&it.path, What::Change(Change::Set(params.draft(&it.to)?)))?;
        }
        for it in &repair.add_item {
            order(&it.path, What::Change(Change::Append(params.draft(&it.item)?)))?;
        }
        for it in &repair.replace {
            order(&it.path, What::Replace(Pattern::of_rule(&it.pattern), it.by.clone()))?;
        }
        for it in &repair.moves {
            order(&it.path, What::Move(Anchor::parse(&it.to)?))?;
        }
        for it in &repair.rename {
            order(&it.path, What::Change(Change::Rename(params.text(&it.to)?.into_owned())))?;
        }
        for it in &repair.remove_item {
            order(&it.path, What::RemoveItem(Condition::compile(&it.which, params)?, it.prune))?;
        }
        for it in &repair.remove {
            order(&it.path, What::Change(Change::Remove { prune: it.prune }))?;
        }
        for it in &repair.quote {
            order(&it.path, What::Change(Change::Quote))?;
        }
        Ok(Self {
            title: repair.title.clone(),
            safety: repair.safety,
            when: conditions(&repair.when)?,
            unless: conditions(&repair.unless)?,
            orders,
        })
    }

    /// The fix for one finding.
    pub(super) fn fix(&self, desk: &Desk<'_>, aim: &Aim<'_>) -> Option<Fix> {
        let roots = Roots { here: Some(aim.subject), ..aim.roots };
        let applies = self.when.iter().all(|it| it.eval(&roots) == Truth::Yes)
            && self.unless.iter().all(|it| it.eval(&roots) == Truth::No);
        if !applies {
            return None;
        }
        let words: Vec<(&str, &str)> =
            aim.words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let title = self.title.as_ref().map(|title| fill(title, &words));
        if self.orders.is_empty() {
            return Some(Fix { title: title?, safety: self.safety, edits: Vec::new() });
        }
        let mut steps = Vec::new();
        for order in &self.orders {
            order.steps(desk, aim, &words, &mut steps)?;
        }
        let title = title.or_else(|| Some(default_title(desk, steps.first()?, aim)))?;
        fix_of(desk, self.safety, &title, &steps)
    }
}

impl Anchor {
    fn parse(text: &str) -> Result<Self, CompileError> {
        let (root, rest) = match text.strip_prefix('$').map(|it| it.split_once('.').unwrap_or((it, ""))) {
            None => (Root::Subject, text),
            Some(("value", rest)) => (Root::Value, rest),
            Some(("pod", rest)) => (Root::Pod, rest),
            Some(("metadata", rest)) => (Root::Metadata, rest),
            Some(("object", rest)) => (Root::Object, rest),
            Some(_) => return Err(CompileError::Root(text.to_owned())),
        };
        Ok(Self { root, path: Path::parse(rest)? })
    }

    /// Every place to which it leads.
    fn places<'a>(&self, desk: &Desk<'_>, aim: &Aim<'a>) -> Option<Vec<(Node<'a>, Vec<Leg>)>> {
        let (start, legs) = match self.root {
            Root::Subject => (aim.subject, Vec::new()),
            Root::Value => (aim.subject, aim.value.clone()),
            Root::Pod => (aim.roots.pod?, Vec::new()),
            Root::Metadata => (aim.metadata?, Vec::new()),
            Root::Object => (aim.roots.object, Vec::new()),
        };
        let mut all = vec![legs];
        for step in self.path.steps() {
            match step {
                crate::yaml::Step::Key(key) => all.iter_mut().for_each(|it| it.push(Leg::Key(key.clone()))),
                crate::yaml::Step::Each => all = all.iter().flat_map(|it| each(desk, start, it)).collect(),
            }
        }
        Some(all.into_iter().map(|legs| (start, legs)).collect())
    }
}

/// The legs to each item, or each value, of the collection to which `legs` lead.
fn each(desk: &Desk<'_>, start: Node<'_>, legs: &[Leg]) -> Vec<Vec<Leg>> {
    if desk.is_spent() {
        return Vec::new();
    }
    let Some(node) = follow(desk, start, legs) else { return Vec::new() };
    let with = |leg: Leg| legs.iter().cloned().chain([leg]).collect();
    if node.kind() == Kind::Mapping {
        let keys = node.fields().into_iter().filter_map(|it| it.key.text());
        return keys.map(|key| with(Leg::Key(key.into()))).collect();
    }
    node.items().enumerate().map(|(index, _)| with(Leg::Item(index as u32))).collect()
}

/// The legs of a place's path: `.securityContext.capabilities.add[2]`.
fn legs_of_words(path: &str) -> Vec<Leg> {
    let mut legs = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if let Some((key, after)) = rest.strip_prefix("[\"").and_then(|it| it.split_once("\"]")) {
            legs.push(Leg::Key(key.into()));
            rest = after;
        } else if let Some((number, after)) = rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
            let Ok(number) = number.parse() else { break };
            legs.push(Leg::Item(number));
            rest = after;
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            if end == 0 {
                break;
            }
            legs.push(Leg::Key(rest[..end].into()));
            rest = &rest[end..];
        }
    }
    legs
}

/// The value to which `legs` lead.
pub(super) fn follow<'a>(desk: &Desk<'_>, start: Node<'a>, legs: &[Leg]) -> Option<Node<'a>> {
    legs.iter().try_fold(start, |node, leg| match leg {
        Leg::Key(key) => node.get(key),
        Leg::Item(number) => {
            desk.spend(*number as usize);
            node.items().nth(*number as usize)
        }
    })
}

/// The legs of `path`, with the item numbers put in for `[*]`.
pub(super) fn legs_of(desk: &Desk<'_>, start: Node<'_>, path: &Path, indices: &[u32]) -> Vec<Leg> {
    let mut legs = Vec::with_capacity(path.steps().len());
    let mut indices = indices.iter();
    for step in path.steps() {
        match step {
            crate::yaml::Step::Key(key) => legs.push(Leg::Key(key.clone())),
            crate::yaml::Step::Each => {
                let Some(index) = indices.next() else { break };
                let holder = follow(desk, start, &legs).filter(|it| it.kind() == Kind::Mapping);
                let key = holder.and_then(|it| it.fields().get(*index as usize)?.key.text());
                legs.push(key.map_or(Leg::Item(*index), |key| Leg::Key(key.into())));
            }
        }
    }
    legs
}

impl Order {
    /// The changes that it means for one finding; `None` where it cannot be made.
    fn steps<'a>(
        &self,
        desk: &Desk<'_>,
        aim: &Aim<'a>,
        words: &[(&str, &str)],
        steps: &mut Vec<Step<'a>>,
    ) -> Option<()> {
        for (start, legs) in self.at.places(desk, aim)? {
            match &self.what {
                What::Change(change) => {
                    steps.push(Step { start, legs, change: filled(change, words) });
                }
                What::RemoveItem(which, prune) => {
                    let list = follow(desk, start, &legs)?;
                    let goes =
                        |item: &Node<'_>| which.eval(&Roots { here: Some(*item), ..aim.roots }) == Truth::Yes;
                    let count = list.items().filter(|item| goes(item)).count();
                    if count > 0 && count == list.items().count() {
                        // All of them: the list becomes empty as a whole.
                        let change = if *prune {
                            Change::Remove { prune: false }
                        } else {
                            Change::Set(Draft::List(Vec::new()))
                        };
                        steps.push(Step { start, legs, change });
                        continue;
                    }
                    for (index, _) in list.items().enumerate().filter(|(_, item)| goes(item)) {
                        let legs = legs.iter().cloned().chain([Leg::Item(index as u32)]).collect();
                        steps.push(Step { start, legs, change: Change::Remove { prune: false } });
                    }
                }
                What::Replace(pattern, by) => {
                    let text = pattern.replaced(&follow(desk, start, &legs)?.text()?, by)?;
                    steps.push(Step { start, legs, change: Change::Set(Draft::Text(text)) });
                }
                What::Move(to) => {
                    let value = draft_of(follow(desk, start, &legs)?)?;
                    let (target, to) = to.places(desk, aim)?.into_iter().next()?;
                    if follow(desk, target, &to).is_some() {
                        return None;
                    }
                    steps.push(Step { start: target, legs: to, change: Change::Set(value) });
                    steps.push(Step { start, legs, change: Change::Remove { prune: false } });
                }
            }
        }
        Some(())
    }
}

/// What `node` says, to be written elsewhere; `None` for what is too odd to copy.
fn draft_of(node: Node<'_>) -> Option<Draft> {
    match node.kind() {
        Kind::Sequence => node.items().map(draft_of).collect::<Option<_>>().map(Draft::List),
        Kind::Mapping => {
            let entry = |it: crate::yaml::Entry<'_>| Some((it.key.text()?.into_owned(), draft_of(it.value)?));
            node.fields().into_iter().map(entry).collect::<Option<_>>().map(Draft::Map)
        }
        Kind::Scalar => {
            let text = node.text()?.into_owned();
            Some(match crate::kube::value(node) {
                crate::kube::Value::Null => Draft::Null,
                crate::kube::Value::Bool(it) => Draft::Bool(it),
                crate::kube::Value::Int(it) if it.to_string() == text => Draft::Int(it),
                crate::kube::Value::Text(_) => Draft::Text(text),
                _ => return None,
            })
        }
    }
}

fn filled(change: &Change, words: &[(&str, &str)]) -> Change {
    match change {
        Change::Set(draft) => Change::Set(filled_draft(draft, words)),
        Change::Append(draft) => Change::Append(filled_draft(draft, words)),
        other => other.clone(),
    }
}

fn filled_draft(draft: &Draft, words: &[(&str, &str)]) -> Draft {
    match draft {
        Draft::Text(text) => Draft::Text(fill(text, words)),
        Draft::List(items) => Draft::List(items.iter().map(|it| filled_draft(it, words)).collect()),
        Draft::Map(entries) => {
            Draft::Map(entries.iter().map(|(key, it)| (key.clone(), filled_draft(it, words))).collect())
        }
        other => other.clone(),
    }
}

/// What the first change of a fix does, in words.
fn default_title(desk: &Desk<'_>, step: &Step<'_>, aim: &Aim<'_>) -> String {
    let mut path = String::new();
    for leg in &step.legs {
        match leg {
            Leg::Key(key) => push_key(&mut path, key),
            Leg::Item(number) => path.push_str(&format!("[{number}]")),
        }
    }
    let value =
        follow(desk, step.start, &step.legs).filter(|it| it.kind() == Kind::Scalar).and_then(Node::text);
    match &step.change {
        Change::Set(draft) => match draft.words() {
            Some(words) => format!("Set `{path}` to `{words}`"),
            None => format!("Set `{path}`"),
        },
        Change::Remove { .. } => match (step.legs.last(), value) {
            (Some(Leg::Item(_)), Some(value)) => {
                let list = path.rsplit_once('[').map_or("", |(list, _)| list);
                format!("Remove `{value}` from `{list}`")
            }
            (None, _) => format!("Remove `{}`", aim.words[1].1),
            _ => format!("Remove `{path}`"),
        },
        Change::Rename(to) => format!("Rename `{path}` to `{to}`"),
        Change::Append(draft) => match draft.words() {
            Some(words) => format!("Add `{words}` to `{path}`"),
            None => format!("Add an item to `{path}`"),
        },
        Change::Quote => format!("Quote `{path}`"),
    }
}

impl Context<'_, '_> {
    /// The fixes of the rule's file for a finding of a native check at `place`. Paths start at its container, else at
    /// the object.
    pub(super) fn remedied(&self, place: &Place) -> Vec<Fix> {
        if self.compiled.remedies.is_empty() || self.desk.is_spent() {
            return Vec::new();
        }
        let prefix_of =
            |container: &Container<'_>| place.path.strip_prefix(&container.path()).map(str::to_owned);
        self.desk.spend(8 * self.examined.containers.len());
        let containers = self.examined.containers.iter().filter(|_| place.container.is_some());
        let found = containers.filter_map(|it| Some((it.node, prefix_of(it)?))).max_by_key(|it| it.1.len());
        let (subject, rest) = found.unwrap_or_else(|| (self.object().root(), place.path.clone()));
        let value = legs_of_words(&rest);
        let node = follow(self.desk, subject, &value);
        let shown = |node: Option<Node<'_>>| node.and_then(Node::text).unwrap_or_default().into_owned();
        let aim = Aim {
            subject,
            roots: Roots {
                here: node,
                pod: self.pod().map(|pod| pod.spec),
                object: self.object().root(),
                volume: None,
            },
            metadata: self.pod().and_then(|pod| pod.metadata),
            words: [
                ("value", shown(node)),
                ("path", rest.trim_start_matches('.').to_owned()),
                ("name", shown(subject.get("name"))),
            ],
            value,
        };
        self.compiled.remedies.iter().filter_map(|remedy| remedy.fix(self.desk, &aim)).collect()
    }

    /// Gives the last finding a fix that makes all of `steps`, where they can be made. `title` is an order:
    /// "Set `privileged` to `false`".
    pub fn fix(&mut self, safety: Safety, title: &str, steps: &[Step<'_>]) {
        let fix = fix_of(self.desk, safety, title, steps);
        if let Some(finding) = self.out.last_mut() {
            finding.fixes.extend(fix);
        }
    }
}
