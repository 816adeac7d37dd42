//! Which bytes of two texts the edits between them account for.

use crate::base::Edit;

/// The stretches of an old and a new text that edits touch; edits side by side make one.
#[derive(Debug, Default)]
pub(super) struct Segments(Vec<Segment>);

#[derive(Debug, Clone, Copy)]
struct Segment {
    /// In the old text.
    old: (u32, u32),
    /// In the new one.
    new: (u32, u32),
    /// The new text holds a line break.
    breaks: bool,
}

impl Segments {
    /// Of `edits`, which are sorted and apart.
    pub(super) fn of(edits: &[Edit]) -> Self {
        let mut all: Vec<Segment> = Vec::with_capacity(edits.len());
        // Bytes that the edits so far add and take away.
        let (mut added, mut taken) = (0, 0);
        for edit in edits {
            let start = edit.span.start + added - taken;
            let end = start + edit.text.len() as u32;
            added += edit.text.len() as u32;
            taken += edit.span.len();
            let breaks = edit.text.contains(['\n', '\r']);
            match all.last_mut() {
                Some(last) if last.old.1 == edit.span.start => {
                    last.old.1 = edit.span.end;
                    last.new.1 = end;
                    last.breaks |= breaks;
                }
                _ => all.push(Segment { old: (edit.span.start, edit.span.end), new: (start, end), breaks }),
            }
        }
        Self(all)
    }

    /// Whether the edits take away all of these bytes of the old text.
    pub(super) fn takes(&self, start: u32, end: u32) -> bool {
        let at = self.0.partition_point(|it| it.old.1 < end);
        self.0.get(at).is_some_and(|it| it.old.0 <= start && it.old.0 < it.old.1)
    }

    /// What the first edit takes that reaches into these bytes of the old text.
    pub(super) fn taken_from(&self, start: u32, end: u32) -> Option<(u32, u32)> {
        self.near(start, end).map(|it| it.old).find(|old| old.0 < end && start < old.1)
    }

    /// Whether the edits bring all of these bytes of the new text.
    pub(super) fn brings(&self, start: u32, end: u32) -> bool {
        let at = self.0.partition_point(|it| it.new.1 < end);
        self.0.get(at).is_some_and(|it| it.new.0 <= start && it.new.0 < it.new.1)
    }

    /// Whether an edit reaches into these bytes of the old text. Into nothing, which is how an empty value is written,
    /// any edit reaches that stands beside it.
    pub(super) fn cuts(&self, start: u32, end: u32) -> bool {
        self.near(start, end).any(|it| start == end || (it.old.0 < end && start < it.old.1))
    }

    /// Whether an edit stands right beside these bytes of the old text, and on their line.
    pub(super) fn stands_beside(&self, start: u32, end: u32) -> bool {
        self.near(start, end).any(|it| !it.breaks)
    }

    fn near(&self, start: u32, end: u32) -> impl Iterator<Item = &Segment> {
        let first = self.0.partition_point(|it| it.old.1 < start);
        self.0[first..].iter().take_while(move |it| it.old.0 <= end)
    }

    /// Whether an edit changes anything from `start` to `end` of the old text, or at its borders.
    pub(super) fn reaches(&self, start: u32, end: u32) -> bool {
        self.near(start, end).next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{SourceId, Span};

    fn segments(edits: &[(u32, u32, &str)]) -> Segments {
        let edit = |(start, end, text): &(u32, u32, &str)| Edit {
            span: Span::new(SourceId(0), *start, *end),
            text: (*text).to_owned(),
        };
        Segments::of(&edits.iter().map(edit).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_taken_and_what_is_brought_is_told_in_the_places_of_each_text() {
        let it = segments(&[(2, 4, "xyz"), (4, 6, ""), (10, 10, "ab")]);
        assert!(it.takes(2, 6) && it.takes(3, 5) && !it.takes(1, 4) && !it.takes(10, 10));
        assert!(it.brings(2, 5) && !it.brings(2, 6) && it.brings(9, 11) && !it.brings(8, 11));
    }

    #[test]
    fn a_new_line_beside_a_value_does_not_touch_it() {
        let it = segments(&[(4, 4, "\nb: 1"), (20, 20, "\"")]);
        assert!(!it.cuts(1, 4) && !it.stands_beside(1, 4) && it.cuts(4, 4) && it.cuts(1, 5));
        assert!(!it.cuts(18, 20) && it.stands_beside(18, 20) && it.stands_beside(20, 22));
        assert!(!it.stands_beside(21, 22));
    }
}
