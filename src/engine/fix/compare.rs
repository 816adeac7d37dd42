//! Proves that a changed text says the same as before wherever no edit touched it.

use std::collections::BTreeMap;

use super::{patch::Patch, segments::Segments};
use crate::{
    base::{SourceId, Span},
    engine::suppress::is_silence,
    yaml::{self, Document, Entry, Kind, Limits, Node, Parsed},
};

/// How deep two trees are compared; deeper ones are taken for different.
const DEPTH: usize = 1000;

/// Why a change cannot be made, without a period.
pub(super) type Why = String;

/// Checks that `after`, which is `before` with `patch`, can be read, has all comments and line ends of before, and
/// differs in nothing that no edit touched.
///
/// # Errors
/// The first reason against it.
pub(super) fn compare(before: &str, after: &str, patch: &Patch, limits: &Limits) -> Result<(), Why> {
    if has_only_crlf(before) && !has_only_crlf(after) {
        return Err("it would mix line endings".to_owned());
    }
    let id = SourceId(0);
    let (old, new) = (yaml::parse(id, before, limits), yaml::parse(id, after, limits));
    let compare = Compare { old: &old, new: &new, segments: Segments::of(patch.edits()) };
    compare.documents()?;
    compare.comments()
}

/// Whether there are line breaks, and all of them are `\r\n`.
fn has_only_crlf(text: &str) -> bool {
    let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).count();
    breaks > 0 && breaks == memchr::memmem::find_iter(text.as_bytes(), "\r\n").count()
}

struct Compare<'c> {
    old: &'c Parsed<'c>,
    new: &'c Parsed<'c>,
    segments: Segments,
}

impl Compare<'_> {
    fn documents(&self) -> Result<(), Why> {
        let (old, new) = (self.old.documents(), self.new.documents());
        if let Some(error) = new.iter().zip(old).find_map(|(new, old)| new_error(old, new)) {
            return Err(format!("the result would not be valid YAML: {error}"));
        }
        if old.len() != new.len() {
            return Err("the number of documents would change".to_owned());
        }
        old.iter().zip(new).try_for_each(|(old, new)| self.document(old, new))
    }

    fn document(&self, old: &Document, new: &Document) -> Result<(), Why> {
        if old.error.is_some() && self.segments.reaches(old.start, old.end) {
            return Err("its document cannot be read to its end".to_owned());
        }
        if old.beyond_go_yaml.is_none() && new.beyond_go_yaml.is_some() {
            return Err("kubectl could not read the result".to_owned());
        }
        match (self.old.root(old), self.new.root(new)) {
            (Some(old), Some(new)) => self.node(old, new, 0),
            (None, None) => Ok(()),
            (Some(old), None) if self.is_taken(old.span()) => Ok(()),
            (None, Some(new)) if self.is_brought(new.span()) => Ok(()),
            _ => Err("a document would be lost or come to be".to_owned()),
        }
    }

    fn node(&self, old: Node<'_>, new: Node<'_>, depth: usize) -> Result<(), Why> {
        let differs = || Err(self.differs(old));
        if depth > DEPTH {
            return differs();
        }
        if old.via().is_some() || new.via().is_some() {
            // What an alias stands for is compared where that is written.
            let is_same = old.via().is_some() && new.via().is_some() && self.says(old) == self.says_new(new);
            return if is_same || self.is_cut(site(old)) { Ok(()) } else { differs() };
        }
        if !self.has_same_properties(old, new) {
            return differs();
        }
        match (old.kind(), new.kind()) {
            (Kind::Scalar, Kind::Scalar) => {
                let is_same = old.style() == new.style() && old.text() == new.text();
                if is_same || self.is_cut(old.span()) || self.is_wrapped(old, new) {
                    Ok(())
                } else {
                    differs()
                }
            }
            (Kind::Mapping, Kind::Mapping) => self.mapping(old, new, depth),
            (Kind::Sequence, Kind::Sequence) => self.sequence(old, new, depth),
            _ if self.is_emptied(old) && self.is_filled(new) => Ok(()),
            _ => differs(),
        }
    }

    fn mapping(&self, old: Node<'_>, new: Node<'_>, depth: usize) -> Result<(), Why> {
        let kept: Vec<Entry<'_>> = old.entries().filter(|it| !self.is_taken(whole(it))).collect();
        let (brought, found): (Vec<Entry<'_>>, Vec<_>) =
            new.entries().partition(|it| self.is_brought(whole(it)));
        if kept.len() != found.len() {
            return Err(self.differs(old));
        }
        for entry in &brought {
            let twin = new.entries().filter(|it| it.key.text() == entry.key.text()).count();
            if let (true, Some(key)) = (twin > 1, entry.key.text()) {
                return Err(format!("`{key}` would be there twice"));
            }
        }
        kept.iter().zip(&found).try_for_each(|(old, new)| {
            self.node(old.key, new.key, depth + 1)?;
            self.node(old.value, new.value, depth + 1)
        })
    }

    fn sequence(&self, old: Node<'_>, new: Node<'_>, depth: usize) -> Result<(), Why> {
        let kept: Vec<Node<'_>> = old.items().filter(|it| !self.is_taken(site(*it))).collect();
        let found: Vec<Node<'_>> = new.items().filter(|it| !self.is_brought(site(*it))).collect();
        if kept.len() != found.len() {
            return Err(self.differs(old));
        }
        kept.into_iter().zip(found).try_for_each(|(old, new)| self.node(old, new, depth + 1))
    }

    fn has_same_properties(&self, old: Node<'_>, new: Node<'_>) -> bool {
        let anchor = |parsed: &Parsed<'_>, span: Option<Span>| {
            span.and_then(|span| parsed.text().get(span.range()).map(str::to_owned))
        };
        let is_same_anchor = anchor(self.old, old.anchor()) == anchor(self.new, new.anchor())
            || old.anchor().is_some_and(|span| self.is_cut(span))
            || new.anchor().is_some_and(|span| self.is_brought(span));
        let tag = || self.segments.stands_beside(old.span().start, old.span().end) || self.is_cut(old.span());
        is_same_anchor && (old.tag() == new.tag() || tag())
    }

    /// Whether edits on its line add to a scalar, such as quotes, and leave all that it had.
    fn is_wrapped(&self, old: Node<'_>, new: Node<'_>) -> bool {
        let holds = self.says_new(new).zip(self.says(old)).is_some_and(|(new, old)| new.contains(old));
        holds && self.segments.stands_beside(old.span().start, old.span().end)
    }

    /// Whether the edits take all that stands in `old`.
    fn is_emptied(&self, old: Node<'_>) -> bool {
        match old.kind() {
            Kind::Scalar => self.is_cut(old.span()),
            Kind::Mapping => old.entries().all(|it| self.is_taken(whole(&it))),
            Kind::Sequence => old.items().all(|it| self.is_taken(site(it))),
        }
    }

    /// Whether the edits bring all that stands in `new`.
    fn is_filled(&self, new: Node<'_>) -> bool {
        match new.kind() {
            Kind::Scalar => new.span().is_empty() || self.is_brought(new.span()),
            Kind::Mapping => new.entries().all(|it| self.is_brought(whole(&it))),
            Kind::Sequence => new.items().all(|it| self.is_brought(site(it))),
        }
    }

    fn is_taken(&self, span: Span) -> bool {
        self.segments.takes(span.start, span.end)
    }

    fn is_brought(&self, span: Span) -> bool {
        self.segments.brings(span.start, span.end)
    }

    fn is_cut(&self, span: Span) -> bool {
        self.segments.cuts(span.start, span.end)
    }

    fn says(&self, old: Node<'_>) -> Option<&str> {
        self.old.text().get(site(old).range())
    }

    fn says_new(&self, new: Node<'_>) -> Option<&str> {
        self.new.text().get(site(new).range())
    }

    fn differs(&self, old: Node<'_>) -> Why {
        let before = self.old.text().as_bytes().get(..site(old).start as usize).unwrap_or_default();
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        format!("it would change more than it should, at line {line}")
    }

    /// Every comment is still there, but for those that silence and that an edit takes with nothing but themselves.
    fn comments(&self) -> Result<(), Why> {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for comment in self.new.comments() {
            *left.entry(text_of(self.new, comment)).or_default() += 1;
        }
        for comment in self.old.comments() {
            let text = text_of(self.old, comment);
            match left.get_mut(text) {
                Some(count) if *count > 0 => *count -= 1,
                _ if is_silence(text) && self.is_edited_alone(comment) => {}
                _ => return Err(format!("the comment `{}` would be lost", text.trim_end())),
            }
        }
        Ok(())
    }

    /// Whether an edit takes from this comment, and nothing around it but its line break and blanks.
    fn is_edited_alone(&self, comment: &yaml::Comment) -> bool {
        let outside =
            |start: u32, end: u32| self.old.text().get(start as usize..end as usize).unwrap_or_default();
        self.segments.taken_from(comment.start, comment.end).is_some_and(|(start, end)| {
            let before = outside(start, comment.start.max(start));
            let behind = outside(comment.end.min(end), end);
            before.trim().is_empty() && behind.trim().is_empty()
        })
    }
}

fn text_of<'t>(parsed: &Parsed<'t>, comment: &yaml::Comment) -> &'t str {
    parsed.text().get(comment.start as usize..comment.end as usize).unwrap_or_default()
}

/// What is wrong with `new` that was not with `old`.
fn new_error<'d>(old: &Document, new: &'d Document) -> Option<&'d str> {
    let error = new.error.as_ref().filter(|_| old.error.is_none())?;
    Some(&error.message)
}

/// Where a node stands: the alias, where there is one.
fn site(node: Node<'_>) -> Span {
    node.via().unwrap_or_else(|| node.span())
}

/// An entry from its key to the end of its value.
fn whole(entry: &Entry<'_>) -> Span {
    let (key, value) = (site(entry.key), site(entry.value));
    Span { source: key.source, start: key.start, end: value.end.max(key.end) }
}
