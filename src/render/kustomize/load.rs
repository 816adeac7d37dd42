//! From an entry of a kustomization to what it names.

use super::{
    BuildError, Content, Found, Resource, Store,
    error::Errors,
    kustomization::{Kustomization, Word, is_null},
    library::lies_in,
    store::Text,
};
use crate::{
    base::Span,
    kube::{Value, value},
    yaml::{Kind, Node, Parsed, Tree, duplicate_keys},
};

/// What an entry may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A file, or the folder of a kustomization.
    Resource,
    /// The folder of a component.
    Component,
    /// A file.
    File,
}

/// Finds what `entry` of `own` names.
///
/// # Errors
/// When it is not there, is elsewhere, or kustomize may not read it.
pub(super) fn find<'a>(
    store: &'a Store<'a>,
    own: &Kustomization<'a>,
    entry: &Word<'a>,
    wanted: Wanted,
) -> Result<&'a Found, BuildError> {
    let shown = entry.text.lines().next().unwrap_or_default();
    if entry.text.is_empty() {
        return Err(BuildError::invalid(entry.span, "an empty path"));
    }
    let Some(found) = store.look(&own.folder, &entry.text) else {
        return Err(if is_remote(&entry.text) {
            BuildError::offline(entry.span, format!("`{shown}` is not in this repository"))
        } else {
            BuildError::invalid(entry.span, format!("`{shown}` does not exist"))
        });
    };
    if found.is_folder {
        return match wanted {
            Wanted::File => {
                Err(BuildError::invalid(entry.span, format!("`{shown}` is a folder, not a file")))
            }
            _ if entry.text.starts_with('/') => {
                Err(BuildError::invalid(entry.span, format!("`{shown}` must be a relative path")))
            }
            _ => Ok(found),
        };
    }
    if !lies_in(&found.real, &own.folder) {
        let message =
            format!("`{shown}` lies outside of the kustomization's folder: kustomize does not read it");
        return Err(BuildError::invalid(entry.span, message));
    }
    Ok(found)
}

/// Whether kustomize would fetch it from somewhere.
pub(super) fn is_remote(entry: &str) -> bool {
    const HOSTS: [&str; 5] = ["github.com", "gitlab.com", "bitbucket.org", "git@", "git::"];
    let lower = entry.to_ascii_lowercase();
    lower.contains("://")
        || HOSTS.iter().any(|host| lower.starts_with(host))
        || lower.contains("?ref=")
        || lower.contains(".git/")
        || lower.strip_suffix(".git").is_some()
}

/// The text of `found`.
pub(super) fn text<'a>(
    store: &'a Store<'a>,
    own: &Kustomization<'a>,
    entry: &Word<'a>,
    found: &Found,
) -> Result<Text<'a>, Errors> {
    let _ = own;
    let unreadable = |reason: &str| {
        Errors::from(BuildError::invalid(entry.span, format!("cannot read `{}`: {reason}", entry.text)))
    };
    let file = store.file(&found.real).map_err(|reason| unreadable(&reason))?;
    store.text(file).ok_or_else(|| unreadable("it is no text"))
}

/// What `found` holds, text or not.
pub(super) fn content<'a>(
    store: &'a Store<'a>,
    entry: Span,
    name: &str,
    found: &Found,
) -> Result<&'a Content, BuildError> {
    let file = store.file(&found.real);
    file.map(|file| file.content)
        .map_err(|reason| BuildError::invalid(entry, format!("cannot read `{name}`: {reason}")))
}

/// The objects of `text`, those of lists after all others; `entry` is what named the text.
pub(super) fn objects(text: Text<'_>, entry: Span) -> Result<Vec<Resource<'_>>, Errors> {
    objects_of(text.parsed, entry)
}

/// The objects of a parsed text.
pub(super) fn objects_of<'a>(parsed: &'a Parsed<'a>, entry: Span) -> Result<Vec<Resource<'a>>, Errors> {
    check_syntax(parsed, entry)?;
    objects_in(parsed.documents().iter().filter_map(|document| parsed.root(document)).collect(), entry)
}

/// The objects at `roots`, those of lists after all others.
pub(super) fn objects_in(roots: Vec<Node<'_>>, entry: Span) -> Result<Vec<Resource<'_>>, Errors> {
    let mut found = Vec::new();
    let mut queue = std::collections::VecDeque::from(roots);
    let mut errors = Vec::new();
    while let Some(root) = queue.pop_front() {
        if is_nothing(root) {
            continue;
        }
        match check_object(root) {
            Err(error) => errors.push(error.relate(entry, "named here")),
            Ok(Object::List(items)) => queue.extend(items),
            Ok(Object::One) => found.push(Resource::new(Tree::Link(root), root.span())),
        }
    }
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

/// Whether every document of `parsed` could be read.
pub(super) fn check_syntax(parsed: &Parsed<'_>, entry: Span) -> Result<(), Errors> {
    // kubectl reads JSON objects one behind the other, kustomize does not.
    let glued = parsed.documents().windows(2).find(|pair| pair[0].end == pair[1].start);
    if let Some(second) = glued.and_then(|pair| parsed.root(&pair[1])) {
        let message = "a second JSON object: kustomize wants a `---` line before it";
        return Err(BuildError::invalid(Span::at(second.span().source, second.span().start), message)
            .relate(entry, "named here")
            .into());
    }
    let broken = parsed.documents().iter().filter_map(|document| document.error.as_ref());
    let errors: Errors = broken
        .map(|error| BuildError::invalid(error.span, error.message.clone()).relate(entry, "named here"))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

enum Object<'a> {
    One,
    List(Vec<Node<'a>>),
}

fn is_nothing(root: Node<'_>) -> bool {
    is_null(root) || root.kind() == Kind::Mapping && root.entries().next().is_none()
}

/// What kustomize demands of an object: a kind, and a name unless it is a list.
fn check_object(root: Node<'_>) -> Result<Object<'_>, BuildError> {
    if root.kind() != Kind::Mapping {
        return Err(BuildError::invalid(root.head(), "this is no object: objects are mappings"));
    }
    let kind = root.get("kind").and_then(Node::text).unwrap_or_default();
    if kind.is_empty() {
        return Err(BuildError::invalid(root.head(), "the object has no `kind`"));
    }
    let is_list = kind.ends_with("List");
    if is_list && let Some(items) = root.get("items") {
        return list(items);
    }
    let metadata = root.get("metadata");
    let name = metadata.and_then(|it| it.get("name")).filter(|it| !matches!(value(*it), Value::Null));
    if !is_list && name.and_then(Node::text).is_none_or(|name| name.is_empty()) {
        return Err(BuildError::invalid(root.head(), format!("the {kind} has no `metadata.name`")));
    }
    if let Some((first, repeated)) = duplicate_keys(root).first() {
        let (first, repeated) = (first.key, repeated.key);
        let message = format!("the key `{}` is there twice", repeated.text().unwrap_or_default());
        return Err(
            BuildError::invalid(repeated.span(), message).relate(first.span(), "it stands here first")
        );
    }
    Ok(Object::One)
}

fn list(items: Node<'_>) -> Result<Object<'_>, BuildError> {
    if is_null(items) {
        return Ok(Object::List(Vec::new()));
    }
    if items.kind() != Kind::Sequence {
        return Err(BuildError::invalid(items.head(), "the `items` of a list must be a list"));
    }
    Ok(Object::List(items.items().collect()))
}
