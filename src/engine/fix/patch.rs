//! The edits of several fixes to one text: sorted, apart from each other, each once.

use crate::base::Edit;

/// Edits to one text.
#[derive(Debug, Clone, Default)]
pub(super) struct Patch(Vec<Edit>);

impl Patch {
    /// The edits, sorted by place.
    pub(super) fn edits(&self) -> &[Edit] {
        &self.0
    }

    /// Whether `edit` can be made together with the edits so far: it is one of them, or lies apart from all.
    pub(super) fn fits(&self, edit: &Edit) -> bool {
        self.touching(edit).all(|other| other == edit || are_neighbours(other, edit))
    }

    /// Takes in `edit`, unless it is there already.
    pub(super) fn add(&mut self, edit: &Edit) {
        if self.touching(edit).any(|other| other == edit) {
            return;
        }
        let place = |it: &Edit| (it.span.start, it.span.end);
        let at = self.0.partition_point(|other| place(other) <= place(edit));
        self.0.insert(at, edit.clone());
    }

    /// `text` with the edits made; `None` where they do not fit it.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let added: usize = self.0.iter().map(|edit| edit.text.len()).sum();
        let mut out = String::with_capacity(text.len() + added);
        let mut done = 0;
        for edit in &self.0 {
            out.push_str(text.get(done..edit.span.start as usize)?);
            out.push_str(&edit.text);
            done = edit.span.end as usize;
        }
        out.push_str(text.get(done..)?);
        // Places in a text are 32 bits wide.
        u32::try_from(out.len()).ok().map(|_| out)
    }

    /// The edits that overlap `edit` or stand right beside it.
    fn touching<'p>(&'p self, edit: &'p Edit) -> impl Iterator<Item = &'p Edit> {
        let first = self.0.partition_point(|other| other.span.end < edit.span.start);
        self.0[first..].iter().take_while(|other| other.span.start <= edit.span.end)
    }
}

/// Whether two edits put different entries at one place of one mapping, so that both can stand there.
fn are_neighbours(a: &Edit, b: &Edit) -> bool {
    let is_insert = a.span.is_empty() && a.span == b.span;
    let (Some(one), Some(other)) = (entry(&a.text), entry(&b.text)) else { return false };
    is_insert && one.lead == other.lead && one.tail == other.tail && one.key != other.key
}

/// An entry of a mapping in the text of an edit.
struct Entry<'t> {
    lead: &'t str,
    key: &'t str,
    tail: &'t str,
}

/// What stands before, in and behind the entry that `text` begins with, where it brings its own separator.
fn entry(text: &str) -> Option<Entry<'_>> {
    const AROUND: [char; 5] = [',', ' ', '\t', '\r', '\n'];
    let inner = text.trim_start_matches(AROUND);
    let lead = &text[..text.len() - inner.len()];
    let tail = &inner[inner.trim_end_matches(AROUND).len()..];
    let (key, _) = inner.split_once(':')?;
    let separates = |around: &str| around.contains([',', '\n', '\r']);
    let is_entry = !key.is_empty() && !key.contains(char::is_whitespace);
    (is_entry && separates(lead) != separates(tail)).then_some(Entry { lead, key, tail })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::{SourceId, Span};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(SourceId(0), start, end), text: text.to_owned() }
    }

    fn patch(edits: &[Edit]) -> Patch {
        let mut patch = Patch::default();
        for edit in edits {
            if patch.fits(edit) {
                patch.add(edit);
            }
        }
        patch
    }

    #[test]
    fn the_same_edit_is_made_once_and_edits_that_touch_are_not_made_together() {
        let first = edit(2, 4, "x");
        let mut patch = patch(std::slice::from_ref(&first));
        assert!(patch.fits(&first));
        patch.add(&first);
        assert_eq!(patch.apply("abcdef").as_deref(), Some("abxef"));
        for other in [edit(2, 4, "y"), edit(3, 5, ""), edit(4, 4, "y"), edit(0, 2, ""), edit(0, 6, "")] {
            assert!(!patch.fits(&other), "{other:?}");
        }
        assert!(patch.fits(&edit(5, 5, "y")) && patch.fits(&edit(0, 1, "")));
    }

    #[test]
    fn different_entries_can_be_put_at_one_place_and_equal_ones_cannot() {
        for (one, other, fits) in [
            ("\n  a: 1", "\n  b: 1", true),
            ("  a: 1\n", "  b: 1\n", true),
            (", a: 1", ", b: {c: d}", true),
            ("\n  a: 1", "\n  a: 2", false),
            ("\n  a: 1", "\n    b: 1", false),
            ("  a: 1\n", "\n  b: 1", false),
            ("a: 1", "b: 1", false),
            ("\n  - a", "\n  - b", false),
            ("\n  - a: 1", "\n  - b: 1", false),
        ] {
            let patch = patch(&[edit(3, 3, one)]);
            assert_eq!(patch.fits(&edit(3, 3, other)), fits, "{one:?} {other:?}");
        }
        let both = patch(&[edit(4, 4, "\nb: 1"), edit(4, 4, "\na: 1")]);
        assert_eq!(both.apply("x: 1\n").as_deref(), Some("x: 1\nb: 1\na: 1\n"));
    }

    #[test]
    fn edits_that_do_not_fit_their_text_make_none() {
        for bad in [edit(1, 2, ""), edit(0, 9, ""), edit(9, 9, "x")] {
            assert_eq!(patch(std::slice::from_ref(&bad)).apply("한a"), None, "{bad:?}");
        }
    }

    proptest! {
        /// Whatever the edits: those that are taken are all made, and every byte outside of them stays.
        #[test]
        fn what_no_edit_names_stays_in_its_order(
            text in "[a-z가-힣\n :]{0,40}",
            places in prop::collection::vec((0_u32..60, 0_u32..6, "[A-Z]{0,4}"), 0..12),
        ) {
            let edits: Vec<Edit> =
                places.iter().map(|(start, length, new)| edit(*start, start + length, new)).collect();
            let patch = patch(&edits);
            let sorted = patch.edits().windows(2).all(|pair| pair[0].span.end < pair[1].span.start);
            prop_assert!(sorted);
            let Some(out) = patch.apply(&text) else {
                let fits = |it: &Edit| text.get(it.span.range()).is_some();
                prop_assert!(!patch.edits().iter().all(fits));
                return Ok(());
            };
            // Undone from behind, the text is as it was.
            let mut back = out;
            let (mut added, mut taken) = (0, 0);
            let mut places = Vec::new();
            for edit in patch.edits() {
                places.push((edit.span.start as usize + added - taken, edit));
                added += edit.text.len();
                taken += edit.span.len() as usize;
            }
            for (at, edit) in places.into_iter().rev() {
                prop_assert_eq!(&back[at..at + edit.text.len()], edit.text.as_str());
                back.replace_range(at..at + edit.text.len(), &text[edit.span.range()]);
            }
            prop_assert_eq!(back, text);
        }
    }
}
