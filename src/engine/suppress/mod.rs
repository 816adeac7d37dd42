//! Findings that a comment or an annotation in a manifest silences, and what is said about those that do not work.

mod add;
mod comment;
mod cover;
mod migrate;
mod peer;
mod read;
mod settle;

use std::sync::Arc;

use crate::{
    base::{Day, Diagnostic, Edit, ObjectId, Span},
    rule::Registry,
};

pub use add::{Added, Left, add_ignores, check_reason};
pub use migrate::{Migrated, may_migrate, migrate};
pub use read::open_list;
pub(super) use read::{may_differ_for_file, may_hold_for_file, of_object, of_text};
pub(super) use settle::{by_annotations, once, settle};

/// That comments and annotations silence findings, and what is needed to understand them.
#[derive(Debug, Clone, Copy)]
pub struct Silencing<'r> {
    /// Every rule that can be named, whether it runs or not.
    pub registry: &'r Registry,
    /// What a day in a comment is compared with.
    pub today: Day,
    /// The marks of other tools silence, too.
    pub peers: bool,
}

/// A finding that is not told.
#[derive(Debug, Clone)]
pub struct Ignored {
    /// What was found.
    pub finding: Diagnostic,
    /// Why it is silenced, in the words of the author; empty where none were given.
    pub reason: String,
    /// The comment, or the annotation's value; `None` where a configuration says so.
    pub place: Option<Span>,
    /// The other tool whose mark it is.
    pub peer: Option<&'static str>,
}

/// One comment or annotation.
#[derive(Debug, Clone)]
pub(super) struct Silence {
    /// The comment, or the annotation's value.
    pub(super) place: Span,
    /// The findings that lie here.
    pub(super) covers: Span,
    /// The findings about this object, wherever they lie, and no others.
    pub(super) object: Option<Arc<ObjectId>>,
    /// What it asks for, or what is wrong with it.
    pub(super) order: Result<Order, String>,
    /// Mistakes in it are reported: it stands in a file that is linted.
    pub(super) is_told: bool,
    /// All findings that it could silence were looked for.
    pub(super) is_whole: bool,
    /// The other tool whose mark it is: nothing is said about such a mark.
    pub(super) peer: Option<&'static str>,
    /// What goes when it goes as a whole; `None` for what is no comment.
    pub(super) cut: Option<Span>,
    /// How it was meant, where it is wrong and that is plain.
    pub(super) mend: Option<Mend>,
}

/// The words that a comment was meant to have.
#[derive(Debug, Clone)]
pub(super) struct Mend {
    /// The rules and families that it names.
    pub(super) names: Vec<String>,
    /// Writes them well.
    pub(super) edit: Edit,
}

/// Whether `text`, from its `#` on, is a comment that silences.
pub(super) fn is_silence(text: &str) -> bool {
    matches!(comment::read(text), Some(Ok(_)))
}

/// What a comment or annotation asks for.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) names: Vec<Name>,
    pub(super) reason: String,
    pub(super) until: Option<Day>,
}

/// A selector as written.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
    /// What goes when the selector goes: the comment as a whole where it names nothing else.
    pub(super) cut: Option<Span>,
    pub(super) is_used: bool,
}

impl Silence {
    /// Whether `finding` lies in its reach.
    fn reaches(&self, finding: &Diagnostic) -> bool {
        if let Some(object) = &self.object {
            return finding.subject.as_ref().is_some_and(|subject| subject.object == *object);
        }
        self.covers_start(finding.primary.span)
    }

    /// Whether `place` begins in what it covers.
    fn covers_start(&self, place: Span) -> bool {
        let Span { source, start, end } = self.covers;
        place.source == source && (place.start == start || (start..end).contains(&place.start))
    }
}
