//! Where a text is no longer what it was, in whole documents.

use std::ops::Range;

use crate::{
    base::{Span, common_ends},
    yaml::split_documents,
};

/// The bytes of a new text in which its documents are not those of the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch(Range<u32>);

impl Stretch {
    /// All of a text, whatever it was.
    pub(super) fn whole() -> Self {
        Self(0..u32::MAX)
    }

    /// From the first to the last document of `new` that may be another than in `old`. The document on either side of a
    /// change counts as changed: what stands between two documents may belong to both.
    pub(super) fn between(old: &str, new: &str) -> Self {
        let (head, tail) = common_ends(old, new);
        let (olds, news): (Vec<_>, Vec<_>) = (split_documents(old).collect(), split_documents(new).collect());
        let pairs = olds.iter().zip(&news);
        let before = pairs.take_while(|(old, new)| old == new && new.end < head).count();
        let from_end = |text: &str, range: &Range<usize>| text.len() - range.end..text.len() - range.start;
        let pairs = olds.iter().rev().zip(news.iter().rev());
        let behind = pairs.take_while(|(a, b)| {
            let there = from_end(new, b);
            from_end(old, a) == there && there.end < tail
        });
        let behind = news.len() - behind.count();
        let start = news.get(before.saturating_sub(1)).filter(|_| before > 0).map_or(0, |it| it.start);
        let end = news.get(behind).map_or(u32::MAX, |it| it.end as u32);
        Self(start as u32..end)
    }

    /// Whether the document at `start..end` is one of those.
    pub(super) fn holds(&self, start: u32, end: u32) -> bool {
        self.0.start <= start && end <= self.0.end
    }

    /// Whether something of `span` lies in it. Documents without a mark between them touch: what begins where it ends
    /// belongs to the next.
    pub(super) fn meets(&self, span: Span) -> bool {
        span.start < self.0.end && self.0.start <= span.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documents that are to be judged again.
    fn touched<'n>(old: &str, new: &'n str) -> Vec<&'n str> {
        let stretch = Stretch::between(old, new);
        let all = split_documents(new).filter(|it| stretch.holds(it.start as u32, it.end as u32));
        all.map(|it| new[it].trim()).collect()
    }

    #[test]
    fn a_change_reaches_its_document_and_those_beside_it() {
        let old = "---\na: 1\n---\nb: 1\n---\nc: 1\n---\nd: 1\n---\ne: 1\n";
        let cases: [(&str, &str, &[&str]); 9] = [
            ("c: 1", "c: 2", &["b: 1", "c: 2", "d: 1"]),
            ("a: 1", "a: 2", &["a: 2", "b: 1"]),
            ("e: 1", "e: 2", &["d: 1", "e: 2"]),
            ("---\nc", "c", &["a: 1", "b: 1\nc: 1", "d: 1"]),
            ("c: 1", "c: 1\n---\nx: 1", &["c: 1", "x: 1", "d: 1", "e: 1"]),
            ("c: 1\n---", "c: 1\n--- # x", &["c: 1", "# x\nd: 1", "e: 1"]),
            ("c: 1\n---", "c: 1\n...\n%YAML 1.2\n---", &["b: 1", "c: 1", "d: 1"]),
            ("---\nb: 1\n---\nc: 1\n---\nd: 1\n", "", &["a: 1", "e: 1"]),
            (old, "", &[""]),
        ];
        for (from, to, expected) in cases {
            let new = old.replacen(from, to, 1);
            assert_eq!(touched(old, &new), expected, "{from:?} to {to:?}");
        }
    }
}
