//! One kustomization file: found, checked against what kustomize accepts, and asked for its fields.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
};

use super::{
    BuildError, FILE_NAMES, Store,
    error::Errors,
    schema::{self, KUSTOMIZATION},
    store::Text,
};
use crate::{
    base::Span,
    kube::{self, Value},
    yaml::{Entry, Kind, Node, Style},
};

/// A kustomization that kustomize would load.
#[derive(Debug, Clone)]
pub(super) struct Kustomization<'a> {
    pub(super) folder: PathBuf,
    pub(super) text: Text<'a>,
    root: Option<Node<'a>>,
    /// The fields of the root, read once for many questions.
    fields: Vec<(Cow<'a, str>, Entry<'a>)>,
    pub(super) is_component: bool,
    /// Patches that no text holds, each with its target.
    pub(super) laid: Vec<(Node<'a>, Option<Node<'a>>)>,
}

/// A text of a kustomization, with its place.
#[derive(Debug, Clone)]
pub(super) struct Word<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) span: Span,
    pub(super) node: Node<'a>,
}

impl<'a> Word<'a> {
    pub(super) fn of(node: Node<'a>) -> Option<Self> {
        Some(Self { text: node.text()?, span: node.span(), node })
    }
}

impl<'a> Kustomization<'a> {
    /// Loads the kustomization of `folder`, a real path; `asked` is the entry that named the folder.
    pub(super) fn load(store: &'a Store<'a>, folder: &Path, asked: Option<Span>) -> Result<Self, Errors> {
        let found: Vec<_> = FILE_NAMES
            .iter()
            .filter_map(|name| store.look(folder, name))
            .filter(|it| !it.is_folder)
            .collect();
        let shown =
            folder.file_name().map_or_else(|| folder.to_string_lossy(), |name| name.to_string_lossy());
        let place = |fallback: Span| asked.unwrap_or(fallback);
        let nowhere = Span::at(crate::base::SourceId(u32::MAX), 0);
        let [file] = found.as_slice() else {
            let message = match found.first() {
                None => format!("`{shown}` has no kustomization.yaml"),
                Some(_) => format!("`{shown}` has more than one kustomization file"),
            };
            return Err(BuildError::invalid(place(nowhere), message).into());
        };
        let unreadable = |reason: String| {
            let name = file.real.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Errors::from(BuildError::invalid(
                place(nowhere),
                format!("cannot read `{shown}/{name}`: {reason}"),
            ))
        };
        let file = store.file(&file.real).map_err(unreadable)?;
        let text = store.text(file).ok_or_else(|| unreadable("it is no text".to_owned()))?;
        Self::read(text, folder)
    }

    fn read(text: Text<'a>, folder: &Path) -> Result<Self, Errors> {
        // Go's reader takes the first document and leaves the others alone.
        let document = text.parsed.documents().first();
        if let Some(error) = document.and_then(|document| document.error.as_ref()) {
            return Err(BuildError::invalid(error.span, error.message.clone()).into());
        }
        let root = document.and_then(|document| text.parsed.root(document));
        let root = root.filter(|root| !matches!(value(*root), Value::Null));
        Self::checked(text, folder, root)
    }

    fn checked(text: Text<'a>, folder: &Path, root: Option<Node<'a>>) -> Result<Self, Errors> {
        let errors = root.map(|root| schema::check(root, &KUSTOMIZATION)).unwrap_or_default();
        if !errors.is_empty() {
            return Err(errors);
        }
        let fields = root.into_iter().flat_map(Node::each_field);
        let fields = fields.filter_map(|it| Some((it.key.text()?, it))).collect();
        let folder = folder.to_path_buf();
        let mut own = Self { folder, text, root, fields, is_component: false, laid: Vec::new() };
        own.check_type()?;
        Ok(own)
    }

    /// The kustomization with these fields, in the name of `text`.
    pub(super) fn made(text: Text<'a>, folder: &Path, root: Node<'a>) -> Result<Self, Errors> {
        Self::checked(text, folder, Some(root))
    }

    /// All its fields.
    pub(super) fn root(&self) -> Option<Node<'a>> {
        self.root
    }

    fn check_type(&mut self) -> Result<(), Errors> {
        let kind = self.word("kind").filter(|kind| !kind.text.is_empty());
        self.is_component = kind.as_ref().is_some_and(|kind| kind.text == "Component");
        let name = if self.is_component { "Component" } else { "Kustomization" };
        if let Some(kind) = kind.filter(|kind| kind.text != name) {
            let message = format!("kind must be `Kustomization` or `Component`, not `{}`", kind.text);
            return Err(BuildError::invalid(kind.span, message).into());
        }
        let version = if self.is_component { "v1alpha1" } else { "v1beta1" };
        let expected = format!("kustomize.config.k8s.io/{version}");
        match self.word("apiVersion") {
            Some(own) if !own.text.is_empty() && own.text != expected => {
                Err(BuildError::invalid(own.span, format!("the apiVersion of a {name} is `{expected}`"))
                    .into())
            }
            _ => Ok(()),
        }
    }

    /// The place of the file as a whole: its first key.
    pub(super) fn head(&self) -> Span {
        self.root.map_or(Span::at(self.text.id, 0), Node::head)
    }

    /// The value of a field; `None` for null, too.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|it| it.value)
    }

    /// The key and value of a field.
    pub(super) fn entry(&self, key: &str) -> Option<Entry<'a>> {
        let exact = self.fields.iter().rev().find(|(own, _)| own == key);
        if let Some((_, exact)) = exact.filter(|(_, it)| !is_null(it.value)) {
            return Some(*exact);
        }
        let mut others = self.fields.iter();
        let mut found: Option<&(Cow<'a, str>, Entry<'a>)> = None;
        while let Some(other) = others.find(|(own, it)| own.eq_ignore_ascii_case(key) && !is_null(it.value)) {
            if found.is_none_or(|(first, _)| *first <= other.0) {
                found = Some(other);
            }
        }
        found.map(|(_, it)| *it)
    }

    /// The items of a list.
    pub(super) fn items(&self, key: &str) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.get(key).into_iter().flat_map(Node::items)
    }

    /// Whether a list has any.
    pub(super) fn has_items(&self, key: &str) -> bool {
        self.get(key).is_some_and(|list| list.items().next().is_some())
    }

    /// The texts of a list.
    pub(super) fn words(&self, key: &str) -> impl Iterator<Item = Word<'a>> + use<'a> {
        self.items(key).filter_map(Word::of)
    }

    /// A text.
    pub(super) fn word(&self, key: &str) -> Option<Word<'a>> {
        Word::of(self.get(key)?)
    }

    /// Whether it asks for nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        self.root.is_none_or(|root| {
            root.kind() != Kind::Mapping
                || !self.fields.iter().any(|(key, it)| {
                    let named = |name: &str| key.eq_ignore_ascii_case(name);
                    !named("apiVersion") && !named("kind") && !named("metadata") && !is_null(it.value)
                })
        })
    }
}

/// The value under `key` as Go's JSON reader finds it; see [`entry`].
pub(super) fn field<'a>(node: Node<'a>, key: &str) -> Option<Node<'a>> {
    entry(node, key).map(|it| it.value)
}

/// The entry that Go's JSON reader fills a field called `key` from: written in whatever case; of several the last
/// in the order of their bytes. Null counts as nothing.
pub(super) fn entry<'a>(node: Node<'a>, key: &str) -> Option<Entry<'a>> {
    if let Some(exact) = node.entry(key).filter(|it| !is_null(it.value)) {
        return Some(exact);
    }
    node.each_field()
        .filter(|it| it.key.is_in_any_case(key) && !is_null(it.value))
        .max_by(|a, b| a.key.text().cmp(&b.key.text()))
}

/// A node's value as Go's YAML 1.1 reader types it; what looks like a placeholder is text to it.
pub(super) fn value(node: Node<'_>) -> Value<'_> {
    match node.text().filter(|text| kube::is_placeholder(text)) {
        Some(text) => Value::Text(text),
        None => kube::value(node),
    }
}

/// Whether it is null.
pub(super) fn is_null(node: Node<'_>) -> bool {
    node.kind() == Kind::Scalar && node.style() == Style::Plain && matches!(value(node), Value::Null)
}

/// A text field of an entry; nothing when it is empty.
pub(super) fn word<'a>(node: Node<'a>, key: &str) -> Option<Word<'a>> {
    Word::of(field(node, key)?).filter(|word| !word.text.is_empty())
}

/// A boolean field of an entry.
pub(super) fn flag(node: Node<'_>, key: &str) -> bool {
    field(node, key).is_some_and(|it| matches!(value(it), Value::Bool(true)))
}
