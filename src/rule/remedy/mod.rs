//! The fixes that rule files describe and native checks build, made into edits of the text at hand.

mod anchor;
mod join;
mod native;
mod order;

use super::{
    compiled::CompileError,
    condition::{Condition, Roots, Truth},
    file::Repair,
    matcher::fill,
    params::Params,
    pattern::Pattern,
};
use crate::{
    base::{Edit, Fix, Safety},
    yaml::{Change, Desk, Draft, Leg, Node, change},
};

use self::{
    anchor::Anchor,
    order::{Order, What, default_title, draft_of},
};

pub(super) use self::anchor::legs_of;

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
        fix_of(desk, self.safety, &title, &join::joined(desk, &steps))
    }
}
