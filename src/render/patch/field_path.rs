//! The field paths of replacements and vars: `spec.containers.[name=web].image`,
//! `metadata.annotations.[a.b/c]`, `spec.ports.0.port`, `spec.hosts.*`.

use std::borrow::Cow;

use regex::Regex;

use super::{bounds::DEEPEST, smp::is_null};
use crate::{
    base::Span,
    yaml::{Kind, Node, Style, Tree, Value},
};

/// A path, cut into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FieldPath {
    parts: Vec<String>,
}

/// What a target path makes where something is missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Create {
    /// The kind of what is made at the path's end.
    pub(super) leaf: Kind,
    /// Where what is made was written.
    pub(super) span: Span,
}

/// What is done at a path's end; the second argument tells whether it was made just now.
pub(super) type Visit<'v, 'a> = dyn FnMut(&mut Tree<'a>, bool) -> Result<(), String> + 'v;

/// One part as a target path means it.
enum Part<'p> {
    Field(&'p str),
    Index(usize),
    /// `*`
    Every,
    /// `[key=pattern]`; with an empty key, the elements themselves are compared.
    Matching(&'p str, &'p str),
}

impl FieldPath {
    /// Cuts `text` at its dots; `\.` is a dot in a key, and so is every dot between brackets.
    pub(super) fn new(text: &str) -> Self {
        let mut parts: Vec<String> = Vec::new();
        let mut open: Option<String> = None;
        for part in unescaped(text) {
            let is_open = open.is_some();
            let whole = match open.take() {
                Some(begun) => format!("{begun}.{part}"),
                None => part,
            };
            // What begins a bracket goes on to the part that ends one.
            if whole.starts_with('[') && !whole.ends_with(']') {
                open = Some(whole);
            } else if is_open && !whole.contains('=') {
                parts.push(whole.trim_matches(['[', ']']).to_owned());
            } else {
                parts.push(whole);
            }
        }
        if let Some(begun) = open {
            parts.push(if begun.contains('=') { begun } else { begun.trim_matches(['[', ']']).to_owned() });
        }
        Self { parts }
    }

    /// The same with `ports[0]` cut into `ports` and `0`, as vars have it.
    pub(super) fn with_indices(text: &str) -> Self {
        let mut parts = Vec::new();
        for part in Self::new(text).parts {
            let indexed = part.strip_suffix(']').and_then(|it| it.rsplit_once('['));
            match indexed {
                Some((key, index)) if !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit()) => {
                    parts.extend((!key.is_empty()).then(|| key.to_owned()));
                    parts.push(index.to_owned());
                }
                _ => parts.push(part),
            }
        }
        Self { parts }
    }

    /// What stands there, with all below it; `None` where it or something on the way is missing.
    ///
    /// # Errors
    /// What is wrong with the path, in a few words.
    pub(super) fn look_up<'a>(&self, tree: &Tree<'a>) -> Result<Option<Tree<'a>>, String> {
        let mut found = Cow::Borrowed(tree);
        for part in self.parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
            if is_null(found.node()) {
                return Ok(None);
            }
            match child(&found, part)? {
                Some(next) => found = Cow::Owned(next),
                None => return Ok(None),
            }
        }
        Ok(Some(found.into_owned()))
    }

    /// How deep it leads.
    pub(super) fn levels(&self) -> usize {
        self.parts.len()
    }

    /// Calls `visit` for each place that the path leads to, and counts them.
    ///
    /// # Errors
    /// What is wrong with the path, or what `visit` says.
    pub(super) fn visit<'a>(
        &self,
        tree: &mut Tree<'a>,
        create: Option<Create>,
        visit: &mut Visit<'_, 'a>,
    ) -> Result<usize, String> {
        if self.levels() > DEEPEST {
            return Err(format!("it leads deeper than {DEEPEST} levels"));
        }
        walk(&self.parts, tree, create, false, visit)
    }
}

/// The parts between dots that no backslash stands before.
fn unescaped(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_escaped = false;
    for part in text.split('.') {
        let (own, escapes) = part.strip_suffix('\\').map_or((part, false), |it| (it, true));
        match parts.last_mut() {
            Some(last) if is_escaped => {
                last.push('.');
                last.push_str(own);
            }
            _ => parts.push(own.to_owned()),
        }
        is_escaped = escapes;
    }
    if let (true, Some(last)) = (is_escaped, parts.last_mut()) {
        last.push('\\');
    }
    parts
}

fn in_brackets(part: &str) -> Option<&str> {
    part.strip_prefix('[')?.strip_suffix(']')
}

/// Key and value of `[key=value]`.
fn condition(inside: &str) -> Result<(&str, &str), String> {
    inside.split_once('=').ok_or_else(|| format!("`[{inside}]` needs a key and a value: `[name=web]`"))
}

fn wrong_kind(part: &str, wanted: &str) -> String {
    format!("`{part}` is asked of something that is not a {wanted}")
}

/// One step of a source path.
fn child<'a>(tree: &Tree<'a>, part: &str) -> Result<Option<Tree<'a>>, String> {
    if let Ok(index) = part.parse::<i64>() {
        let index = usize::try_from(index).map_err(|_| format!("the index {index} is negative"))?;
        return Ok(items(tree, part)?.into_iter().nth(index));
    }
    if part == "-" {
        return Ok(items(tree, part)?.into_iter().next_back());
    }
    if part == "*" {
        return Err("`*` does not work in a source".to_owned());
    }
    if let Some(inside) = in_brackets(part) {
        let (key, value) = condition(inside)?;
        let is_it = |item: &Tree<'_>| match key {
            "" => item.node().is(value),
            key => item.node().get(key).is_some_and(|it| it.is(value)),
        };
        return Ok(items(tree, part)?.into_iter().find(is_it));
    }
    match tree {
        Tree::Link(node) if node.kind() == Kind::Mapping => Ok(node.get(part).map(Tree::Link)),
        Tree::Mapping(entries, _) => {
            Ok(entries.iter().find(|(own, _)| own.text == part).map(|(_, value)| value.clone()))
        }
        _ => Err(wrong_kind(part, "mapping")),
    }
}

fn items<'a>(tree: &Tree<'a>, part: &str) -> Result<Vec<Tree<'a>>, String> {
    match tree {
        Tree::Link(node) if node.kind() == Kind::Sequence => Ok(node.items().map(Tree::Link).collect()),
        Tree::Sequence(items, _) => Ok(items.clone()),
        _ => Err(wrong_kind(part, "list")),
    }
}

fn read(part: &str) -> Result<Part<'_>, String> {
    if let Ok(index) = part.parse::<i64>()
        && let Ok(index) = usize::try_from(index)
    {
        return Ok(Part::Index(index));
    }
    if part == "*" {
        return Ok(Part::Every);
    }
    match in_brackets(part) {
        Some(inside) => condition(inside).map(|(key, value)| Part::Matching(key, value)),
        None => Ok(Part::Field(part)),
    }
}

/// What a part asks of that which it stands in.
fn wanted(parts: &[String], leaf: Kind) -> Kind {
    match parts.first().map(String::as_str) {
        None | Some("") => leaf,
        Some(part) if in_brackets(part).is_some() || part.parse::<u64>().is_ok() => Kind::Sequence,
        Some(_) => Kind::Mapping,
    }
}

fn empty<'a>(kind: Kind, span: Span) -> Tree<'a> {
    match kind {
        Kind::Scalar => Tree::Scalar(Value::plain("", span)),
        Kind::Sequence => Tree::Sequence(Vec::new(), span),
        Kind::Mapping => Tree::Mapping(Vec::new(), span),
    }
}

fn walk<'a>(
    parts: &[String],
    tree: &mut Tree<'a>,
    create: Option<Create>,
    is_new: bool,
    visit: &mut Visit<'_, 'a>,
) -> Result<usize, String> {
    let Some((part, rest)) = parts.split_first() else {
        visit(tree, is_new)?;
        return Ok(1);
    };
    if is_null(tree.node()) && !is_new {
        // kustomize makes fields in a null, and then forgets them.
        return Ok(usize::from(create.is_some()));
    }
    match read(part)? {
        Part::Field(key) => walk_field(key, rest, tree, create, visit),
        Part::Index(index) => {
            let items = list(tree, part)?;
            if let Some(create) = create.filter(|_| index == items.len()) {
                items.push(empty(wanted(rest, create.leaf), create.span));
                return walk(rest, &mut items[index], Some(create), true, visit);
            }
            let length = items.len();
            let Some(item) = items.get_mut(index) else {
                return Err(format!("the list has no element {index}, its length is {length}"));
            };
            walk(rest, item, create, false, visit)
        }
        Part::Every => {
            let items = list(tree, part)?;
            items.iter_mut().try_fold(0, |count, item| Ok(count + walk(rest, item, create, false, visit)?))
        }
        Part::Matching(key, pattern) => walk_matching(key, pattern, rest, list(tree, part)?, create, visit),
    }
}

fn list<'t, 'a>(tree: &'t mut Tree<'a>, part: &str) -> Result<&'t mut Vec<Tree<'a>>, String> {
    if tree.kind() != Kind::Sequence {
        return Err(wrong_kind(part, "list"));
    }
    tree.items_mut().ok_or_else(|| wrong_kind(part, "list"))
}

fn walk_field<'a>(
    key: &str,
    rest: &[String],
    tree: &mut Tree<'a>,
    create: Option<Create>,
    visit: &mut Visit<'_, 'a>,
) -> Result<usize, String> {
    if tree.kind() != Kind::Mapping || key.is_empty() {
        return Err(wrong_kind(key, "mapping"));
    }
    let is_new = tree.node().get(key).is_none();
    if is_new {
        let Some(create) = create else { return Ok(0) };
        tree.set(Value::text(key.to_owned(), create.span), empty(wanted(rest, create.leaf), create.span));
    }
    match tree.get_mut(key) {
        Some(value) => walk(rest, value, create, is_new, visit),
        None => Ok(0),
    }
}

fn walk_matching<'a>(
    key: &str,
    pattern: &str,
    rest: &[String],
    items: &mut Vec<Tree<'a>>,
    create: Option<Create>,
    visit: &mut Visit<'_, 'a>,
) -> Result<usize, String> {
    let is_plain = pattern.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let regex = (!is_plain).then(|| Regex::new(pattern)).transpose();
    let regex = regex.map_err(|_| format!("`{pattern}` is not a regular expression"))?;
    let fits = |text: &str| regex.as_ref().map_or_else(|| text.contains(pattern), |it| it.is_match(text));
    let mut count = 0;
    for item in items.iter_mut() {
        let value = if key.is_empty() { Some(item.node()) } else { item.node().get(key) };
        if !value.is_some_and(|value| fits(&written(value))) {
            continue;
        }
        if key.is_empty() {
            visit(item, false)?;
            count += 1;
        } else {
            count += walk(rest, item, create, false, visit)?;
        }
    }
    let Some(create) = create.filter(|_| count == 0) else { return Ok(count) };
    let value = Tree::Scalar(Value::plain(pattern.to_owned(), create.span));
    if key.is_empty() {
        let mut value = value;
        visit(&mut value, true)?;
        items.push(value);
        return Ok(1);
    }
    let key = Value::text(key.to_owned(), create.span);
    let mut element = Tree::Mapping(vec![(key, value)], create.span);
    count = walk(rest, &mut element, Some(create), false, visit)?;
    items.push(element);
    Ok(count)
}

/// A value as YAML writes it, for that is what kustomize matches: in its quotes.
fn written(node: Node<'_>) -> Cow<'_, str> {
    let text = node.text().unwrap_or_default();
    match node.style() {
        Style::DoubleQuoted => Cow::Owned(format!("\"{text}\"")),
        Style::SingleQuoted => Cow::Owned(format!("'{text}'")),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_dots_that_are_meant() {
        let cases: &[(&str, &[&str])] = &[
            ("a.b", &["a", "b"]),
            (r"a.b\.c/d.e", &["a", "b.c/d", "e"]),
            ("a.[name=x.y].c", &["a", "[name=x.y]", "c"]),
            ("a.[b.c/d]", &["a", "b.c/d"]),
            ("a.[b]", &["a", "[b]"]),
            ("a.[b.c", &["a", "b.c"]),
            ("a.[b=c.d", &["a", "[b=c.d"]),
            ("a..b", &["a", "", "b"]),
            (r"a\", &["a\\"]),
        ];
        for (text, parts) in cases {
            assert_eq!(FieldPath::new(text).parts, *parts, "{text}");
        }
        assert_eq!(FieldPath::with_indices("a.ports[0].x").parts, ["a", "ports", "0", "x"]);
        assert_eq!(FieldPath::with_indices("a.[name=x[0]].[3]").parts, ["a", "[name=x[0]]", "3"]);
    }
}
