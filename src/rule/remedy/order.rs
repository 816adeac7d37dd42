//! The changes that a rule file orders, made into steps for one finding.

use super::{
    Aim, Step,
    anchor::{Anchor, follow},
};
use crate::{
    rule::{
        condition::{Condition, Roots, Truth},
        matcher::fill,
        pattern::Pattern,
    },
    yaml::{Change, Desk, Draft, Kind, Leg, Node, push_key},
};

/// One change of a remedy.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) at: Anchor,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Change(Change),
    RemoveItem(Condition, bool),
    Replace(Pattern, String),
    Move(Anchor),
}

impl Order {
    /// The changes that it means for one finding; `None` where it cannot be made.
    pub(super) fn steps<'a>(
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
pub(super) fn draft_of(node: Node<'_>) -> Option<Draft> {
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
pub(super) fn default_title(desk: &Desk<'_>, step: &Step<'_>, aim: &Aim<'_>) -> String {
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
