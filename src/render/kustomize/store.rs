//! The texts of some kustomizations, each parsed once.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, OnceLock},
};

use super::{Content, Found, Gathered, arena::Arena, gather::Uses};
use crate::{
    base::{Source, SourceId},
    kube,
    yaml::{Limits, Parsed, Texts, Tree, parse, parse_filtered},
};

/// Gathered texts and what they parse to. Shared by threads.
#[derive(Debug)]
pub struct Store<'t> {
    gathered: &'t Gathered,
    parsed: Vec<OnceLock<Parsed<'t>>>,
    /// The numbers of texts by their ids.
    by_id: HashMap<SourceId, usize>,
    /// Texts inside texts.
    inline: Arena<Parsed<'t>>,
    /// Trees that others refer into.
    trees: Arena<Tree<'t>>,
    limits: Limits,
    /// Documents with a CustomResourceDefinition are passed over, as if they were not there.
    without_definitions: bool,
}

/// A text of the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) id: SourceId,
    pub(super) parsed: &'a Parsed<'a>,
}

/// A file of the store that could be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) content: &'a Content,
    number: usize,
}

impl<'t> Store<'t> {
    /// A store of everything gathered; nothing is parsed yet.
    pub fn new(gathered: &'t Gathered, limits: &Limits) -> Self {
        let parsed = gathered.files().iter().map(|_| OnceLock::new()).collect();
        let ids = gathered.files().iter().enumerate().filter_map(|(number, (_, content))| match content {
            Ok(Content::Text(source)) => Some((source.id, number)),
            _ => None,
        });
        Self {
            gathered,
            parsed,
            by_id: ids.collect(),
            inline: Arena::default(),
            trees: Arena::default(),
            limits: *limits,
            without_definitions: false,
        }
    }

    /// A store that passes over every CustomResourceDefinition: their schemas are most of the bytes of many
    /// repositories, no rule looks at them, and few kustomizations change them. A build that misses one fails; it
    /// has to be done again with [`Store::new`].
    pub fn without_definitions(gathered: &'t Gathered, limits: &Limits) -> Self {
        Self { without_definitions: true, ..Self::new(gathered, limits) }
    }

    fn parse(&self, number: usize, source: &'t Source) -> Parsed<'t> {
        if let Some(known) = self.gathered.parsed(number).filter(|_| self.limits == Limits::default()) {
            let known = known.over(&source.text);
            if !self.without_definitions || !holds_definition(&known) {
                return known;
            }
        }
        let keep = |document: &str| !self.without_definitions || !kube::is_definition(document);
        parse_filtered(source.id, &source.text, &self.limits, keep)
    }

    /// The text of `id` and what it parses to, where the store holds it.
    pub fn parsed(&self, id: SourceId) -> Option<(&'t Arc<Source>, &Parsed<'t>)> {
        let number = *self.by_id.get(&id)?;
        let Ok(Content::Text(source)) = &self.gathered.files().get(number)?.1 else { return None };
        let parsed = self.parsed.get(number)?.get_or_init(|| self.parse(number, source));
        Some((source, parsed))
    }

    /// What was found at `entry`, as written in a file of `folder`.
    pub(super) fn look(&self, folder: &Path, entry: &str) -> Option<&'t Found> {
        self.gathered.look(folder, entry)
    }

    /// The limits that texts are parsed with.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Keeps the parsed part of a text.
    pub(super) fn keep_parsed(&self, parsed: Parsed<'t>) -> &Parsed<'t> {
        self.inline.keep(parsed)
    }

    /// Keeps a tree.
    pub(super) fn keep_tree(&self, tree: Tree<'t>) -> &Tree<'t> {
        self.trees.keep(tree)
    }

    /// The text of an id.
    pub(super) fn text_by_id(&self, id: SourceId) -> Option<&'t str> {
        self.gathered.files().iter().find_map(|(_, content)| match content {
            Ok(Content::Text(source)) if source.id == id => Some(source.text.as_str()),
            _ => None,
        })
    }

    /// The texts, by real path, with their ids.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'t Path, SourceId)> + use<'t> {
        self.gathered.files().iter().filter_map(|(path, content)| match content {
            Ok(Content::Text(source)) => Some((path.as_path(), source.id)),
            _ => None,
        })
    }

    /// The text with this id.
    pub(super) fn text_of(&self, id: SourceId) -> Option<Text<'_>> {
        let number = *self.by_id.get(&id)?;
        let content = self.gathered.files().get(number)?.1.as_ref().ok()?;
        self.text(File { content, number })
    }

    /// The file at `real`.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(super) fn file<'a>(&'a self, real: &Path) -> Result<File<'a>, String> {
        let number = self.gathered.number(real).ok_or_else(|| "it was not read".to_owned())?;
        self.file_of(number)
    }

    /// The file of `number`.
    ///
    /// # Errors
    /// Why it could not be read.
    pub(super) fn file_of(&self, number: usize) -> Result<File<'_>, String> {
        match self.gathered.files().get(number) {
            Some((_, Ok(content))) => Ok(File { content, number }),
            Some((_, Err(reason))) => Err(reason.clone()),
            None => Err("it was not read".to_owned()),
        }
    }

    /// What the kustomization in `folder` names.
    pub(super) fn uses(&self, folder: &Path) -> Option<&Uses> {
        self.gathered.uses(folder)
    }

    /// The text of `file`; `None` when it is none.
    pub(super) fn text<'a>(&'a self, file: File<'a>) -> Option<Text<'a>> {
        let Content::Text(source) = file.content else { return None };
        let slot = self.parsed.get(file.number)?;
        let parsed: &'a Parsed<'a> = slot.get_or_init(|| {
            let Some((_, Ok(Content::Text(source)))) = self.gathered.files().get(file.number) else {
                return parse(source.id, "", &self.limits);
            };
            self.parse(file.number, source)
        });
        Some(Text { id: source.id, parsed })
    }
}

impl Texts for Store<'_> {
    fn parsed(&self, id: SourceId) -> Option<&Parsed<'_>> {
        Store::parsed(self, id).map(|(_, parsed)| parsed)
    }
}

/// Whether a store without definitions passes over one of the documents.
fn holds_definition(parsed: &Parsed<'_>) -> bool {
    parsed.documents().iter().any(|document| {
        let text = parsed.text().get(document.start as usize..document.end as usize);
        text.is_some_and(kube::is_definition)
    })
}
