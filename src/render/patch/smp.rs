//! Strategic merge: a partial object laid over a whole one, as kubectl's kustomize does it, its oddities included, for what
//! it builds is what the cluster gets.

use super::{PatchError, list, schema::Schema};
use crate::yaml::{Entry, Kind, Node, Style, Tree, Value};

/// What became of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merged {
    /// It is there still, changed or not.
    Kept,
    /// The patch deletes it.
    Deleted,
}

/// The key of a directive.
const DIRECTIVE: &str = "$patch";

/// What a patch says to do with what it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Lays `patch` over `target`, both whole documents, by the lists of `schema`. Whatever the patch does not name
/// keeps its place; a merged mapping or list keeps the target's; a value that is set takes the patch's.
///
/// As in kubectl: `$patch: replace` at the root does nothing, nor does it on an element of a list; a key without a value disappears even where the patch does not name it, so do elements of the
/// same key in lists that merge, and a plain value set over a quoted one is text.
///
/// # Errors
/// [`PatchError`] when a list, a mapping and a value meet, or a `$patch` is none that exists.
pub fn merge<'a>(target: &mut Tree<'a>, patch: Node<'a>, schema: Schema<'_>) -> Result<Merged, PatchError> {
    // At the root of an object, kustomize loses what it replaces it with.
    if patch.kind() == Kind::Mapping && directive(patch)? == Some(Directive::Replace) {
        return Ok(Merged::Kept);
    }
    Ok(if overlay(target, patch, schema)? { Merged::Kept } else { Merged::Deleted })
}

/// Whether `node` is a null, written or not.
pub(super) fn is_null(node: Node<'_>) -> bool {
    node.style() == Style::Plain
        && matches!(node.tag(), None | Some("!!null"))
        && ["", "~", "null", "Null", "NULL"].iter().any(|it| node.is(it))
}

/// Lays `patch` over `dest`; false when nothing is to be left of it.
pub(super) fn overlay<'a>(
    dest: &mut Tree<'a>,
    patch: Node<'a>,
    schema: Schema<'_>,
) -> Result<bool, PatchError> {
    if is_null(patch) {
        return Ok(false);
    }
    if is_null(dest.node()) {
        let Some(value) = fresh(patch, schema)? else { return Ok(false) };
        *dest = value;
        return Ok(true);
    }
    if dest.kind() != patch.kind() {
        return Err(mismatch(dest.kind(), patch));
    }
    match patch.kind() {
        Kind::Scalar => set_scalar(dest, patch),
        Kind::Mapping => return overlay_mapping(dest, patch, schema),
        Kind::Sequence => match schema.merge_keys() {
            Some(keys) => return overlay_list(dest, patch, schema, &keys),
            None => *dest = Tree::Link(patch),
        },
    }
    Ok(true)
}

fn mismatch(dest: Kind, patch: Node<'_>) -> PatchError {
    let name = |kind| match kind {
        Kind::Scalar => "a single value",
        Kind::Sequence => "a list",
        Kind::Mapping => "a mapping",
    };
    let message = format!("the patch sets {} where the object has {}", name(patch.kind()), name(dest));
    PatchError::new(message, patch.head())
}

/// kustomize writes the new value in the old one's quotes: a number set over `"3"` is text.
fn set_scalar<'a>(dest: &mut Tree<'a>, patch: Node<'a>) {
    let is_quoted = dest.node().style() != Style::Plain;
    *dest = if is_quoted && patch.style() == Style::Plain {
        Tree::Scalar(Value { style: Style::DoubleQuoted, tag: None, ..Value::of(patch) })
    } else {
        Tree::Link(patch)
    };
}

fn overlay_mapping<'a>(dest: &mut Tree<'a>, patch: Node<'a>, schema: Schema<'_>) -> Result<bool, PatchError> {
    let schema = typed(typed(schema, dest.node()), patch);
    let directive = directive(patch)?;
    match directive {
        Some(Directive::Delete) => return Ok(false),
        Some(Directive::Replace) => {
            *dest = fresh_mapping(patch, schema)?;
            return Ok(true);
        }
        Some(Directive::Merge) | None => {}
    }
    let mut fields = fields_to_set(patch);
    let Some(entries) = dest.entries_mut() else { return Ok(true) };
    for (key, mut value) in std::mem::take(entries) {
        if directive.is_some() && key.text == DIRECTIVE {
            continue;
        }
        let under = schema.field(&key.text);
        let stays = match fields.iter().position(|field| field.key.is(&key.text)) {
            Some(at) => overlay(&mut value, fields.remove(at).value, under)?,
            None => settle(&mut value, under)?,
        };
        if stays {
            entries.push((key, value));
        }
    }
    for field in fields {
        let key = Value::of(field.key);
        if let Some(value) = fresh(field.value, schema.field(&key.text))? {
            entries.push((key, value));
        }
    }
    Ok(true)
}

/// The fields of a patch's mapping, its directive left out.
fn fields_to_set(patch: Node<'_>) -> Vec<Entry<'_>> {
    let mut fields = patch.fields();
    if matches!(directive(patch), Ok(Some(_))) {
        fields.retain(|field| !field.key.is(DIRECTIVE));
    }
    fields
}

/// What a patch brings where nothing stands; `None` when it brings nothing. Whatever lies in it is merged with itself,
/// which is how its directives act and its nulls go.
pub(super) fn fresh<'a>(patch: Node<'a>, schema: Schema<'_>) -> Result<Option<Tree<'a>>, PatchError> {
    match patch.kind() {
        // At the top of what is new, kustomize lets a directive pass that does not exist, and those of lists.
        Kind::Mapping if directive(patch).is_err() => fresh_mapping(patch, typed(schema, patch)).map(Some),
        Kind::Sequence if !is_clean(patch, schema, true) => {
            fresh_list(patch, schema, patch.items().collect()).map(Some)
        }
        _ => adopt(patch, schema),
    }
}

/// What a part of a patch makes of itself.
pub(super) fn adopt<'a>(patch: Node<'a>, schema: Schema<'_>) -> Result<Option<Tree<'a>>, PatchError> {
    if is_null(patch) {
        return Ok(None);
    }
    if is_clean(patch, schema, true) {
        return Ok(Some(Tree::Link(patch)));
    }
    match patch.kind() {
        Kind::Scalar => Ok(Some(Tree::Link(patch))),
        Kind::Mapping => match directive(patch)? {
            Some(Directive::Delete) => Ok(None),
            _ => fresh_mapping(patch, typed(schema, patch)).map(Some),
        },
        Kind::Sequence if schema.merge_keys().is_some() => match list_directive(patch)? {
            (Some(Directive::Delete), _) => Ok(None),
            (_, items) => fresh_list(patch, schema, items).map(Some),
        },
        Kind::Sequence => Ok(Some(Tree::Link(patch))),
    }
}

fn fresh_mapping<'a>(patch: Node<'a>, schema: Schema<'_>) -> Result<Tree<'a>, PatchError> {
    let mut entries = Vec::new();
    for field in fields_to_set(patch) {
        let key = Value::of(field.key);
        if let Some(value) = adopt(field.value, schema.field(&key.text))? {
            entries.push((key, value));
        }
    }
    Ok(Tree::Mapping(entries, patch.span()))
}

fn fresh_list<'a>(patch: Node<'a>, schema: Schema<'_>, items: Vec<Node<'a>>) -> Result<Tree<'a>, PatchError> {
    match schema.merge_keys() {
        Some(keys) => Ok(Tree::Sequence(list::overlay_self(&items, &keys, schema.element())?, patch.span())),
        None => Ok(Tree::Link(patch)),
    }
}

/// An element as it stands, its directive left out: it has acted already.
pub(super) fn without_directive(element: Node<'_>) -> Tree<'_> {
    let mut tree = Tree::Link(element);
    if matches!(directive(element), Ok(Some(_))) {
        tree.remove(DIRECTIVE);
    }
    tree
}

/// What a merge does to a part that the patch does not name; false when the part is to go.
pub(super) fn settle<'a>(dest: &mut Tree<'a>, schema: Schema<'_>) -> Result<bool, PatchError> {
    if is_clean(dest.node(), schema, false) {
        return Ok(true);
    }
    match dest.kind() {
        Kind::Scalar => return Ok(!is_null(dest.node())),
        Kind::Mapping => {
            let schema = typed(schema, dest.node());
            let Some(entries) = dest.entries_mut() else { return Ok(true) };
            for (key, mut value) in std::mem::take(entries) {
                if settle(&mut value, schema.field(&key.text))? {
                    entries.push((key, value));
                }
            }
        }
        Kind::Sequence => {
            let Some(keys) = schema.merge_keys() else { return Ok(true) };
            let Some(items) = dest.items_mut() else { return Ok(true) };
            *items = list::overlay(std::mem::take(items), &[], &keys, schema.element())?;
        }
    }
    Ok(true)
}

/// Whether a merge changes nothing in `node`: no key without a value, no repeated key in a list that merges;
/// in a `patch` no null and no directive either.
fn is_clean(node: Node<'_>, schema: Schema<'_>, patch: bool) -> bool {
    match node.kind() {
        Kind::Scalar => !is_null(node) || !patch && !node.is(""),
        Kind::Mapping => {
            let schema = typed(schema, node);
            node.fields().iter().all(|field| {
                let Some(key) = field.key.text() else { return true };
                !(patch && key == DIRECTIVE) && is_clean(field.value, schema.field(&key), patch)
            })
        }
        Kind::Sequence => {
            let Some(keys) = schema.merge_keys() else { return true };
            let items: Vec<_> = node.items().collect();
            let element = schema.element();
            list::are_distinct(&items, &keys) && items.iter().all(|item| is_clean(*item, element, patch))
        }
    }
}

fn overlay_list<'a>(
    dest: &mut Tree<'a>,
    patch: Node<'a>,
    schema: Schema<'_>,
    keys: &[&str],
) -> Result<bool, PatchError> {
    let (told, items) = list_directive(patch)?;
    match told {
        Some(Directive::Delete) => return Ok(false),
        Some(Directive::Replace) => *dest = fresh_list(patch, schema, items)?,
        Some(Directive::Merge) | None => {
            let Some(own) = dest.items_mut() else { return Ok(true) };
            *own = list::overlay(std::mem::take(own), &items, keys, schema.element())?;
        }
    }
    Ok(true)
}

/// What an element of a list that is nothing but `$patch` says of the whole list, and the other elements. kustomize looks at
/// the first element with a directive only.
fn list_directive(patch: Node<'_>) -> Result<(Option<Directive>, Vec<Node<'_>>), PatchError> {
    let mut items: Vec<_> = patch.items().collect();
    let first = items.iter().find_map(|item| Some((item, item.get(DIRECTIVE)?)));
    let told = match first {
        Some((item, value)) if item.fields().len() == 1 => Some(directive_of(value)?),
        _ => None,
    };
    if told.is_some() {
        items.retain(|item| item.get(DIRECTIVE).and_then(|it| directive_of(it).ok()) != told);
    }
    Ok((told, items))
}

fn directive(patch: Node<'_>) -> Result<Option<Directive>, PatchError> {
    patch.get(DIRECTIVE).map(directive_of).transpose()
}

fn directive_of(value: Node<'_>) -> Result<Directive, PatchError> {
    match value.text().as_deref() {
        Some("merge") => Ok(Directive::Merge),
        Some("replace") => Ok(Directive::Replace),
        Some("delete") => Ok(Directive::Delete),
        other => {
            let message =
                format!("`$patch: {}` is not `merge`, `replace` or `delete`", other.unwrap_or_default());
            Err(PatchError::new(message, value.head()))
        }
    }
}

/// Whether an element of a patch's list asks to stand in its counterpart's place.
pub(super) fn replaces(element: Node<'_>) -> bool {
    matches!(directive(element), Ok(Some(Directive::Replace)))
}

/// `schema`, or where nothing is known, that of the object that `node` says it is.
fn typed<'s>(schema: Schema<'s>, node: Node<'_>) -> Schema<'s> {
    if !schema.is_unknown() {
        return schema;
    }
    match (node.get("apiVersion").and_then(Node::text), node.get("kind").and_then(Node::text)) {
        (Some(api_version), Some(kind)) => schema.of_object(&api_version, &kind),
        _ => schema,
    }
}
