//! Edits of random documents in random layouts: the tree after an edit is the tree with the change made, no comment is
//! lost, and the same edit again does nothing.

use plimsoll::{
    base::SourceId,
    yaml::{self, Change, Desk, Draft, Kind, Leg, Limits, Node, change},
};
use proptest::prelude::*;

use crate::random;

/// A document without its layout.
#[derive(Debug, Clone, PartialEq)]
enum Tree {
    Scalar(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

fn trees() -> impl Strategy<Value = Tree> {
    let scalar = prop_oneof![
        Just("true".to_owned()),
        Just("1".to_owned()),
        Just("two words".to_owned()),
        Just("a # b".to_owned()),
        Just("line\nline\n".to_owned()),
        Just(String::new()),
        "[a-z]{1,5}",
    ];
    let tree = scalar.prop_map(Tree::Scalar).prop_recursive(4, 24, 4, |inner| {
        let entries = prop::collection::btree_map("[a-e]", inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Tree::List),
            entries.prop_map(|it| Tree::Map(it.into_iter().collect())),
        ]
    });
    prop::collection::btree_map("[a-e]", tree, 1..5).prop_map(|it| Tree::Map(it.into_iter().collect()))
}

/// Decides how each node is written.
struct Writer {
    dice: u64,
    step: usize,
    list_step: usize,
    comments: usize,
    eol: &'static str,
    out: String,
}

impl Writer {
    fn roll(&mut self, sides: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % sides
    }

    fn end(&mut self) {
        if self.roll(4) == 0 {
            self.comments += 1;
            self.out.push_str(&format!(" # end {}", self.comments));
        }
        self.out.push_str(self.eol);
    }

    fn above(&mut self, column: usize) {
        if self.roll(6) == 0 {
            self.comments += 1;
            let comment = format!("{}# above {}{}", " ".repeat(column), self.comments, self.eol);
            self.out.push_str(&comment);
        }
    }

    /// A whole collection from the start of a line.
    fn block(&mut self, tree: &Tree, column: usize) {
        match tree {
            Tree::Map(entries) => {
                for (key, value) in entries {
                    self.above(column);
                    self.out.push_str(&" ".repeat(column));
                    self.entry(key, value, column);
                }
            }
            Tree::List(items) => {
                for item in items {
                    self.above(column);
                    self.out.push_str(&format!("{}-", " ".repeat(column)));
                    match item {
                        Tree::Map(entries) if !entries.is_empty() && self.roll(3) > 0 => {
                            for (index, (key, value)) in entries.iter().enumerate() {
                                let lead = if index == 0 { " ".to_owned() } else { " ".repeat(column + 2) };
                                self.out.push_str(&lead);
                                self.entry(key, value, column + 2);
                            }
                        }
                        item => self.value(item, column, true),
                    }
                }
            }
            Tree::Scalar(_) => {}
        }
    }

    fn entry(&mut self, key: &str, value: &Tree, column: usize) {
        let key = if self.roll(5) == 0 { format!("\"{key}\"") } else { key.to_owned() };
        self.out.push_str(&format!("{key}:"));
        self.value(value, column, false);
    }

    fn value(&mut self, tree: &Tree, column: usize, is_item: bool) {
        let is_block = match tree {
            Tree::Scalar(text) => {
                if text.ends_with('\n') && self.roll(2) == 0 {
                    let pad = " ".repeat(column + 2);
                    let lines: Vec<String> =
                        text.lines().map(|it| format!("{pad}{it}{}", self.eol)).collect();
                    self.out.push_str(&format!(" |{}{}", self.eol, lines.concat()));
                    return;
                }
                false
            }
            Tree::List(items) => !items.is_empty() && self.roll(4) > 0,
            Tree::Map(entries) => !entries.is_empty() && self.roll(4) > 0,
        };
        if is_block {
            self.end();
            let step = if is_item {
                2
            } else if matches!(tree, Tree::Map(_)) {
                self.step
            } else {
                self.list_step
            };
            self.block(tree, column + step);
            return;
        }
        self.out.push(' ');
        self.flow(tree);
        self.end();
    }

    fn flow(&mut self, tree: &Tree) {
        match tree {
            Tree::Scalar(text) => {
                let is_word = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
                match self.roll(3) {
                    0 if !text.contains('\n') => self.out.push_str(&format!("'{text}'")),
                    1 if is_word => self.out.push_str(text),
                    _ => self.out.push_str(&serde_json::to_string(text).unwrap()),
                }
            }
            Tree::List(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.flow(item);
                }
                self.out.push(']');
            }
            Tree::Map(entries) => {
                self.out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.out.push_str(&format!("{key}: "));
                    self.flow(value);
                }
                self.out.push('}');
            }
        }
    }
}

fn tree_of(node: Node<'_>) -> Tree {
    match node.kind() {
        Kind::Scalar => Tree::Scalar(node.text().unwrap_or_default().into_owned()),
        Kind::Sequence => Tree::List(node.items().map(tree_of).collect()),
        Kind::Mapping => {
            let entry =
                |it: yaml::Entry<'_>| (it.key.text().unwrap_or_default().into_owned(), tree_of(it.value));
            Tree::Map(node.entries().map(entry).collect())
        }
    }
}

/// Every way through `tree`, those that lead to nothing yet among them.
fn ways(tree: &Tree, way: &mut Vec<Leg>, all: &mut Vec<Vec<Leg>>) {
    if !way.is_empty() {
        all.push(way.clone());
    }
    match tree {
        Tree::Map(entries) => {
            for (key, value) in entries {
                way.push(Leg::Key(key.as_str().into()));
                ways(value, way, all);
                way.pop();
            }
            let missing = [Leg::Key("new".into()), Leg::Key("inner".into())];
            all.push(way.iter().chain(&missing).cloned().collect());
        }
        Tree::List(items) => {
            for (number, item) in items.iter().enumerate() {
                way.push(Leg::Item(number as u32));
                ways(item, way, all);
                way.pop();
            }
        }
        Tree::Scalar(_) => {}
    }
}

/// What becomes of `tree`; `None` where nothing of the kind can be done.
fn model(tree: &mut Tree, way: &[Leg], wanted: &Change) -> Option<()> {
    let (leg, rest) = way.split_first()?;
    match (leg, tree) {
        (Leg::Key(key), Tree::Map(entries)) => {
            let at = entries.iter().position(|(own, _)| **own == **key);
            match (at, wanted) {
                (Some(at), Change::Remove { .. }) if rest.is_empty() => drop(entries.remove(at)),
                (Some(at), _) if rest.is_empty() => done(&mut entries[at].1, wanted)?,
                (Some(at), _) => model(&mut entries[at].1, rest, wanted)?,
                (None, Change::Remove { .. }) => {}
                (None, _) => {
                    let mut value = Tree::Map(Vec::new());
                    if rest.is_empty() { done(&mut value, wanted) } else { model(&mut value, rest, wanted) }?;
                    entries.push((key.to_string(), value));
                }
            }
        }
        (Leg::Item(number), Tree::List(items)) => {
            let at = *number as usize;
            match wanted {
                Change::Remove { .. } if rest.is_empty() => drop(items.remove(at)),
                _ if rest.is_empty() => done(items.get_mut(at)?, wanted)?,
                _ => model(items.get_mut(at)?, rest, wanted)?,
            }
        }
        _ => return None,
    }
    Some(())
}

fn done(value: &mut Tree, wanted: &Change) -> Option<()> {
    match wanted {
        Change::Set(draft) => *value = drafted(draft),
        Change::Append(draft) => match value {
            Tree::List(items) if items.contains(&drafted(draft)) => {}
            Tree::List(items) => items.push(drafted(draft)),
            Tree::Map(entries) if entries.is_empty() => *value = Tree::List(vec![drafted(draft)]),
            _ => return None,
        },
        _ => return None,
    }
    Some(())
}

fn drafted(draft: &Draft) -> Tree {
    match draft {
        Draft::List(items) => Tree::List(items.iter().map(drafted).collect()),
        Draft::Map(entries) => {
            Tree::Map(entries.iter().map(|(key, it)| (key.clone(), drafted(it))).collect())
        }
        Draft::Text(text) => Tree::Scalar(text.clone()),
        other => Tree::Scalar(other.words().unwrap_or_default()),
    }
}

fn changes() -> impl Strategy<Value = Change> {
    let text = |text: &str| Draft::Text(text.to_owned());
    let map = Draft::Map(vec![
        ("type".to_owned(), text("RuntimeDefault")),
        ("list".to_owned(), Draft::List(vec![text("a b"), Draft::Int(2)])),
    ]);
    prop_oneof![
        Just(Change::Set(Draft::Bool(false))),
        Just(Change::Set(text("yes"))),
        Just(Change::Set(map)),
        Just(Change::Set(Draft::List(vec![text("ALL")]))),
        Just(Change::Remove { prune: false }),
        Just(Change::Append(text("ALL"))),
    ]
}

fn comments(text: &str) -> Vec<String> {
    let parsed = yaml::parse(SourceId(0), text, &Limits::default());
    let mut all: Vec<String> =
        parsed.comments().iter().map(|it| text[it.start as usize..it.end as usize].to_owned()).collect();
    all.sort();
    all
}

/// The text after the change, or `None` where it is refused; whether there was anything to do.
fn edited(text: &str, way: &[Leg], wanted: &Change) -> Option<(String, bool)> {
    let parsed = yaml::parse(SourceId(0), text, &Limits::default());
    let root = parsed.root(&parsed.documents()[0])?;
    let edits = change(&Desk::new(&parsed), root, way, wanted)?.edits;
    let mut out = text.to_owned();
    for edit in edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    Some((out, !edits.is_empty()))
}

fn read(text: &str) -> Result<Tree, String> {
    let parsed = yaml::parse(SourceId(0), text, &Limits::default());
    if let Some(error) = &parsed.documents()[0].error {
        return Err(error.message.clone());
    }
    parsed.root(&parsed.documents()[0]).map(tree_of).ok_or_else(|| "empty".to_owned())
}

proptest! {
    #![proptest_config(random::config(2000))]

    #[test]
    fn an_edit_makes_its_change_and_no_other(
        tree in trees(),
        dice in 1_u64..,
        step in 1_usize..5,
        unindented in any::<bool>(),
        crlf in any::<bool>(),
        wanted in changes(),
        pick in any::<prop::sample::Index>(),
    ) {
        let list_step = if unindented { 0 } else { step };
        let eol = if crlf { "\r\n" } else { "\n" };
        let mut writer = Writer { dice, step, list_step, comments: 0, eol, out: String::new() };
        writer.block(&tree, 0);
        let text = writer.out;
        prop_assert_eq!(read(&text), Ok(tree.clone()), "{}", text);
        let mut all = Vec::new();
        ways(&tree, &mut Vec::new(), &mut all);
        let way = pick.get(&all);
        let Some((after, _)) = edited(&text, way, &wanted) else { return Ok(()) };
        let mut expected = tree.clone();
        prop_assert!(model(&mut expected, way, &wanted).is_some(), "{:?} {:?}\n{}", wanted, way, text);
        prop_assert_eq!(read(&after), Ok(expected), "{:?} {:?}\n{}\n---->\n{}", wanted, way, text, after);
        prop_assert_eq!(comments(&after), comments(&text), "{:?} {:?}\n{}\n---->\n{}", wanted, way, text, after);
        let is_item = matches!(way.last(), Some(Leg::Item(_)));
        if !(is_item && matches!(wanted, Change::Remove { .. })) {
            let again = edited(&after, way, &wanted);
            prop_assert!(again.is_none_or(|(_, does)| !does), "again: {:?} {:?}\n{}", wanted, way, after);
        }
    }
}
