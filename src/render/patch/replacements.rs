//! Replacements: one field's value put in the place of others. What is put there points at the field it
//! came from.

use std::borrow::Cow;

use super::{
    PatchError, Room,
    bounds::{DEEPEST, LONGEST_TEXT},
    field_path::{Create, FieldPath},
    label_selector::LabelSelector,
    smp::is_null,
    target::text_of,
    typed,
};
use crate::{
    base::Span,
    kube::read_bool,
    yaml::{Kind, Node, Style, Tree, Value},
};

/// One of the names that an object has, or had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id<'i> {
    /// The API group; empty for the core group.
    pub group: &'i str,
    /// The API version.
    pub version: &'i str,
    /// The kind.
    pub kind: &'i str,
    /// `metadata.name`.
    pub name: &'i str,
    /// The namespace, `default` where none is set; `None` for what has none.
    pub namespace: Option<&'i str>,
}

/// An object that a replacement can read and change.
pub trait Target<'a> {
    /// Its name now, then those that it had before.
    fn ids(&self) -> Vec<Id<'_>>;
    /// The object.
    fn tree(&self) -> &Tree<'a>;
    /// The object, to change it.
    fn tree_mut(&mut self) -> &mut Tree<'a>;
}

/// The path that counts where none is given.
const DEFAULT_PATH: &str = "metadata.name";

/// Which names fit: each part that is given must be the same.
#[derive(Debug, Clone, Default)]
pub(super) struct IdSelector<'e> {
    group: Option<Cow<'e, str>>,
    version: Option<Cow<'e, str>>,
    kind: Option<Cow<'e, str>>,
    name: Option<Cow<'e, str>>,
    namespace: Option<Cow<'e, str>>,
}

/// `select` or an entry of `reject`.
struct Selector<'e> {
    ids: IdSelector<'e>,
    labels: Option<LabelSelector>,
    annotations: Option<LabelSelector>,
}

/// `options`
#[derive(Debug, Clone, Copy)]
struct Options<'e> {
    node: Option<Node<'e>>,
}

/// Does `entry`, one element of `replacements` (or of a file that one names), to `objects`, as far as there is `room`.
///
/// # Errors
/// [`PatchError`] when the source is not exactly one object, has no such field, or a target has not.
pub fn replace<'a, T: Target<'a>>(
    objects: &mut [T],
    entry: Node<'_>,
    room: &mut Room,
) -> Result<(), PatchError> {
    let source = entry.get("source").filter(|it| it.kind() == Kind::Mapping);
    let targets = entry.get("targets").filter(|it| it.items().next().is_some());
    let (Some(source), Some(targets)) = (source, targets) else {
        return Err(PatchError::new("a replacement needs a `source` and `targets`", entry.head()));
    };
    let value = source_value(objects, source)?;
    targets.items().try_for_each(|target| apply(objects, &value, target, room))
}

impl<'e> IdSelector<'e> {
    pub(super) fn read(node: Node<'e>) -> Result<Self, PatchError> {
        let part = |key| Ok::<_, PatchError>(text_of(node, key)?.map(|(_, text)| text));
        Ok(Self {
            group: part("group")?,
            version: part("version")?,
            kind: part("kind")?,
            name: part("name")?,
            namespace: part("namespace")?,
        })
    }

    fn is_empty(&self) -> bool {
        [&self.group, &self.version, &self.kind, &self.name, &self.namespace].iter().all(|it| it.is_none())
    }

    fn matches(&self, id: &Id<'_>) -> bool {
        let fits = |asked: &Option<Cow<'_, str>>, own: &str| asked.as_ref().is_none_or(|it| it == own);
        let is_in_namespace = match (&self.namespace, id.namespace) {
            (Some(asked), Some(own)) => asked == own,
            // Who names the kind of a thing without a namespace may name any namespace.
            (Some(_), None) => self.kind.is_some(),
            (None, _) => true,
        };
        is_in_namespace
            && fits(&self.name, id.name)
            && fits(&self.kind, id.kind)
            && fits(&self.group, id.group)
            && fits(&self.version, id.version)
    }
}

impl<'e> Selector<'e> {
    fn read(node: Node<'e>) -> Result<Self, PatchError> {
        let labels = |key| -> Result<Option<LabelSelector>, PatchError> {
            match text_of(node, key)? {
                Some((node, _)) => LabelSelector::read(Some(node)).map(Some),
                None => Ok(None),
            }
        };
        Ok(Self {
            ids: IdSelector::read(node)?,
            labels: labels("labelSelector")?,
            annotations: labels("annotationSelector")?,
        })
    }

    fn has_labels(&self) -> bool {
        self.labels.is_some() || self.annotations.is_some()
    }

    fn matches_labels(&self, root: Node<'_>) -> bool {
        let fits = |selector: &Option<LabelSelector>, key: &str| {
            let own = root.get("metadata").and_then(|it| it.get(key));
            selector.as_ref().is_none_or(|it| it.matches(own))
        };
        fits(&self.labels, "labels") && fits(&self.annotations, "annotations")
    }
}

impl<'e> Options<'e> {
    fn of(node: Node<'e>) -> Self {
        Self { node: node.get("options") }
    }

    fn delimiter(self) -> Option<Cow<'e, str>> {
        self.node?.get("delimiter")?.text().filter(|text| !text.is_empty())
    }

    fn index(self) -> Result<i64, PatchError> {
        let Some(node) = self.node.and_then(|it| it.get("index")) else { return Ok(0) };
        let number = node.text().and_then(|text| text.parse().ok());
        number.ok_or_else(|| PatchError::new("`index` is not a whole number", node.head()))
    }

    fn create(self) -> bool {
        read_bool(self.node.and_then(|it| it.get("create"))).is(&true)
    }

    fn head(self, otherwise: Node<'_>) -> Span {
        self.node.map_or(otherwise.head(), Node::head)
    }
}

fn source_value<'a, T: Target<'a>>(objects: &[T], source: Node<'_>) -> Result<Tree<'a>, PatchError> {
    let selector = IdSelector::read(source)?;
    let mut found = objects.iter().filter(|it| it.ids().iter().any(|id| selector.matches(id)));
    let Some(object) = found.next() else {
        return Err(PatchError::new("the replacement's source selects no object", source.head()));
    };
    if let Some(second) = found.next() {
        let message = format!(
            "the replacement's source selects more than one object: {} and {}",
            name_of(object),
            name_of(second)
        );
        return Err(PatchError::new(message, source.head()));
    }
    let given = text_of(source, "fieldPath")?;
    let (path, span) = match &given {
        Some((node, path)) => (&**path, node.span()),
        None => (DEFAULT_PATH, source.head()),
    };
    let missing = || PatchError::new(format!("{} has no field `{path}`", name_of(object)), span);
    match FieldPath::new(path).look_up(object.tree()) {
        Ok(Some(value)) if !is_null(value.node()) => part_of(value, Options::of(source), source),
        Ok(_) => Err(missing()),
        Err(reason) => {
            Err(PatchError::new(format!("`{path}` leads nowhere in {}: {reason}", name_of(object)), span))
        }
    }
}

/// The part of a source's value that its options ask for.
fn part_of<'a>(mut value: Tree<'a>, options: Options<'_>, source: Node<'_>) -> Result<Tree<'a>, PatchError> {
    let Some(delimiter) = options.delimiter() else { return Ok(value) };
    if value.kind() != Kind::Scalar {
        let message = "`delimiter` is for single values, not for lists and mappings";
        return Err(PatchError::new(message, options.head(source)));
    }
    let index = options.index()?;
    let text = value.as_text().unwrap_or_default().into_owned();
    let part = usize::try_from(index).ok().and_then(|index| text.split(&*delimiter).nth(index));
    let Some(part) = part else {
        let message = format!("the source's value `{text}` has no part {index}");
        return Err(PatchError::new(message, options.head(source)));
    };
    value.unfold();
    if let Tree::Scalar(own) = &mut value {
        own.text = part.to_owned().into();
    }
    Ok(value)
}

fn apply<'a, T: Target<'a>>(
    objects: &mut [T],
    value: &Tree<'a>,
    target: Node<'_>,
    room: &mut Room,
) -> Result<(), PatchError> {
    let Some(select) = target.get("select").filter(|it| it.kind() == Kind::Mapping) else {
        return Err(PatchError::new("the replacement's target has no `select`", target.head()));
    };
    let select = Selector::read(select)?;
    let reject = target.get("reject").into_iter().flat_map(Node::items).map(Selector::read);
    let reject = reject.collect::<Result<Vec<_>, _>>()?;
    let paths: Vec<Node<'_>> = target.get("fieldPaths").into_iter().flat_map(Node::items).collect();
    for object in objects.iter_mut().filter(|object| is_target(*object, &select, &reject)) {
        if paths.is_empty() {
            copy(object, value, target, (DEFAULT_PATH, target.head()), room)?;
        }
        for path in &paths {
            copy(object, value, target, (&path.text().unwrap_or_default(), path.head()), room)?;
        }
    }
    Ok(())
}

fn is_target<'a, T: Target<'a>>(object: &T, select: &Selector<'_>, reject: &[Selector<'_>]) -> bool {
    let root = object.tree().node();
    let is_rejected_by_label = |it: &Selector<'_>| it.has_labels() && it.matches_labels(root);
    if !select.matches_labels(root) || reject.iter().any(is_rejected_by_label) {
        return false;
    }
    let rejects = |id: &Id<'_>| reject.iter().any(|it| !it.ids.is_empty() && it.ids.matches(id));
    let ids = object.ids();
    ids.iter().any(|id| select.ids.matches(id)) && !ids.iter().any(rejects)
}

fn copy<'a, T: Target<'a>>(
    object: &mut T,
    value: &Tree<'a>,
    target: Node<'_>,
    (path, span): (&str, Span),
    room: &mut Room,
) -> Result<(), PatchError> {
    let options = Options::of(target);
    let create = options.create().then(|| Create { leaf: value.kind(), span: value.span() });
    let splice = match options.delimiter() {
        Some(delimiter) => Some((delimiter, options.index()?)),
        None => None,
    };
    let splice = splice.as_ref().map(|(delimiter, index)| (&**delimiter, *index));
    let name = name_of(object);
    let way = FieldPath::new(path);
    let is_too_deep = way.levels() + value.size().depth > DEEPEST;
    let count = way.visit(object.tree_mut(), create, &mut |field, is_new| {
        if is_too_deep {
            return Err(format!("it would be deeper than {DEEPEST} levels"));
        }
        room.take(value)?;
        put(field, is_new, value, splice)
    });
    if count == Ok(0) {
        return Err(PatchError::new(format!("{name} has no field `{path}`"), span));
    }
    // A path that leads too deep is too long to be told.
    let shown = if way.levels() > DEEPEST { "the path" } else { &*format!("`{path}`") };
    count.map(|_| ()).map_err(|why| PatchError::new(format!("{name} has no place for {shown}: {why}"), span))
}

/// Puts `value`, or a mix of it and what stands there, in the place of `field`. A single value keeps the
/// type of what it replaces.
fn put<'a>(
    field: &mut Tree<'a>,
    is_new: bool,
    value: &Tree<'a>,
    splice: Option<(&str, i64)>,
) -> Result<(), String> {
    let mut text = value.as_text().unwrap_or_default().into_owned();
    if let Some((delimiter, index)) = splice {
        if field.kind() != Kind::Scalar {
            return Err("`delimiter` is for single values, not for lists and mappings".to_owned());
        }
        text = spliced(&field.as_text().unwrap_or_default(), delimiter, index, &text);
        if text.len() > LONGEST_TEXT {
            return Err(format!("the text grows beyond {LONGEST_TEXT} bytes"));
        }
    }
    if field.kind() != Kind::Scalar {
        *field = value.clone();
        return Ok(());
    }
    let span = value.span();
    let new = if is_new || !typed::is_text(field.node()) {
        Value::plain(text, span)
    } else {
        Value::text(text, span)
    };
    let mut new = Tree::Scalar(new);
    if typed::is_text(new.node()) {
        // A word like `yes` without quotes is text to kustomize, and to nobody after it.
        if let Tree::Scalar(own) = &mut new {
            own.style = Style::DoubleQuoted;
        }
    }
    if !is_new && !typed::can_stand_for(new.node(), field.node()) {
        let (new, old) = (new.as_text().unwrap_or_default(), field.as_text().unwrap_or_default());
        return Err(format!("`{new}` is not of the type of `{old}`, which it replaces"));
    }
    *field = new;
    Ok(())
}

fn spliced(old: &str, delimiter: &str, index: i64, new: &str) -> String {
    let mut parts: Vec<&str> = old.split(delimiter).collect();
    match usize::try_from(index) {
        Err(_) => parts.insert(0, new),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = new,
            None => parts.push(new),
        },
    }
    parts.join(delimiter)
}

/// What to call an object in a message.
fn name_of<'a, T: Target<'a>>(object: &T) -> String {
    let ids = object.ids();
    ids.first().map_or_else(|| "the object".to_owned(), |id| format!("{} `{}`", id.kind, id.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::SourceId,
        render::patch::testing::{Object, json, json_of, objects, parsed, root},
    };

    const OBJECTS: &str = r#"
apiVersion: v1
kind: ConfigMap
metadata: {name: src, annotations: {a.b/c: dotted, plain: p}}
data: {s: hello, n: "5", c: "a:b:c"}
spec: {i: 7, b: true, m: {x: 1}, l: [p, q], none: null, es: "", y: yes, ll: [{name: a, v: 1}, {name: ab, v: 2}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d1, namespace: ns1, labels: {app: one}, annotations: {k: v, a.b/c: z}}
spec: {int: 1, str: abc, q: "abc", bool: true, none: null, m: {k: v}, l: [a, b, "7"], c: "a:b:c", deep: [[1]],
  list: [{name: a, v: 1}, {name: ab, v: 2}, {name: "b", w: 3}, {x: 1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d2, labels: {app: two}}
spec: {str: abc}
"#;

    fn replaced(entry: &str) -> Result<Vec<serde_json::Value>, PatchError> {
        let (texts, entry) = (parsed(0, OBJECTS), parsed(1, entry));
        let mut objects = objects(&texts);
        replace(&mut objects, root(&entry), &mut Room::default())?;
        Ok(objects.iter().map(|it| json(it.tree().node())).collect())
    }

    fn entry(source: &str, options: &str, target: &str, target_options: &str) -> String {
        format!(
            "{{source: {{kind: ConfigMap, fieldPath: '{source}', options: {{{options}}}}}, \
             targets: [{{select: {{name: d1}}, fieldPaths: ['{target}'], options: {{{target_options}}}}}]}}"
        )
    }

    #[test]
    fn values_are_copied_as_in_kubectl() {
        // Source, its options, target, its options, what the field of d1 is then.
        let cases = [
            ("data.s", "", "spec.str", "", "hello"),
            // The target keeps its type.
            ("data.n", "", "spec.int", "", "5"),
            ("spec.i", "", "spec.str", "", "'7'"),
            ("spec.y", "", "spec.q", "", "'yes'"),
            ("spec.i", "", "spec.m", "", "7"),
            ("data.n", "", "spec.m", "", "'5'"),
            ("spec.m", "", "spec.l", "", "{x: 1}"),
            ("spec.m", "", "spec.str", "", "''"),
            // What is made is typed by what it says.
            ("data.n", "", "spec.new", "create: true", "5"),
            ("spec.y", "", "spec.new", "create: true", "'yes'"),
            ("spec.m", "", "spec.new", "create: true", "{x: 1}"),
            ("data.s", "", "spec.new.0", "create: true", "[hello]"),
            ("data.s", "", "spec.new.[name=x].v", "create: true", "[{name: x, v: hello}]"),
            ("data.s", "", "spec.new.a.b", "create: true", "{a: {b: hello}}"),
            ("data.s", "", "spec.l.3", "create: true", "[a, b, '7', hello]"),
            ("data.s", "", "spec.none.x", "create: true", "null"),
            // Paths.
            ("spec.l.0", "", "spec.q", "", "p"),
            ("spec.l.-", "", "spec.q", "", "q"),
            ("spec.ll.[name=ab].v", "", "spec.q", "", "'2'"),
            (r"metadata.annotations.a\.b/c", "", "spec.q", "", "dotted"),
            ("metadata.annotations.[a.b/c]", "", "spec.q", "", "dotted"),
            ("", "", "spec.q", "", "src"),
            ("spec..i", "", "spec.q", "", "'7'"),
            ("spec.es", "", "spec.q", "", "''"),
            ("data.s", "", "spec.l.*", "", "[hello, hello, hello]"),
            ("data.s", "", "spec.l.[=a|b]", "", "[hello, hello, '7']"),
            ("spec.i", "", "spec.deep.*.0", "", "[[7]]"),
            // A condition of a target is a pattern for any part, quotes included.
            (
                "spec.i",
                "",
                "spec.list.[name=a].v",
                "",
                "[{name: a, v: 7}, {name: ab, v: 7}, {name: b, w: 3}, {x: 1}]",
            ),
            (
                "spec.i",
                "",
                "spec.list.[name=^a$].v",
                "",
                "[{name: a, v: 7}, {name: ab, v: 2}, {name: b, w: 3}, {x: 1}]",
            ),
            (
                "spec.i",
                "",
                "spec.list.[name=\"b\"].w",
                "",
                "[{name: a, v: 1}, {name: ab, v: 2}, {name: b, w: 7}, {x: 1}]",
            ),
            // Parts of texts.
            ("data.c", "delimiter: ':', index: 1", "spec.q", "", "b"),
            ("data.c", "delimiter: ':'", "spec.q", "", "a"),
            ("data.c", "index: 1", "spec.q", "", "'a:b:c'"),
            ("data.s", "", "spec.c", "delimiter: ':', index: 1", "'a:hello:c'"),
            ("data.s", "", "spec.c", "delimiter: ':', index: -1", "'hello:a:b:c'"),
            ("data.s", "", "spec.c", "delimiter: ':', index: 9", "'a:b:c:hello'"),
            ("data.s", "", "spec.new", "delimiter: ':', index: 1, create: true", "':hello'"),
        ];
        for (source, options, target, target_options, expected) in cases {
            let after = replaced(&entry(source, options, target, target_options)).unwrap();
            let field = target.split('.').nth(1).unwrap();
            assert_eq!(
                after[1]["spec"][field],
                json_of(expected),
                "{source} {options} -> {target} {target_options}"
            );
        }
    }

    #[test]
    fn what_kubectl_refuses_is_refused_where_it_is_said() {
        let cases = [
            (
                "data.s",
                "",
                "spec.int",
                "",
                "Deployment `d1` has no place for `spec.int`: `hello` is not of the type of `1`, which it replaces",
            ),
            (
                "data.n",
                "",
                "spec.none",
                "",
                "Deployment `d1` has no place for `spec.none`: `5` is not of the type of `null`, which it replaces",
            ),
            ("data.s", "", "spec.zz", "", "Deployment `d1` has no field `spec.zz`"),
            ("data.s", "", "spec.none.x", "", "Deployment `d1` has no field `spec.none.x`"),
            (
                "data.s",
                "",
                "spec.l.3",
                "",
                "Deployment `d1` has no place for `spec.l.3`: the list has no element 3, its length is 3",
            ),
            (
                "data.s",
                "",
                "spec.str.x",
                "",
                "Deployment `d1` has no place for `spec.str.x`: `x` is asked of something that is not a mapping",
            ),
            (
                "data.s",
                "",
                "spec.m.*",
                "",
                "Deployment `d1` has no place for `spec.m.*`: `*` is asked of something that is not a list",
            ),
            (
                "data.s",
                "",
                "spec.list.[name=[].v",
                "",
                "Deployment `d1` has no place for `spec.list.[name=[].v`: `[` is not a regular expression",
            ),
            (
                "data.s",
                "",
                "spec.m.[k]",
                "",
                "Deployment `d1` has no place for `spec.m.[k]`: `[k]` needs a key and a value: `[name=web]`",
            ),
            (
                "data.s",
                "",
                "spec.m",
                "delimiter: ':'",
                "Deployment `d1` has no place for `spec.m`: `delimiter` is for single values, not for lists and mappings",
            ),
            ("spec.none", "", "spec.q", "", "ConfigMap `src` has no field `spec.none`"),
            ("spec.l.5", "", "spec.q", "", "ConfigMap `src` has no field `spec.l.5`"),
            (
                "spec.l.-1",
                "",
                "spec.q",
                "",
                "`spec.l.-1` leads nowhere in ConfigMap `src`: the index -1 is negative",
            ),
            (
                "spec.ll.*.v",
                "",
                "spec.q",
                "",
                "`spec.ll.*.v` leads nowhere in ConfigMap `src`: `*` does not work in a source",
            ),
            ("data.c", "delimiter: ':', index: 3", "spec.q", "", "the source's value `a:b:c` has no part 3"),
            ("data.c", "delimiter: ':', index: x", "spec.q", "", "`index` is not a whole number"),
            (
                "spec.m",
                "delimiter: ':'",
                "spec.q",
                "",
                "`delimiter` is for single values, not for lists and mappings",
            ),
        ];
        for (source, options, target, target_options, message) in cases {
            let error = replaced(&entry(source, options, target, target_options)).unwrap_err();
            assert_eq!(error.message, message, "{source} -> {target}");
            assert_eq!(error.span.source, SourceId(1));
        }
    }

    #[test]
    fn a_replacement_needs_one_source_and_a_target() {
        let cases = [
            ("{targets: [{select: {name: d1}}]}", "a replacement needs a `source` and `targets`"),
            ("{source: {kind: ConfigMap}, targets: []}", "a replacement needs a `source` and `targets`"),
            (
                "{source: {kind: ConfigMap}, targets: [{fieldPaths: [a]}]}",
                "the replacement's target has no `select`",
            ),
            (
                "{source: {name: 's.*'}, targets: [{select: {name: d1}}]}",
                "the replacement's source selects no object",
            ),
            (
                "{source: {kind: Deployment}, targets: [{select: {name: d1}}]}",
                "the replacement's source selects more than one object: Deployment `d1` and Deployment `d2`",
            ),
        ];
        for (entry, message) in cases {
            assert_eq!(replaced(entry).unwrap_err().message, message);
        }
    }

    #[test]
    fn targets_are_selected_by_whole_names_and_rejected_by_names_or_labels() {
        let cases = [
            ("{kind: Deployment}", "[]", [true, true]),
            ("{kind: Deploy.*}", "[]", [false, false]),
            ("{namespace: ns1}", "[]", [true, false]),
            ("{namespace: default, kind: Deployment}", "[]", [false, true]),
            ("{group: apps, version: v1}", "[]", [true, true]),
            ("{labelSelector: app=two}", "[]", [false, true]),
            ("{annotationSelector: k=v}", "[]", [true, false]),
            ("{kind: Deployment}", "[{name: d1}]", [false, true]),
            ("{kind: Deployment}", "[{name: 'd[1]'}]", [true, true]),
            ("{kind: Deployment}", "[{labelSelector: app=one}]", [false, true]),
            ("{kind: Deployment}", "[{labelSelector: app=one, name: d2}]", [false, false]),
            ("{kind: Deployment}", "[{}]", [true, true]),
        ];
        for (select, reject, expected) in cases {
            let entry = format!(
                "{{source: {{kind: ConfigMap, fieldPath: data.s}}, \
                 targets: [{{select: {select}, reject: {reject}, fieldPaths: [spec.str]}}]}}"
            );
            let after = replaced(&entry).unwrap();
            assert_eq!([1, 2].map(|at| after[at]["spec"]["str"] == "hello"), expected, "{select} {reject}");
        }
    }

    #[test]
    fn a_copied_value_points_at_its_source() {
        let texts = parsed(0, OBJECTS);
        let entry = entry("data.s", "", "spec.str", "");
        let entry = parsed(1, &entry);
        let mut objects: Vec<Object<'_>> = objects(&texts);
        replace(&mut objects, root(&entry), &mut Room::default()).unwrap();
        let at = |object: &Object<'_>, path: [&str; 2]| {
            object.tree().node().get(path[0]).unwrap().get(path[1]).unwrap().span()
        };
        assert_eq!(at(&objects[1], ["spec", "str"]), at(&objects[0], ["data", "s"]));
    }
}
