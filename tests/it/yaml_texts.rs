//! Texts for property tests: soups of tokens, manifests with wrong characters, and valid YAML in all styles.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What YAML is made of, and what trips readers up.
const TOKENS: &[&str] = &[
    "a",
    "b",
    "c",
    "1",
    "é",
    "~",
    "a:b",
    "a#b",
    "::",
    "--",
    "-a",
    "?a",
    ":a",
    "x: y\n",
    "- z\n",
    "k:\n",
    "<<: ",
    ":",
    ": ",
    ": ",
    ": ",
    "- ",
    "- ",
    "- ",
    "-",
    "? ",
    "?",
    "\n",
    "\n",
    "\n",
    "\n ",
    "\n  ",
    "\n  ",
    "\n    ",
    "\n- ",
    "\n  - ",
    "\n\n",
    "\n \n",
    "  ",
    " ",
    " ",
    "\t",
    "\n\t",
    "\n\t\n",
    "\r\n",
    "\r",
    "\"",
    "\"",
    "'",
    "'",
    "\"a\": ",
    "'a'",
    "\"q\"",
    "\\",
    "\\n",
    "\\\n",
    "[",
    "]",
    "{",
    "}",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    "[]",
    "{}",
    "#",
    " #",
    "\n#c\n",
    " # d\n",
    "&a ",
    "&b",
    "*a",
    "*b",
    " *a",
    "!t ",
    "!!str ",
    "!",
    "|",
    "|\n",
    ">\n",
    "|-\n",
    "|+\n",
    "|2\n",
    "\n---\n",
    "\n...\n",
    "--- ",
    "%YAML 1.2\n---\n",
    "%",
    "@",
    "`",
    ".",
    "=",
];

const MANIFESTS: &[&str] = &[
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a # name\n  labels: {app: a, \"b\": 'c'}\nspec:\n  containers:\n  - name: c\n    image: \"r/i:1\"\n    args: [\"-c\", 'echo']\n    command:\n      - sh\n",
    "kind: ConfigMap\ndata:\n  a: |\n    one\n      two\n\n  b: >-\n    three\n    four\n  c: |+\n    five\n\n---\n# next\nkind: List\nitems:\n- &x {a: 1}\n- *x\n- <<: *x\n",
    "{\n  \"kind\": \"Pod\",\n  \"spec\": {\"a\": [1, true, null, \"\\u00e9\\n\"], \"b\": {}}\n}\n",
    "note: one two\n  three\n\n  four\nquoted: \"a\n  b\\\n  c\"\nsingle: 'it''s\n\n  so'\n? complex\n: - x\n  -   y: z\n      w:\n      - v\n",
    "%YAML 1.2\n%TAG !e! tag:e,2000:\n---\n!e!a &r\nb: !!str c\nd: !<x> [ &y e, *y , f: g ]\n...\n# end\n",
];

/// A few tokens one after the other.
pub(crate) fn soup() -> impl Strategy<Value = String> {
    vec(select(TOKENS), 1..12).prop_map(|tokens| tokens.concat())
}

/// A manifest in which up to three places were changed.
pub(crate) fn manifest() -> impl Strategy<Value = String> {
    let edit = (any::<Index>(), 0..8usize, prop_oneof![Just(""), select(TOKENS)]);
    (select(MANIFESTS), vec(edit, 1..4)).prop_map(|(text, edits)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (place, cut, token) in edits {
            let at = place.index(characters.len());
            let end = (at + cut).min(characters.len());
            characters.splice(at..end, token.chars());
            characters.push('\n');
        }
        characters.into_iter().collect()
    })
}

/// A value that can be written in every style.
#[derive(Debug, Clone)]
enum Value {
    Text(String, u8),
    List(Vec<Value>, bool),
    Map(Vec<(String, Value)>, bool),
}

/// Valid YAML, with a comment here and there.
pub(crate) fn tree() -> impl Strategy<Value = String> {
    let text = "[a-zé0-9]([a-z0-9:#\"' -]{0,12}[a-z0-9])?(\n[a-z]{1,5}){0,2}";
    let leaf = (text, any::<u8>()).prop_map(|(text, style)| Value::Text(text, style));
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        let entry = ("[a-z][a-z0-9]{0,6}", inner.clone());
        prop_oneof![
            (vec(inner, 0..4), any::<bool>()).prop_map(|(items, flow)| Value::List(items, flow)),
            (vec(entry, 0..4), any::<bool>()).prop_map(|(entries, flow)| Value::Map(entries, flow)),
        ]
    });
    vec(value, 1..3).prop_map(|documents| {
        let mut out = String::new();
        for document in documents {
            out.push_str("---");
            block(&document, 0, &mut out);
        }
        out
    })
}

/// Writes a value behind an indicator; `indent` is where it goes on when it needs lines of its own.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Text(text, style) if style % 5 > 2 => {
            let indicator = if style % 5 == 3 { '|' } else { '>' };
            let _ = writeln!(out, " {indicator}- # text");
            // A folded line break is written as two.
            let breaks = if indicator == '|' { "\n" } else { "\n\n" };
            for (number, line) in text.split('\n').enumerate() {
                out.push_str(if number > 0 { breaks } else { "" });
                let _ = write!(out, "{pad}  {line}");
            }
            out.push('\n');
        }
        Value::List(items, false) if !items.is_empty() => {
            out.push_str(" # list\n");
            for item in items {
                let _ = write!(out, "{pad}-");
                block(item, indent + 2, out);
            }
        }
        Value::Map(entries, false) if !entries.is_empty() => {
            out.push('\n');
            for (key, value) in entries {
                let _ = write!(out, "{pad}{key}:");
                block(value, indent + 2, out);
            }
        }
        _ => {
            out.push(' ');
            flow(value, out);
            out.push('\n');
        }
    }
}

fn flow(value: &Value, out: &mut String) {
    match value {
        Value::Text(text, style) if style % 5 == 0 && !text.contains('\n') && is_plain(text) => {
            out.push_str(text);
        }
        Value::Text(text, style) if style % 5 == 1 && !text.contains('\n') => {
            let _ = write!(out, "'{}'", text.replace('\'', "''"));
        }
        Value::Text(text, _) => out.push_str(&format!("{text:?}").replace("\\'", "'")),
        Value::List(items, _) => {
            out.push('[');
            for item in items {
                flow(item, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Value::Map(entries, _) => {
            out.push('{');
            for (key, value) in entries {
                let _ = write!(out, "{key}: ");
                flow(value, out);
                out.push_str(" , ");
            }
            out.push('}');
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.contains(": ") && !text.contains(" #") && !text.ends_with(':')
}
