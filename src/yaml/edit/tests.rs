use super::*;
use crate::yaml::{Limits, parse};

/// `text` after the change at `path`, an item of which is written `[0]`; `None` where the change is refused.
fn after(text: &str, path: &str, wanted: &Change) -> Option<String> {
    let parsed = parse(SourceId(0), text, &Limits::default());
    assert_eq!(parsed.documents()[0].error, None, "{text}");
    let root = parsed.root(&parsed.documents()[0])?;
    let mut legs = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        legs.push(part.parse().map_or_else(|_| Leg::Key(part.into()), Leg::Item));
    }
    let edited = change(&Desk::new(&parsed), root, &legs, wanted)?;
    let mut out = text.to_owned();
    for edit in edited.edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    let again = parse(SourceId(0), &out, &Limits::default());
    assert_eq!(again.documents()[0].error, None, "{text}\n---\n{out}");
    Some(out)
}

/// Text, path, change, and the text after it; an empty one where there is no edit that does it.
type Case = (&'static str, &'static str, Change, &'static str);

fn set(draft: Draft) -> Change {
    Change::Set(draft)
}

fn check(cases: &[Case]) {
    for (text, path, change, expected) in cases {
        let found = after(text, path, change);
        assert_eq!(found.as_deref().unwrap_or_default(), *expected, "{change:?} at {path} in\n{text}");
    }
}

#[test]
fn a_field_is_set_where_its_neighbours_stand() {
    check(&[
        ("b:\n  c: true # x\n", "b.c", set(Draft::Bool(false)), "b:\n  c: false # x\n"),
        ("b:\n  c: 1 # x", "b.d.e", set(Draft::Bool(true)), "b:\n  c: 1 # x\n  d:\n    e: true"),
        ("l:\n- a: 1\n- c\n", "l.0.s", set(Draft::Int(2)), "l:\n- a: 1\n  s: 2\n- c\n"),
        ("k: {a: 1}\n", "k.c.d", set(Draft::Bool(true)), "k: {a: 1, c: {d: true}}\n"),
        ("a: 'x'\n", "a", set(Draft::Text("it's".into())), "a: 'it''s'\n"),
        ("a:\n  b: 1\nj: # c\n", "j.k", set(Draft::Int(2)), "a:\n  b: 1\nj: # c\n  k: 2\n"),
        ("a: |\n  x\n\n# end\n", "c", set(Draft::Int(2)), "a: |\n  x\nc: 2\n\n# end\n"),
        ("a: |\n  x", "c", set(Draft::Int(2)), ""),
    ]);
}

#[test]
fn an_alias_is_replaced_and_what_it_stands_for_is_not() {
    check(&[
        ("a: &x 1\nc: *x\n", "c", set(Draft::Int(2)), "a: &x 1\nc: 2\n"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "c.b", set(Draft::Int(2)), "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n"),
        ("a: &x 1\nc: *x\n", "a", Change::Remove { prune: false }, ""),
    ]);
}

#[test]
fn a_comment_outlives_its_field() {
    let remove = || Change::Remove { prune: false };
    check(&[
        ("l:\n  - a: 1 # one\n    b: 2\n", "l.0.a", remove(), "l:\n  # one\n  - b: 2\n"),
        ("k:\n  a: 1 # one\nz: 1", "k.a", remove(), "k: {}\n# one\nz: 1"),
        ("k:\n  a: 1 # one\nz: 1", "k.a", Change::Remove { prune: true }, "# one\nz: 1"),
        ("a: |\n  x\nb:\n  c: 1\n  # y\nd: 1\n", "b", remove(), ""),
        ("l: [a, b] # one\n", "l.1", remove(), "l: [a] # one\n"),
        ("l: [a, b] # one\n", "l.0", remove(), "l: [b] # one\n"),
        ("l: [\n  a, # one\n  b]\n", "l.0", remove(), ""),
        ("a: # h\n  b: 1\n  # in\nz: 1\n", "a", remove(), "# h\n  # in\nz: 1\n"),
    ]);
}
