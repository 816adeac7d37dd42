//! A text that an editor has open, kept in step with it, and the way from an older text to it.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use gen_lsp_types as lsp;

use super::{
    convert::Report,
    judgement::Judgement,
    position::{Counting, Encoding},
};
use crate::base::{LineIndex, Span, common_ends};

/// After so many changes without a run, places in the old text are given up.
const MOST_CHANGES: usize = 4096;

/// An open document.
#[derive(Debug)]
pub(super) struct Document {
    /// As the client writes it.
    pub(super) uri: lsp::Uri,
    /// The file it stands for, by its real path.
    pub(super) path: Option<PathBuf>,
    /// Of the client's counting.
    pub(super) version: i32,
    /// Of our own: no two states of any documents have the same.
    pub(super) state: u64,
    /// What it is now.
    pub(super) text: String,
    /// The lines of `text`.
    pub(super) lines: LineIndex,
    /// How it came here from the text of the last run that is done.
    pub(super) way: Way,
    /// The same from what the run under way has read; `None` when that is not this document.
    pub(super) fresh: Option<Way>,
    /// What is found in it, as long as nothing changes.
    pub(super) judged: Option<Arc<Judgement>>,
    /// What is shown of that.
    pub(super) report: Option<Arc<Report>>,
    /// The id of what the client was told last when it asked.
    pub(super) told: Option<String>,
}

/// Changes in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// The text that was changed, where it is known.
    old: Option<Arc<str>>,
    changes: Vec<Change>,
    is_lost: bool,
}

/// `removed` bytes at `start` gave way to `inserted` ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    start: u32,
    removed: u32,
    inserted: u32,
}

impl Document {
    /// A document as it was opened.
    pub(super) fn new(uri: lsp::Uri, path: Option<PathBuf>, version: i32, text: String) -> Self {
        let lines = LineIndex::new(&text);
        Self {
            uri,
            path,
            version,
            state: next_state(),
            text,
            lines,
            way: Way::default(),
            fresh: None,
            judged: None,
            report: None,
            told: None,
        }
    }

    /// How its client counts in it.
    pub(super) fn counting(&self, encoding: Encoding) -> Counting<'_> {
        Counting::open(&self.text, &self.lines, encoding)
    }

    /// Does what the editor did.
    pub(super) fn change(&mut self, event: lsp::TextDocumentContentChangeEvent, encoding: Encoding) {
        match event {
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(it) => {
                let counting = self.counting(encoding);
                let (a, b) = (counting.offset(it.range.start), counting.offset(it.range.end));
                self.replace(a.min(b), a.max(b), &it.text);
            }
            lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(it) => {
                if let Some((change, text)) = difference(&self.text, &it.text) {
                    let text = text.to_owned();
                    self.replace(change.start, change.start + change.removed, &text);
                }
            }
        }
    }

    fn replace(&mut self, start: u32, end: u32, text: &str) {
        // Places are counted in 32 bits; nobody edits a manifest of 4 GiB.
        if u32::try_from(self.text.len() + text.len()).is_err() {
            return;
        }
        self.text.replace_range(start as usize..end as usize, text);
        self.lines = LineIndex::new(&self.text);
        self.state = next_state();
        let change = Change { start, removed: end - start, inserted: text.len() as u32 };
        self.way.add(change);
        if let Some(fresh) = &mut self.fresh {
            fresh.add(change);
        }
        self.forget();
    }

    /// What was found is not what would be found now.
    pub(super) fn forget(&mut self) {
        self.judged = None;
        self.report = None;
    }
}

fn next_state() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

impl Way {
    /// From `old`, as yet unchanged.
    pub(super) fn from(old: Arc<str>) -> Self {
        Self { old: Some(old), ..Self::default() }
    }

    /// From `old` to `new` by a single change.
    pub(super) fn between(old: Arc<str>, new: &str) -> Self {
        let change = difference(&old, new).map(|(change, _)| change);
        Self { changes: change.into_iter().collect(), ..Self::from(old) }
    }

    /// From the same text to `new` by a single change, where that text is known.
    pub(super) fn straight(&self, new: &str) -> Option<Self> {
        Some(Self::between(self.old.clone()?, new))
    }

    /// Nothing is left of the old text.
    pub(super) fn lost() -> Self {
        Self { is_lost: true, ..Self::default() }
    }

    /// The text that was changed, where it is known.
    pub(super) fn old(&self) -> Option<&str> {
        self.old.as_deref()
    }

    /// The same changes of a text that nobody knows any more.
    #[cfg(test)]
    pub(super) fn without_text(&self) -> Self {
        Self { old: None, ..self.clone() }
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && !self.is_lost
    }

    fn add(&mut self, change: Change) {
        if self.changes.len() >= MOST_CHANGES {
            *self = Self::lost();
        } else if !self.is_lost {
            self.changes.push(change);
        }
    }

    /// Where `span` of the old text is now; `None` where a change took one of its ends away.
    pub(super) fn span(&self, span: Span) -> Option<Span> {
        if self.is_lost {
            return None;
        }
        self.changes.iter().try_fold(span, |span, change| change.moved(span))
    }
}

impl Change {
    fn moved(self, span: Span) -> Option<Span> {
        let end = self.start + self.removed;
        let shifted = |at: u32| at - self.removed + self.inserted;
        if span.end <= self.start {
            Some(span)
        } else if end <= span.start {
            Some(Span { start: shifted(span.start), end: shifted(span.end), ..span })
        } else if span.start <= self.start && end <= span.end {
            Some(Span { end: shifted(span.end), ..span })
        } else {
            None
        }
    }
}

/// The one change that makes `new` of `old`, and the text it inserts; `None` where they are the same.
pub(super) fn difference<'n>(old: &str, new: &'n str) -> Option<(Change, &'n str)> {
    if old == new {
        return None;
    }
    let (start, tail) = common_ends(old, new);
    let inserted = &new[start..new.len() - tail];
    let change = Change {
        start: start as u32,
        removed: (old.len() - tail - start) as u32,
        inserted: inserted.len() as u32,
    };
    Some((change, inserted))
}

impl Change {
    /// What it takes away of the old text in `source`.
    pub(super) fn span(self, source: crate::base::SourceId) -> Span {
        Span::new(source, self.start, self.start + self.removed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::base::SourceId;

    fn document(text: &str) -> Document {
        Document::new("file:///a.yaml".into(), None, 1, text.to_owned())
    }

    fn partial(start: (u32, u32), end: (u32, u32), text: &str) -> lsp::TextDocumentContentChangeEvent {
        let position = |(line, character)| lsp::Position { line, character };
        let range = lsp::Range { start: position(start), end: position(end) };
        serde_json::from_value(serde_json::json!({"range": range, "text": text})).unwrap()
    }

    fn whole(text: &str) -> lsp::TextDocumentContentChangeEvent {
        serde_json::from_value(serde_json::json!({"text": text})).unwrap()
    }

    const PIECES: [&str; 8] = ["a: b\n", "안녕", "😀", "\r\n", "\r", "- x", "\u{feff}", "é"];

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn edits_by_range_come_to_the_same_as_the_whole_text(
            start in text(),
            edits in prop::collection::vec((0_u32..8, 0_u32..20, 0_u32..8, 0_u32..20, text()), 0..8),
            utf8 in any::<bool>(),
        ) {
            let encoding = if utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
            let mut document = document(&start);
            let mut model = start.clone();
            for (line, column, to_line, to_column, text) in edits {
                let place = |line: u32, column: u32| naive_offset(&model, line, column, utf8);
                let (a, b) = (place(line, column), place(to_line, to_column));
                model.replace_range(a.min(b)..a.max(b), &text);
                document.change(partial((line, column), (to_line, to_column), &text), encoding);
                prop_assert_eq!(&document.text, &model);
            }
            let mut full = self::document(&start);
            full.change(whole(&model), encoding);
            prop_assert_eq!(&full.text, &model);
            prop_assert_eq!(full.lines.line_count(), document.lines.line_count());
        }

        #[test]
        fn what_no_change_touches_is_found_again(old in text(), new in text()) {
            let way = Way::between(old.as_str().into(), &new);
            let id = SourceId(0);
            for (at, c) in old.char_indices() {
                let span = Span::new(id, at as u32, (at + c.len_utf8()) as u32);
                if let Some(moved) = way.span(span) {
                    // A change inside a character replaces all of it, so what is found is whole.
                    prop_assert!(new.is_char_boundary(moved.start as usize));
                    prop_assert!(new.is_char_boundary(moved.end as usize));
                }
            }
            let mut made = document(&old);
            made.change(whole(&new), Encoding::Utf16);
            prop_assert_eq!(made.text, new);
        }
    }

    /// As the protocol words it, character by character.
    fn naive_offset(text: &str, line: u32, column: u32, utf8: bool) -> usize {
        let (mut row, mut units) = (0, 0);
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let is_pair = c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
            let is_break = c == '\n' || c == '\r';
            let width = if utf8 { c.len_utf8() } else { c.len_utf16() } as u32;
            if row == line && (is_break || units + width > column) {
                return at;
            }
            if is_break {
                if is_pair {
                    chars.next();
                }
                row += 1;
                units = 0;
            } else if row == line {
                units += width;
            }
        }
        text.len()
    }

    #[test]
    fn a_place_moves_with_what_stands_before_it_and_goes_with_its_own_text() {
        let id = SourceId(0);
        let way = Way::between("ab: cd".into(), "aXb: cd");
        assert_eq!(way.span(Span::new(id, 4, 6)), Some(Span::new(id, 5, 7)));
        assert_eq!(way.span(Span::new(id, 0, 1)), Some(Span::new(id, 0, 1)));
        let gone = Way::between("ab: cdef".into(), "ab: c");
        assert_eq!(gone.span(Span::new(id, 6, 8)), None);
        assert_eq!(Way::lost().span(Span::new(id, 0, 1)), None);
    }
}
