//! Changed texts, before anything is written.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::encode;
use crate::{
    base::{Encoding, Source},
    engine::Request,
};

/// One changed text.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What was read.
    pub before: Arc<str>,
    /// What is to stand there.
    pub after: Arc<str>,
    /// How the file spells both.
    pub encoding: Encoding,
}

impl Draft {
    /// The bytes that were read.
    pub fn old_bytes(&self) -> Vec<u8> {
        encode(&self.before, self.encoding)
    }

    /// The bytes to write.
    pub fn new_bytes(&self) -> Vec<u8> {
        encode(&self.after, self.encoding)
    }
}

/// Changed texts by the shown paths of their files.
#[derive(Debug, Clone, Default)]
pub struct Drafts(BTreeMap<String, Draft>);

impl Drafts {
    /// The changed texts in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Draft)> {
        self.0.iter().map(|(path, draft)| (path.as_str(), draft))
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lets each changed text stand for its file in `request`; `base` is the folder to which paths are relative.
    pub fn lay(&self, request: &mut Request<'_>, base: &Path) {
        for (path, draft) in &self.0 {
            match &mut request.stdin {
                Some(stdin) if stdin.name == *path => stdin.bytes = draft.new_bytes(),
                _ => request.buffers.insert(&base.join(path), draft.new_bytes()),
            }
        }
    }

    /// Puts `text` in the place of what `source` says.
    pub(super) fn change(&mut self, source: &Source, text: String) {
        let draft = self.0.entry(source.path.clone()).or_insert_with(|| Draft {
            before: source.text.as_str().into(),
            after: Arc::default(),
            encoding: source.encoding,
        });
        draft.after = text.into();
    }

    /// Forgets texts that are as they were.
    pub(super) fn tidy(&mut self) {
        self.0.retain(|_, draft| draft.before != draft.after);
    }
}
