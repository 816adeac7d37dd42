//! Where the paths of a fix lead.

use super::Aim;
use crate::{
    rule::compiled::CompileError,
    yaml::{Desk, Kind, Leg, Node, Path},
};

/// A path with its start.
#[derive(Debug)]
pub(super) struct Anchor {
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

impl Anchor {
    pub(super) fn parse(text: &str) -> Result<Self, CompileError> {
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
    pub(super) fn places<'a>(&self, desk: &Desk<'_>, aim: &Aim<'a>) -> Option<Vec<(Node<'a>, Vec<Leg>)>> {
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
pub(super) fn legs_of_words(path: &str) -> Vec<Leg> {
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
pub(in crate::rule) fn legs_of(desk: &Desk<'_>, start: Node<'_>, path: &Path, indices: &[u32]) -> Vec<Leg> {
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
