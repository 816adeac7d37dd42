//! Strategic merge: a partial object laid over a whole one, as kubectl's kustomize does it, its oddities
//! included, for what it builds is what the cluster gets.

use super::{PatchError, bounds::DEEPEST_PATCH, list, schema::Schema};
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

/// Lays `patch` over `target`, both whole documents, by the lists of `schema`. Whatever the patch does not
/// name keeps its place; a merged mapping or list keeps the target's; a value that is set takes the
/// patch's.
///
/// As in kubectl: `$patch: replace` at the root does nothing, nor does it on an element of a list; a key
/// without a value disappears even where the patch does not name it, so do elements of the same key in
/// lists that merge, and a plain value set over a quoted one is text.
///
/// # Errors
/// [`PatchError`] when a list, a mapping and a value meet, a `$patch` is none that exists, or the patch is nested too
/// deep.
pub fn merge<'a>(target: &mut Tree<'a>, patch: Node<'a>, schema: Schema<'_>) -> Result<Merged, PatchError> {
    if Tree::Link(patch).size().depth > DEEPEST_PATCH {
        let message = format!("the patch is nested deeper than {DEEPEST_PATCH} levels");
        return Err(PatchError::new(message, patch.head()));
    }
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

/// What a patch brings where nothing stands; `None` when it brings nothing. Whatever lies in it is merged
/// with itself, which is how its directives act and its nulls go.
pub(super) fn fresh<'a>(patch: Node<'a>, schema: Schema<'_>) -> Result<Option<Tree<'a>>, PatchError> {
    match patch.kind() {
        // At the top of what is new, kustomize lets a directive pass that does not exist, and those of lists.
        Kind::Mapping if directive(patch).is_err() => fresh_mapping(patch, typed(schema, patch)).map(Some),
        Kind::Sequence if !is_clean(patch, schema, true) => {
            fresh_list(patch, schema, &patch.items().collect::<Vec<_>>()).map(Some)
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
        Kind::Mapping => match directive(patch)? {
            Some(Directive::Delete) => Ok(None),
            _ => fresh_mapping(patch, typed(schema, patch)).map(Some),
        },
        Kind::Sequence if schema.merge_keys().is_some() => match list_directive(patch)? {
            (Some(Directive::Delete), _) => Ok(None),
            (_, items) => fresh_list(patch, schema, &items).map(Some),
        },
        Kind::Scalar | Kind::Sequence => Ok(Some(Tree::Link(patch))),
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

fn fresh_list<'a>(patch: Node<'a>, schema: Schema<'_>, items: &[Node<'a>]) -> Result<Tree<'a>, PatchError> {
    match schema.merge_keys() {
        Some(keys) => Ok(Tree::Sequence(list::overlay_self(items, &keys, schema.element())?, patch.span())),
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
pub(super) fn settle(dest: &mut Tree<'_>, schema: Schema<'_>) -> Result<bool, PatchError> {
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
        Some(Directive::Replace) => *dest = fresh_list(patch, schema, &items)?,
        Some(Directive::Merge) | None => {
            let Some(own) = dest.items_mut() else { return Ok(true) };
            *own = list::overlay(std::mem::take(own), &items, keys, schema.element())?;
        }
    }
    Ok(true)
}

/// What an element of a list that is nothing but `$patch` says of the whole list, and the other elements.
/// kustomize looks at the first element with a directive only.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        render::patch::{
            Schemas,
            testing::{json, json_of, parsed, root},
        },
    };

    /// Merges two specs of the same kind.
    fn merged(kind: &str, target: &str, patch: &str) -> Result<serde_json::Value, PatchError> {
        let (api_version, kind) = kind.rsplit_once(' ').unwrap();
        let text = |spec: &str| format!("apiVersion: {api_version}\nkind: {kind}\nspec: {spec}\n");
        let (target, patch) = (text(target), text(patch));
        let (target, patch) = (parsed(0, &target), parsed(1, &patch));
        let mut tree = Tree::Link(root(&target));
        merge(&mut tree, root(&patch), Schemas::default().of(api_version, kind))?;
        Ok(json(tree.node())["spec"].clone())
    }

    /// Kind, target, patch, what kubectl 1.32 (kustomize 5.5) makes of them.
    const CASES: &[(&str, &str, &str, &str)] = &[
        // Mappings merge, values and lists without a schema are replaced, nulls delete.
        (
            "a/v1 Foo",
            "{a: {b: 1, c: 2}, d: 3}",
            "{a: {b: 5}, e: {f: 6}}",
            "{a: {b: 5, c: 2}, d: 3, e: {f: 6}}",
        ),
        ("a/v1 Foo", "{l: [{name: a}]}", "{l: [{name: b, x: null}]}", "{l: [{name: b, x: null}]}"),
        ("a/v1 Foo", "{a: 1, b: {c: 2}}", "{a: null, b: ~}", "{}"),
        ("a/v1 Foo", "{}", "{a: {b: null, c: , d: {e: ~}}}", "{a: {d: {}}}"),
        // A key without a value goes, an explicit null stays.
        ("a/v1 Foo", "\n  a:\n  b: null\n  c: [{d: }]", "{x: 1}", "{b: null, c: [{d: null}], x: 1}"),
        // A plain value over a quoted one is text; the other way round it is what the patch says.
        (
            "a/v1 Foo",
            "{a: \"3\", b: 'x', c: 3}",
            "{a: 5, b: true, c: \"5\"}",
            "{a: \"5\", b: \"true\", c: \"5\"}",
        ),
        // Directives on mappings.
        ("a/v1 Foo", "{a: {b: 1}}", "{a: {$patch: delete}}", "{}"),
        ("a/v1 Foo", "{a: {b: 1}}", "{a: {$patch: replace, c: 2}}", "{a: {c: 2}}"),
        ("a/v1 Foo", "{a: {b: 1}}", "{a: {$patch: merge, c: 2}}", "{a: {b: 1, c: 2}}"),
        ("a/v1 Foo", "{}", "{a: {$patch: delete}, b: {$patch: replace, c: 2}}", "{b: {c: 2}}"),
        // Those that kubectl's own patch knows are plain fields to kustomize.
        (
            "apps/v1 Deployment",
            "{strategy: {type: R, rollingUpdate: {}}}",
            "{strategy: {$retainKeys: [type], type: S}, $setElementOrder/x: [a]}",
            "{strategy: {$retainKeys: [type], type: S, rollingUpdate: {}}, $setElementOrder/x: [a]}",
        ),
        // Lists that merge: the patch's elements first, in its order.
        (
            "v1 Pod",
            "{containers: [{name: a, image: x}, {name: b}, {name: c}]}",
            "{containers: [{name: n}, {name: c, image: y}, {name: a, args: [q]}]}",
            "{containers: [{name: n}, {name: c, image: y}, {name: a, image: x, args: [q]}, {name: b}]}",
        ),
        (
            "v1 Pod",
            "{containers: [{name: a, env: [{name: X, value: '1'}, {name: Y}]}]}",
            "{containers: [{name: a, env: [{name: Y, value: '2'}, {name: X, $patch: delete}]}]}",
            "{containers: [{name: a, env: [{name: Y, value: '2'}]}]}",
        ),
        (
            "v1 Pod",
            "{volumes: [{name: a}], tolerations: [{key: a}]}",
            "{volumes: null, tolerations: [{key: b}]}",
            "{tolerations: [{key: b}]}",
        ),
        ("v1 Pod", "{containers: [{name: a}]}", "{containers: []}", "{containers: [{name: a}]}"),
        (
            "v1 Pod",
            "{containers: [{name: a}]}",
            "{containers: [{name: b}, {$patch: replace}]}",
            "{containers: [{name: b}]}",
        ),
        ("v1 Pod", "{containers: [{name: a}]}", "{containers: [{$patch: delete}]}", "{}"),
        // `extensions/v1beta1` has no schema, and neither has `autoscaling/v2`.
        (
            "extensions/v1beta1 Deployment",
            "{template: {spec: {containers: [{name: a}]}}}",
            "{template: {spec: {containers: [{name: b}]}}}",
            "{template: {spec: {containers: [{name: b}]}}}",
        ),
        (
            "batch/v1 CronJob",
            "{jobTemplate: {spec: {template: {spec: {initContainers: [{name: a}]}}}}}",
            "{jobTemplate: {spec: {template: {spec: {initContainers: [{name: b}]}}}}}",
            "{jobTemplate: {spec: {template: {spec: {initContainers: [{name: b}, {name: a}]}}}}}",
        ),
        // An object inside a custom resource is known by its own kind.
        (
            "a/v1 Foo",
            "{pod: {apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}}}",
            "{pod: {spec: {containers: [{name: b}]}}}",
            "{pod: {apiVersion: v1, kind: Pod, spec: {containers: [{name: b}, {name: a}]}}}",
        ),
        // Oddities: `$patch: replace` on an element only moves it; without a name, nothing is left; repeated
        // names become one, wherever the patch is about.
        (
            "v1 Pod",
            "{containers: [{name: b}, {name: a, image: x}]}",
            "{containers: [{name: a, $patch: replace}]}",
            "{containers: [{name: a, image: x}, {name: b}]}",
        ),
        ("v1 Pod", "{containers: [{name: a}, {name: b}]}", "{containers: [{image: z}]}", "{containers: []}"),
        (
            "v1 Pod",
            "{containers: [{name: a}, {}, {name: b}]}",
            "{containers: [{name: b, image: y}]}",
            "{containers: [{name: b, image: y}, {name: a}]}",
        ),
        (
            "v1 Pod",
            "{containers: [{name: a, env: [{name: X, value: '1'}, {name: X, value: '2'}]}]}",
            "{hostNetwork: true}",
            "{hostNetwork: true, containers: [{name: a, env: [{name: X, value: '2'}]}]}",
        ),
        (
            "v1 Pod",
            "{}",
            "{containers: [{name: a, image: x}, {name: a, args: [y]}, {name: c, $patch: delete}]}",
            "{containers: [{name: a, args: [y]}]}",
        ),
        (
            "v1 Pod",
            "{containers: [{name: a}]}",
            "{containers: [{name: b, x: 1, $patch: foo}]}",
            "{containers: [{name: b, x: 1, $patch: foo}, {name: a}]}",
        ),
    ];

    #[test]
    fn specs_merge_as_kubectl_merges_them() {
        for (kind, target, patch, expected) in CASES {
            let merged = merged(kind, target, patch).unwrap();
            assert_eq!(merged, json_of(expected), "{target} <- {patch}");
        }
    }

    #[test]
    fn what_cannot_be_merged_says_where() {
        let cases = [
            ("{a: {b: 1}}", "{a: 5}", "the patch sets a single value where the object has a mapping"),
            ("{a: [1]}", "{a: {b: 1}}", "the patch sets a mapping where the object has a list"),
            ("{a: {b: 1}}", "{a: {$patch: foo}}", "`$patch: foo` is not `merge`, `replace` or `delete`"),
        ];
        for (target, patch, message) in cases {
            let error = merged("a/v1 Foo", target, patch).unwrap_err();
            assert_eq!(error.message, message);
            assert_eq!(error.span.source, SourceId(1));
        }
    }

    #[test]
    fn the_whole_object_is_deleted_but_never_replaced() {
        let schemas = Schemas::default();
        for (patch, outcome) in
            [("$patch: delete", Merged::Deleted), ("{$patch: replace, a: 2}", Merged::Kept)]
        {
            let (target, patch) = (parsed(0, "a: 1"), parsed(1, patch));
            let mut tree = Tree::Link(root(&target));
            assert_eq!(merge(&mut tree, root(&patch), schemas.of("a/v1", "Foo")).unwrap(), outcome);
            assert!(tree.node().get("a").unwrap().is("1"));
        }
    }

    #[test]
    fn each_value_points_at_who_wrote_it_last() {
        let target = parsed(0, "spec: {containers: [{name: a, image: x}, {name: b}], keep: {deep: 1}}");
        let patch = parsed(1, "spec: {containers: [{name: a, image: y, args: [q]}]}");
        let mut tree = Tree::Link(root(&target));
        let schemas = Schemas::default();
        merge(&mut tree, root(&patch), schemas.of("v1", "Pod")).unwrap();
        let spec = tree.node().get("spec").unwrap();
        let containers: Vec<_> = spec.get("containers").unwrap().items().collect();
        let source = |node: Node<'_>| node.span().source;
        assert_eq!(source(containers[0]), SourceId(0));
        assert_eq!(source(containers[0].get("image").unwrap()), SourceId(1));
        assert_eq!(source(containers[0].entry("args").unwrap().key), SourceId(1));
        assert_eq!(source(containers[0].entry("image").unwrap().key), SourceId(0));
        assert_eq!(source(containers[1]), SourceId(0));
        // What the patch does not touch is not unfolded.
        let Tree::Mapping(entries, _) = &tree else { panic!("unfolded") };
        let Tree::Mapping(spec, _) = &entries[0].1 else { panic!("unfolded") };
        assert!(spec.iter().any(|(key, value)| key.text == "keep" && matches!(value, Tree::Link(_))));
    }
}
