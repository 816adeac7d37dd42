//! What a JSON patch (RFC 6902) sets, where the object that it changes is not known.

use std::borrow::Cow;

use super::{
    pointer::Pointer,
    smp::is_null,
    typed::{self, text},
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree, Value},
};

/// A longer way leads into no object of Kubernetes.
const DEEPEST: usize = 64;
/// Later operations of one patch are not looked at.
const MOST: usize = 1000;

/// The fields that the list `operations` sets, under the fields `known`; all else is not there. With `whole_items`
/// the items of lists are left out of which only a part is set. Where an operation moves or copies, nothing is known.
pub fn what_is_set<'a>(
    operations: Node<'a>,
    known: Vec<(Value<'a>, Tree<'a>)>,
    whole_items: bool,
) -> Tree<'a> {
    let fields = known.into_iter().map(|(key, value)| (key, Part::Is(value))).collect();
    let mut root = Part::Fields(fields, operations.span());
    for operation in operations.items().take(MOST) {
        apply(&mut root, operation);
    }
    root.into_tree(whole_items).unwrap_or_else(|| Tree::Mapping(Vec::new(), operations.span()))
}

fn apply<'a>(root: &mut Part<'a>, operation: Node<'a>) {
    let Some(path) = operation.get("path") else { return };
    let (Some(way), Some(kind)) = (text(path), operation.get("op").and_then(Node::text)) else { return };
    if way.matches('/').count() > DEEPEST {
        return;
    }
    let pointer = Pointer::new(&way);
    let Some((steps, last)) = pointer.parent() else { return };
    match &*kind {
        "add" | "replace" => {
            let value = operation.get("value").filter(|value| !is_null(*value));
            let value = value.map_or(Part::Unknown, |value| Part::Is(typed::from_patch(value)));
            if let Some(holder) = root.find(steps, last, path.span()) {
                holder.set(last, value, &*kind == "add", path.span());
            }
        }
        "remove" => root.forget(steps, last),
        "move" | "copy" => {
            if let Some(holder) = root.find(steps, last, path.span()) {
                holder.set(last, Part::Unknown, true, path.span());
            }
            let from = operation.get("from").and_then(text).filter(|_| &*kind == "move").unwrap_or_default();
            if let Some((steps, last)) = Pointer::new(&from).parent() {
                root.forget(steps, last);
            }
        }
        _ => {}
    }
}

/// A part of an object.
enum Part<'a> {
    /// Nothing is known of it.
    Unknown,
    /// It is this.
    Is(Tree<'a>),
    /// It has these fields, and others.
    Fields(Vec<(Value<'a>, Part<'a>)>, Span),
    /// It has these items, and others; `None` is the place behind the last.
    Items(Vec<(Option<i64>, Part<'a>)>, Span),
}

impl<'a> Part<'a> {
    /// What holds `last` at the end of `steps`, made where it is not there; `None` where a single value stands.
    fn find(&mut self, steps: &[Cow<'_, str>], last: &str, span: Span) -> Option<&mut Self> {
        let Some((step, rest)) = steps.split_first() else {
            self.open(last, span);
            return Some(self);
        };
        self.open(step, span);
        self.child(step, span)?.find(rest, last, span)
    }

    /// Makes it something that can hold `step`.
    fn open(&mut self, step: &str, span: Span) {
        *self = match std::mem::replace(self, Part::Unknown) {
            Part::Unknown if is_index(step) => Part::Items(Vec::new(), span),
            Part::Unknown => Part::Fields(Vec::new(), span),
            Part::Is(mut tree) => {
                tree.unfold();
                match tree {
                    Tree::Mapping(entries, span) => {
                        Part::Fields(entries.into_iter().map(|(key, it)| (key, Part::Is(it))).collect(), span)
                    }
                    Tree::Sequence(items, span) => {
                        let items = (0..).map(Some).zip(items.into_iter().map(Part::Is));
                        Part::Items(items.collect(), span)
                    }
                    single => Part::Is(single),
                }
            }
            open => open,
        };
    }

    fn child(&mut self, step: &str, span: Span) -> Option<&mut Self> {
        match self {
            Part::Fields(fields, _) => {
                let at = fields.iter().position(|(key, _)| key.text == step).unwrap_or_else(|| {
                    fields.push((Value::text(step.to_owned(), span), Part::Unknown));
                    fields.len() - 1
                });
                fields.get_mut(at).map(|(_, part)| part)
            }
            Part::Items(items, _) => {
                let index = Some(step.parse::<i64>().ok()?);
                let at = items.iter().position(|(own, _)| *own == index).unwrap_or_else(|| {
                    items.push((index, Part::Unknown));
                    items.len() - 1
                });
                items.get_mut(at).map(|(_, part)| part)
            }
            _ => None,
        }
    }

    fn set(&mut self, last: &str, value: Self, inserts: bool, span: Span) {
        if let Part::Items(items, _) = self
            && (inserts || last == "-")
        {
            let index = last.parse::<i64>().ok();
            shift(items, index, 1);
            items.push((index, value));
        } else if let Some(own) = self.child(last, span) {
            *own = value;
        }
    }

    /// Takes out what may be known of `last` at the end of `steps`.
    fn forget(&mut self, steps: &[Cow<'_, str>], last: &str) {
        let (step, rest) = match steps.split_first() {
            Some((step, rest)) => (&**step, Some(rest)),
            None => (last, None),
        };
        if let Part::Is(_) = self {
            self.open(step, Span::at(crate::base::SourceId(0), 0));
        }
        match (self, rest) {
            (Part::Fields(fields, _), None) => fields.retain(|(key, _)| key.text != step),
            (Part::Items(items, _), None) => {
                let index = step.parse::<i64>().ok();
                items.retain(|(own, _)| *own != index);
                shift(items, index, -1);
            }
            (Part::Fields(fields, _), Some(rest)) => {
                if let Some((_, part)) = fields.iter_mut().find(|(key, _)| key.text == step) {
                    part.forget(rest, last);
                }
            }
            (Part::Items(items, _), Some(rest)) => {
                let index = step.parse::<i64>().ok();
                if let Some((_, part)) = items.iter_mut().find(|(own, _)| *own == index) {
                    part.forget(rest, last);
                }
            }
            _ => {}
        }
    }

    fn into_tree(self, whole_items: bool) -> Option<Tree<'a>> {
        match self {
            Part::Unknown => None,
            Part::Is(tree) => Some(tree),
            Part::Fields(fields, span) => {
                let fields = fields.into_iter();
                let known = fields.filter_map(|(key, it)| Some((key, it.into_tree(whole_items)?)));
                Some(Tree::Mapping(known.collect(), span))
            }
            Part::Items(items, span) => {
                let items = items.into_iter().map(|(_, item)| item);
                let items = items.filter(|item| !whole_items || matches!(item, Part::Is(_)));
                Some(Tree::Sequence(items.filter_map(|item| item.into_tree(whole_items)).collect(), span))
            }
        }
    }
}

fn is_index(step: &str) -> bool {
    step == "-" || !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// Moves the items from `index` on.
fn shift(items: &mut [(Option<i64>, Part<'_>)], index: Option<i64>, by: i64) {
    let Some(index) = index.filter(|index| *index >= 0) else { return };
    for own in items.iter_mut().filter_map(|(own, _)| own.as_mut()).filter(|own| **own >= index) {
        *own = own.saturating_add(by);
    }
}

/// Whether `node` is a JSON patch.
pub fn is_json_patch(node: Node<'_>) -> bool {
    node.kind() == Kind::Sequence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        render::{Plain, emit},
        yaml::{Limits, parse},
    };

    fn set(operations: &str, whole_items: bool) -> String {
        let parsed = parse(SourceId(0), operations, &Limits::default());
        let tree = what_is_set(parsed.root(&parsed.documents()[0]).unwrap(), Vec::new(), whole_items);
        let mut out = String::new();
        emit(tree.node(), tree.span(), &Plain, &mut out);
        out
    }

    #[test]
    fn operations_come_together_to_one_object() {
        let text = "\
- {op: replace, path: /spec/containers/1/securityContext/privileged, value: true}
- {op: add, path: /spec/containers/1/securityContext/runAsUser, value: 0}
- {op: add, path: /metadata/annotations/a~1b, value: x}
- {op: add, path: /spec/containers/0, value: {name: new}}
- {op: add, path: /spec/containers/2/image, value: web}
- {op: add, path: /spec/volumes/-, value: {name: one}}
- {op: test, path: /spec/paused, value: true}
";
        let expected = "\
metadata:
  annotations:
    a/b: x
spec:
  containers:
  - image: web
    securityContext:
      privileged: true
      runAsUser: 0
  - name: new
  volumes:
  - name: one
";
        assert_eq!(set(text, false), expected);
        assert!(!set(text, true).contains("privileged"));
    }

    #[test]
    fn what_is_taken_away_again_is_not_set() {
        for text in [
            "[{op: add, path: /spec/hostPID, value: true}, {op: remove, path: /spec/hostPID}]",
            "[{op: add, path: /spec, value: {hostPID: true}}, {op: remove, path: /spec/hostPID}]",
            "[{op: add, path: /spec/hostPID, value: true}, {op: move, path: /x, from: /spec/hostPID}]",
            "[{op: add, path: /spec/hostPID, value: true}, {op: copy, path: /spec/hostPID, from: /x}]",
            "[{op: add, path: /a/0, value: hostPID}, {op: remove, path: /a/0}]",
            "[{op: add, path: hostPID, value: true}, {op: add, value: hostPID}, hostPID]",
        ] {
            assert!(!set(text, false).contains("hostPID"), "{text}");
        }
        let deep = format!("[{{op: add, path: {}, value: 1}}]", "/a".repeat(10_000));
        assert!(!set(&deep, false).contains('1'));
    }
}
