//! Following a path through a tree, remembering the deepest thing that exists.

use super::{Kind, Node};
use crate::base::Span;

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into the value under this key.
    Key(Box<str>),
    /// Into each item of a list, or each value of a mapping.
    Each,
}

/// A parsed path: `spec.ports[*].name`, `metadata.annotations["a.b/c"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    steps: Vec<Step>,
}

/// The text is no path. The rule author's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a path: write keys with dots between them, `[*]` for each item, `[\"a.b\"]` for a key with dots"
)]
pub struct ParsePathError(String);

/// One place that a path leads to.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'a, 'p> {
    /// The value, unless it or something on the way is missing.
    pub node: Option<Node<'a>>,
    /// What to point at: a scalar itself, the key of a collection, an item's first line; for something
    /// missing, the key of the deepest thing that exists, or `None` when that is the start.
    pub place: Option<Span>,
    /// The alias through which the value was reached.
    pub via: Option<Span>,
    /// Nothing is known of the value: something on the way is no mapping, but a placeholder or a mistake.
    pub barred: bool,
    /// For each `[*]` on the way, which item.
    pub indices: &'p [u32],
}

impl Path {
    /// A path of plain keys.
    pub fn of(keys: &[&str]) -> Self {
        Self { steps: keys.iter().map(|key| Step::Key((*key).into())).collect() }
    }

    /// Reads the written form; empty text is the empty path.
    ///
    /// # Errors
    /// [`ParsePathError`] when a key is empty or a bracket is not closed.
    pub fn parse(text: &str) -> Result<Self, ParsePathError> {
        let error = || ParsePathError(text.to_owned());
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("[*]") {
                steps.push(Step::Each);
                rest = after;
            } else if let Some(quoted) = rest.strip_prefix("[\"") {
                let (key, after) = quoted.split_once("\"]").ok_or_else(error)?;
                steps.push(Step::Key(key.into()));
                rest = after;
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                if end == 0 {
                    return Err(error());
                }
                steps.push(Step::Key(rest[..end].into()));
                rest = &rest[end..];
            }
            rest = match rest.strip_prefix('.') {
                Some("") => return Err(error()),
                Some(after) => after,
                None if rest.is_empty() || rest.starts_with('[') => rest,
                None => return Err(error()),
            };
        }
        Ok(Self { steps })
    }

    /// The steps in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The keys with which it begins, up to the first `[*]`.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map_while(|step| if let Step::Key(key) = step { Some(&**key) } else { None })
    }

    /// Whether it leads nowhere else.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Calls `visit` for every place that the path leads to from `start`: once for a path without `[*]`,
    /// once for each item otherwise, once for each branch that ends early. An explicit null is missing.
    pub fn visit<'a>(&self, start: Node<'a>, visit: &mut dyn FnMut(Hit<'a, '_>)) {
        let mut indices = Vec::new();
        walk(&self.steps, Cursor { node: start, place: None, via: start.via() }, &mut indices, visit);
    }

    /// The path without its first step.
    #[must_use]
    pub fn tail(&self) -> Path {
        Self { steps: self.steps.get(1..).unwrap_or_default().to_vec() }
    }

    /// The first place that the path leads to.
    pub fn find<'a>(&self, start: Node<'a>) -> Option<Node<'a>> {
        let mut found = None;
        self.visit(start, &mut |hit| found = found.or(hit.node));
        found
    }

    /// The path in words, with the item numbers put in: `spec.ports[1].name`.
    pub fn display(&self, indices: &[u32]) -> String {
        let mut out = String::new();
        let mut indices = indices.iter();
        for step in &self.steps {
            match step {
                Step::Key(key) => push_key(&mut out, key),
                Step::Each => match indices.next() {
                    Some(index) => out.push_str(&format!("[{index}]")),
                    None => out.push_str("[*]"),
                },
            }
        }
        out
    }
}

/// Appends `key` to a displayed path: after a dot, or in brackets and quotes where it has dots of its own.
pub fn push_key(out: &mut String, key: &str) {
    if key.contains(['.', '[', ']', '"', ' ']) || key.is_empty() {
        out.push_str(&format!("[\"{key}\"]"));
        return;
    }
    if !out.is_empty() {
        out.push('.');
    }
    out.push_str(key);
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    node: Node<'a>,
    place: Option<Span>,
    via: Option<Span>,
}

fn walk<'a>(steps: &[Step], at: Cursor<'a>, indices: &mut Vec<u32>, visit: &mut dyn FnMut(Hit<'a, '_>)) {
    let Some((step, rest)) = steps.split_first() else {
        visit(Hit { node: Some(at.node), place: at.place, via: at.via, barred: false, indices });
        return;
    };
    match step {
        Step::Key(key) => match at.node.entry(key) {
            Some(entry) if !is_null(entry.value) => {
                // A collection is shown by its key: in a rendered object too, the key is where it begins.
                let place = if entry.value.kind() == Kind::Scalar { entry.value } else { entry.key };
                let cursor = Cursor { node: entry.value, place: Some(place.span()), via: entry.value.via() };
                walk(rest, cursor, indices, visit);
            }
            Some(entry) => {
                let place = Some(entry.key.span());
                visit(Hit { node: None, place, via: at.via, barred: false, indices });
            }
            None => {
                let barred = at.node.kind() != Kind::Mapping;
                visit(Hit { node: None, place: at.place, via: at.via, barred, indices });
            }
        },
        Step::Each if at.node.kind() == Kind::Mapping => {
            for (index, entry) in at.node.fields().into_iter().enumerate() {
                indices.push(index as u32);
                let cursor = Cursor { node: entry.value, place: Some(entry.head()), via: entry.value.via() };
                walk(rest, cursor, indices, visit);
                indices.pop();
            }
        }
        Step::Each => {
            for (index, item) in at.node.items().enumerate() {
                indices.push(index as u32);
                let cursor = Cursor { node: item, place: Some(item.head()), via: item.via() };
                walk(rest, cursor, indices, visit);
                indices.pop();
            }
        }
    }
}

/// Whether it is the null of every YAML: nothing, `~` or `null` without quotes.
fn is_null(node: Node<'_>) -> bool {
    node.style() == super::Style::Plain
        && node.tag().is_none()
        && node.scalar().is_some_and(|it| matches!(it.raw(), "" | "~" | "null" | "Null" | "NULL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_written() {
        for text in
            ["", "spec", "spec.ports[*].name", "metadata.annotations[\"a.b/c\"]", "a[*][*].b", "[*].x"]
        {
            assert_eq!(Path::parse(text).unwrap().display(&[]), text);
        }
        assert_eq!(Path::parse("a[*].b[*]").unwrap().display(&[3, 1]), "a[3].b[1]");
        for text in [".", "a.", "a..b", "a[\"b", "a[0]", "[*]x"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_scalar_where_a_mapping_should_be_bars_the_path() {
        let text = "here: {}\nnothing: ~\nhidden: ${X}\nlisted: [a]\n";
        let parsed = crate::yaml::parse(crate::base::SourceId(0), text, &crate::yaml::Limits::default());
        let root = parsed.root(&parsed.documents()[0]).unwrap();
        for (path, barred) in [
            ("here.a.b", false),
            ("nothing.a", false),
            ("absent.a", false),
            ("hidden.a", true),
            ("listed.a", true),
        ] {
            Path::parse(path).unwrap().visit(root, &mut |hit| {
                assert_eq!((hit.node.is_none(), hit.barred), (true, barred), "{path}");
            });
        }
        assert!(Path::parse("a.b[*].c").unwrap().keys().eq(["a", "b"]));
    }
}
