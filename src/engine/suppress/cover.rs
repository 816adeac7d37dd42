//! What a comment on a line of its own covers: the key, the item or the document whose first line follows it, with all
//! below.

use crate::{
    base::Span,
    yaml::{Kind, Node},
};

/// Deeper than any manifest goes, and no danger to the stack.
const MOST_DEPTH: usize = 256;

/// The subtrees that follow the places `at`, which ascend; `None` for a place that nothing follows.
pub(super) fn subtrees(root: Node<'_>, at: &[u32]) -> Vec<Option<Span>> {
    let mut walk = Walk { at, found: Vec::with_capacity(at.len()) };
    let whole = written(root);
    walk.take(whole.start, whole);
    walk.below(root, 0);
    walk.found.resize(at.len(), None);
    walk.found
}

/// One way through a document, which meets each place once.
struct Walk<'p> {
    at: &'p [u32],
    found: Vec<Option<Span>>,
}

impl Walk<'_> {
    fn next(&self) -> Option<u32> {
        self.at.get(self.found.len()).copied()
    }

    /// What stands at `start` is `span`: the places before it are answered.
    fn take(&mut self, start: u32, span: Span) {
        while self.next().is_some_and(|at| at <= start) {
            self.found.push(Some(span));
        }
    }

    /// The places before `end` are answered with `span`.
    fn settle(&mut self, end: u32, span: Option<Span>) {
        while self.next().is_some_and(|at| at < end) {
            self.found.push(span);
        }
    }

    fn below(&mut self, node: Node<'_>, depth: usize) {
        match node.kind() {
            Kind::Mapping => {
                for entry in node.entries() {
                    let (key, value) = (written(entry.key), written(entry.value));
                    let whole = Span::new(key.source, key.start, key.end.max(value.end));
                    self.child(entry.value, whole, depth);
                }
            }
            Kind::Sequence => {
                for item in node.items() {
                    self.child(item, written(item), depth);
                }
            }
            Kind::Scalar => {}
        }
    }

    fn child(&mut self, value: Node<'_>, whole: Span, depth: usize) {
        self.take(whole.start, whole);
        if self.next().is_none_or(|at| at >= whole.end) {
            return;
        }
        let is_open = value.kind() != Kind::Scalar && value.via().is_none();
        if is_open && depth < MOST_DEPTH {
            self.below(value, depth + 1);
        }
        // Between a key and its scalar a comment is about the two; behind the last entry in brackets about nothing.
        self.settle(whole.end, (!is_open).then_some(whole));
    }
}

/// Where the node stands: an alias at its own place.
fn written(node: Node<'_>) -> Span {
    node.via().unwrap_or_else(|| node.span())
}
