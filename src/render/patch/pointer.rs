//! JSON pointers (RFC 6901) as kustomize's JSON patch library follows them: whatever stands before the
//! first `/` is not looked at, and a negative index counts from a list's end.

use std::borrow::Cow;

use super::smp::is_null;
use crate::yaml::{Kind, Tree};

/// A pointer, cut into its steps.
#[derive(Debug)]
pub(super) struct Pointer<'p> {
    steps: Vec<Cow<'p, str>>,
}

impl<'p> Pointer<'p> {
    /// Cuts `text` up; the empty text points at the whole.
    pub(super) fn new(text: &'p str) -> Self {
        Self { steps: text.split('/').skip(1).map(unescape).collect() }
    }

    /// The way to what holds the target, and the target's key there; `None` for a pointer without a `/`.
    pub(super) fn parent(&self) -> Option<(&[Cow<'p, str>], &str)> {
        let (last, way) = self.steps.split_last()?;
        Some((way, last))
    }
}

fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        // In this order, `~01` is `~1` and not `/`: left to right, each pair once.
        let mut out = String::with_capacity(step.len());
        let mut rest = step;
        while let Some(at) = rest.find('~') {
            out.push_str(&rest[..at]);
            let (plain, length) = match rest.as_bytes().get(at + 1) {
                Some(b'0') => ('~', 2),
                Some(b'1') => ('/', 2),
                _ => ('~', 1),
            };
            out.push(plain);
            rest = &rest[at + length..];
        }
        out.push_str(rest);
        return Cow::Owned(out);
    }
    Cow::Borrowed(step)
}

/// The place of `step` in a list of `length`; negative ones count from the end.
pub(super) fn index(step: &str, length: usize) -> Option<usize> {
    let number: i64 = step.parse().ok()?;
    let length = i64::try_from(length).ok()?;
    let index = if number < 0 { number + length } else { number };
    usize::try_from(index).ok().filter(|_| index < length)
}

/// What stands under `step` of `tree`; a null counts as nothing.
pub(super) fn child<'t, 'a>(tree: &'t mut Tree<'a>, step: &str) -> Option<&'t mut Tree<'a>> {
    let found = match tree.kind() {
        Kind::Scalar => None,
        Kind::Mapping => tree.get_mut(step),
        Kind::Sequence => {
            let items = tree.items_mut()?;
            let at = index(step, items.len())?;
            items.get_mut(at)
        }
    };
    found.filter(|it| !is_null(it.node()))
}

/// What `way` leads to.
pub(super) fn find<'t, 'a>(tree: &'t mut Tree<'a>, way: &[Cow<'_, str>]) -> Option<&'t mut Tree<'a>> {
    way.iter().try_fold(tree, |at, step| child(at, step))
}
