//! Texts made to harm: nothing may overflow the stack, take more than linear time, or grow without bound.

use std::time::{Duration, Instant};

use plimsoll::base::SourceId;
use plimsoll::yaml::{Limits, SyntaxErrorKind, duplicate_keys, events, parse};

/// Reads `text` on a thread with the stack that worker threads have, does what a linter does with it, and
/// returns the first document's error.
fn read(name: &str, text: String) -> Option<(SyntaxErrorKind, String)> {
    let name = name.to_owned();
    let work = move || {
        let begun = Instant::now();
        let parsed = parse(SourceId(0), &text, &Limits::default());
        assert!(parsed.node_count() <= text.len() + 2, "{name}");
        drop(events(&parsed, true));
        for document in parsed.documents() {
            drop(parsed.root(document).map(duplicate_keys));
        }
        // A debug build reads a many in a tenth of this; anything quadratic takes minutes.
        assert!(begun.elapsed() < Duration::from_secs(20), "{name} took {:?}", begun.elapsed());
        let error = parsed.documents().iter().find_map(|document| document.error.clone());
        error.map(|error| (error.kind, error.message))
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

/// What `line` gives for each number below `count`, one after the other.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    (0..count).for_each(|number| out.push_str(&line(number)));
    out
}

fn indented(levels: usize, line: &str) -> String {
    lines(levels, |level| format!("{}{line}\n", " ".repeat(level)))
}

#[test]
fn nesting_ends_at_the_limit() {
    let deep = Some((SyntaxErrorKind::Limit, "nested deeper than 512 levels".to_owned()));
    for (name, text) in [
        ("brackets", "[".repeat(100_000)),
        ("braces", "{a: ".repeat(100_000)),
        ("dashes", "- ".repeat(100_000)),
        ("question marks", "? ".repeat(100_000)),
        ("keys", indented(2000, "a:")),
        ("items", indented(2000, "-")),
        ("keys of keys", "[".repeat(600) + &"]: a".repeat(600)),
        ("anchors", "&a [".repeat(100_000)),
    ] {
        assert_eq!(read(name, text), deep, "{name}");
    }
}

#[test]
fn what_is_just_within_the_limit_is_read_on_a_small_stack() {
    for (name, text) in [
        ("brackets", "[".repeat(512) + &"]".repeat(512)),
        ("braces", "{a: ".repeat(512) + &"}".repeat(512)),
        ("pairs", "[a: ".repeat(256) + &"]".repeat(256)),
        ("dashes", "- ".repeat(512)),
        ("question marks", "? ".repeat(512)),
        ("keys", indented(512, "a:")),
        ("items", indented(512, "-")),
        ("explicit keys", indented(512, "?")),
    ] {
        assert_eq!(read(name, text), None, "{name}");
    }
}

#[test]
fn long_texts_take_linear_time() {
    let many = 1 << 18;
    for (name, text) in [
        ("one line", "a".repeat(1 << 20)),
        ("one quoted line", format!("a: \"{}\"", "b".repeat(many))),
        ("escapes", format!("a: \"{}\"", "\\n".repeat(many / 2))),
        ("doubled quotes", format!("a: '{}'", "''".repeat(many / 2))),
        ("flow keys", format!("{{{}}}", "a: 1, ".repeat(200_000))),
        ("flow items", format!("[{}]", "a, ".repeat(100_000))),
        ("flow pairs", format!("[{}]", "[a]: b, ".repeat(30_000))),
        (
            "flow keys in flow keys",
            format!("[{}]", ("[".repeat(200) + &"]: 1".repeat(200) + ", ").repeat(200)),
        ),
        ("block keys", lines(50_000, |key| format!("key{key}: v\n"))),
        ("equal block keys", "a: b\n".repeat(50_000)),
        ("carriage returns", "\r".repeat(many)),
        ("lines by carriage returns", "a: b\r".repeat(50_000)),
        ("blank lines", format!("a: b{}", "\n".repeat(many))),
        ("blank lines in quotes", format!("a: \"{}\"", "\n".repeat(many))),
        ("blank lines in text", format!("a: b{}c", "\n ".repeat(many / 2))),
        ("blank lines in a block scalar", format!("a: |\n{}", "  \n".repeat(many / 3))),
        ("spaces", " ".repeat(many)),
        ("tabs", "\t".repeat(many)),
        ("dashes", "-".repeat(many)),
        ("hashes", "a #".repeat(many / 3)),
        ("documents", "---\n".repeat(20_000)),
        ("ends", "...\n".repeat(50_000)),
        ("documents and ends", "...\n---\n".repeat(30_000)),
        ("comments", "# a\n".repeat(50_000)),
        ("anchors", lines(20_000, |name| format!("- &a{name} x\n- *a{name}\n"))),
        ("one anchor", "- &a x\n- *a\n".repeat(20_000)),
        ("anchored keys", format!("[{}]", "&a [x]: 1, ".repeat(20_000))),
        ("tags on lines of their own", "- !t\n  [a]\n".repeat(20_000)),
        ("handles", lines(50_000, |name| format!("%TAG !e{name}! x\n")) + "---\na\n"),
        ("other letters", "é: ü\n".repeat(50_000)),
        ("marks", "\u{FEFF}".repeat(100_000)),
        ("nearly templates", format!("[{}]", "{{a: b}: c}, ".repeat(20_000))),
        ("block scalars", "- |\n  a\n".repeat(30_000)),
    ] {
        assert_eq!(read(name, text), None, "{name}");
    }
}

#[test]
fn long_broken_texts_take_linear_time() {
    for (name, text) in [
        ("an open quote", format!("a: \"{}", "b\n".repeat(100_000))),
        ("open quotes", "a: \"\n---\n".repeat(20_000)),
        ("mistakes", "a: b: c\n---\n".repeat(20_000)),
        ("a long key", ":".repeat(1 << 20)),
        ("control characters", "\u{1}a\n---\n".repeat(20_000)),
        ("anchors of one value", "&a ".repeat(100_000)),
        ("tags of one value", "!a\n".repeat(100_000)),
        ("an open bracket", format!("a: [{}", "b,\n".repeat(100_000))),
        ("templates", "a: {{ b }}\n---\n".repeat(20_000)),
    ] {
        assert!(read(name, text).is_some(), "{name}");
    }
}

#[test]
fn an_alias_chain_is_as_deep_as_what_it_stands_for() {
    let links = |count: usize| -> String {
        let link = |level: usize| format!("- &a{} [*a{level}]\n", level + 1);
        "- &a0 [x]\n".to_owned() + &lines(count - 1, link)
    };
    assert_eq!(read("short", links(300)), None);
    let error = read("long", links(2000));
    assert_eq!(error.map(|error| error.0), Some(SyntaxErrorKind::Limit));
}
