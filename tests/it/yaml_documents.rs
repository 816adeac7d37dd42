//! Documents: where they begin and end, which are read, what a broken one leaves behind, and the limits.

use std::fmt::Write;

use plimsoll::base::SourceId;
use plimsoll::yaml::{
    Document, Limits, Node, Parsed, SyntaxErrorKind, parse, parse_filtered, split_documents,
};

fn read(text: &str) -> Parsed<'_> {
    parse(SourceId(0), text, &Limits::default())
}

/// Each document's text.
fn texts(text: &str) -> Vec<&str> {
    read(text).documents().iter().map(|it| &text[it.start as usize..it.end as usize]).collect()
}

fn message(document: &Document) -> &str {
    document.error.as_ref().map_or("", |error| &error.message)
}

fn text_at(root: Option<Node<'_>>, keys: &[&str]) -> Option<String> {
    keys.iter().try_fold(root?, |node, key| node.get(key))?.text().map(std::borrow::Cow::into_owned)
}

#[test]
fn a_document_begins_behind_its_marker_line_and_ends_before_the_next() {
    for (text, expected) in [
        ("a: 1\n", vec!["a: 1\n"]),
        ("a: 1\n---\nb: 2\n", vec!["a: 1\n", "b: 2\n"]),
        ("---\na: 1\n--- \t\nb: 2", vec!["a: 1\n", "b: 2"]),
        ("--- a\n--- # c\nb\n", vec![" a\n", " # c\nb\n"]),
        ("# licence\n---\na\n", vec!["a\n"]),
        ("%YAML 1.2\n---\na\n", vec!["a\n"]),
        ("a\n...\nb\n...\n# c\n", vec!["a\n", "b\n"]),
        ("a\n... # c\n---\nb\n", vec!["a\n", "b\n"]),
        ("---\n---\n", vec!["", ""]),
        ("---", vec![""]),
        ("a\r---\rb\r\n---\r\nc", vec!["a\r", "b\r\n", "c"]),
        ("\u{FEFF}---\na\n\u{FEFF}---\nb\n", vec!["a\n", "b\n"]),
        ("# only\n", vec!["# only\n"]),
        ("", vec![""]),
        // What kubectl reads as a stream of JSON.
        ("{\"a\": 1}\n{\"b\": 2}\n", vec!["{\"a\": 1}", "\n{\"b\": 2}\n"]),
        ("{\"a\": \"}{\\\"\"}{\"b\": {}}", vec!["{\"a\": \"}{\\\"\"}", "{\"b\": {}}"]),
        ("\n {\"a\":1} {\"b\":2} {\"c\":3}", vec!["\n {\"a\":1}", " {\"b\":2}", " {\"c\":3}"]),
        ("{\"a\": 1}\n{\"b\": 2}\n---\nc\n", vec!["{\"a\": 1}", "\n{\"b\": 2}\n", "c\n"]),
        ("...\n...\n", vec![""]),
        ("a: |\n  ---\n ---\n---x\n....\n", vec!["a: |\n  ---\n ---\n---x\n....\n"]),
    ] {
        assert_eq!(texts(text), expected, "{text:?}");
        let split: Vec<_> = split_documents(text).map(|range| &text[range]).collect();
        assert_eq!(split, expected, "{text:?}");
    }
}

#[test]
fn objects_one_behind_the_other_are_a_stream_only_where_a_text_begins_with_json() {
    let parsed = read("{\"a\": 1}\n{\"b\": 2}{\"c\": 3}\n");
    let values = parsed.documents().iter().filter(|it| it.error.is_none()).map(|it| parsed.root(it).unwrap());
    assert_eq!(values.map(|it| it.entries().count()).collect::<Vec<_>>(), [1, 1, 1]);
    for text in [
        "{a: 1}\n{b: 2}\n",
        "---\n{\"a\": 1}\n{\"b\": 2}\n",
        "# c\n{\"a\": 1}\n{\"b\": 2}\n",
        "{\"a\": 1}\n[1]\n",
        "{\"a\": 1}\nb\n",
        "{\"a\": {\n{\"b\": 2}\n",
        "{\"a\": \"\n{\"b\": 2}\n",
    ] {
        let parsed = read(text);
        assert_eq!(parsed.documents().len(), 1, "{text:?}");
        assert!(parsed.documents()[0].error.is_some(), "{text:?}");
    }
    let broken = read("{\"a\": 1}\n{\"b\": }\n{\"c\": [}\n");
    let errors: Vec<bool> = broken.documents().iter().map(|it| it.error.is_some()).collect();
    assert!(errors.len() == 3 && !errors[0] && errors[2], "{errors:?}");
}

#[test]
fn empty_documents_have_no_root_and_no_error() {
    for text in
        ["", "\n\n", "# c\n", "---\n", "---\n# c\n...\n", "\u{FEFF}", "\r\r", "--- # c", "%YAML 1.2\n---\n"]
    {
        let parsed = read(text);
        assert_eq!(parsed.documents().len(), 1, "{text:?}");
        let document = &parsed.documents()[0];
        assert!(parsed.root(document).is_none() && document.error.is_none(), "{text:?}");
    }
}

#[test]
fn a_document_that_the_filter_leaves_out_costs_nothing_and_hides_nothing() {
    let text = "kind: A # a\n---\nkind: B # b\nx: \"\n---\nkind: C # c\n";
    let parsed =
        parse_filtered(SourceId(0), text, &Limits::default(), |document| !document.contains("kind: B"));
    let read: Vec<_> = parsed
        .documents()
        .iter()
        .map(|it| (it.skipped, it.error.is_some(), text_at(parsed.root(it), &["kind"])))
        .collect();
    let kind = |kind: &str| Some(kind.to_owned());
    assert_eq!(read, [(false, false, kind("A")), (true, false, None), (false, false, kind("C"))]);
    let comments: Vec<_> =
        parsed.comments().iter().map(|it| &text[it.start as usize..it.end as usize]).collect();
    assert_eq!(comments, ["# a", "# c"]);
}

#[test]
fn a_broken_document_keeps_what_came_before_and_does_not_hide_the_others() {
    let text = "a: 1\n---\nmetadata:\n  name: x\nspec:\n  list:\n  - one\n  - b: c: d\n  - lost\nlost: 1\n---\nb: 2\n";
    let parsed = read(text);
    let [before, broken, after] = parsed.documents() else { panic!("three documents") };
    assert_eq!(text_at(parsed.root(before), &["a"]).as_deref(), Some("1"));
    assert_eq!(text_at(parsed.root(after), &["b"]).as_deref(), Some("2"));
    assert!(message(broken).starts_with("a mapping cannot start here"), "{}", message(broken));
    let root = parsed.root(broken).unwrap();
    assert_eq!(text_at(Some(root), &["metadata", "name"]).as_deref(), Some("x"));
    let list = root.get("spec").unwrap().get("list").unwrap();
    assert_eq!(list.items().count(), 2);
    assert!(root.get("lost").is_none());
}

#[test]
fn an_error_points_at_the_opening_and_at_where_it_broke() {
    for (text, first, second) in [
        ("a: [b,\n  c\nd: e\n", "[", "d: e"),
        ("a: 'b\nc: d\n", "'", ""),
        ("a: b\n  c: d\n", "c:", "b"),
        ("a: \"b\" c\n", "c", "\""),
        ("a:\n    b: c\n  d: e\n", "d: e", "a:"),
        ("a: {b: 1 \"c\": 2}\n", "{", ":"),
        ("a: &x\n  b: *x\n", "*x", "b: *x"),
        ("a: | b\n", "|", "b"),
        ("파드: \"이름\" é\n", "é", "\""),
    ] {
        let parsed = read(text);
        let error = parsed.documents()[0].error.as_ref().unwrap();
        assert_eq!(&text[error.span.range()], first, "{text:?}");
        let second_mark = error.second.as_ref().map(|it| &text[it.0.range()]);
        assert_eq!(second_mark, Some(second), "{text:?}");
    }
}

#[test]
fn templates_are_told_from_mistakes() {
    let kind = |text: &str| {
        let parsed = read(text);
        parsed.documents()[0].error.as_ref().map(|error| error.kind)
    };
    for text in [
        "a: {{ .x }}\n",
        "a:\n  {{- if .x }}\n  b: c\n  {{- end }}\n",
        "{{ .x }}: b\n",
        "- {{ .x }}-y\n",
        "a: \"{{ .x | default \"y\" }}\"\n",
        "{% for a in b %}\n",
        "{{- /* long\ncomment */ -}}\n",
    ] {
        assert_eq!(kind(text), Some(SyntaxErrorKind::Template), "{text:?}");
    }
    for text in
        ["a: b{{ .x }}\n", "a: \"{{ .x }}\"\n", "a: '{{ .x }}'\n", "a: |\n  {{ .x }}\n", "# {{ .x }}\n"]
    {
        assert_eq!(kind(text), None, "{text:?}");
    }
    assert_eq!(kind("a: '{{ .x }}'\nb: c: d\n"), Some(SyntaxErrorKind::Syntax));
}

#[test]
fn what_go_yaml_refuses_though_yaml_allows_it_is_noted() {
    for (text, mark) in [
        ("a: b\n\t\nc: d\n", "\t"),
        ("a:\n\t# e\n  b: c\n", "\t"),
        ("-\ta\n", "\t"),
        ("- - \ta\n", " \t"),
        ("a: \"b\\/c\"\n", "\\/"),
        ("a: \"\\ud83d\\ude00\"\n", "\\ud83d"),
        ("a: [http://b/c?d=e]\n", "?"),
        ("a: &b.c d\n", "&b.c"),
        ("%YAML 1.2\n---\na\n", "%YAML 1.2"),
        ("%FOO\n---\na\n", "%FOO"),
    ] {
        let parsed = read(text);
        let document = &parsed.documents()[0];
        assert_eq!(document.error, None, "{text:?}");
        assert_eq!(document.beyond_go_yaml.map(|it| &text[it.0.range()]), Some(mark), "{text:?}");
    }
    let bare = "a\n...\nb\n";
    let places =
        read(bare).documents().iter().map(|it| it.beyond_go_yaml.map(|it| it.0.start)).collect::<Vec<_>>();
    assert_eq!(places, [None, Some(6)]);
    for text in [
        "a:\tb\t\nc: d\n",
        "a: [\n\tb,\n\t# c\n\td\n]\n",
        "a\n\t\nb\n",
        "a: \"b\n\t\n  c\"\n",
        "{\"a\": \"b\\/c \\ud83d\\ude00\"}\n",
        "a: b?c\n",
        "%YAML 1.1\n---\na: &b-c_1 d\n...\n# e\n",
    ] {
        assert_eq!(read(text).documents()[0].beyond_go_yaml, None, "{text:?}");
    }
}

#[test]
fn control_characters_are_refused_wherever_they_stand() {
    for (text, code) in [
        ("a: \"b\u{0}c\"\n", "U+0000"),
        ("a: b\u{1}\n", "U+0001"),
        ("# \u{1B}[1m\na: b\n", "U+001B"),
        ("a: b # \u{7F}\n", "U+007F"),
        ("a: |\n  \u{80}\n", "U+0080"),
        ("é: \u{9F}\n", "U+009F"),
        ("a: \u{FFFE}\n", "U+FFFE"),
        ("%X \u{2}\n---\na\n", "U+0002"),
    ] {
        let parsed = read(text);
        let error = parsed.documents()[0].error.as_ref().unwrap();
        assert_eq!(error.message, format!("control characters are not allowed: {code}"));
        assert_eq!(format!("U+{:04X}", u32::from(text[error.span.range()].chars().next().unwrap())), code);
    }
    for text in ["a: \u{85}\n", "a: \u{A0}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\n", "a:\tb\r\n"] {
        assert_eq!(read(text).documents()[0].error, None, "{text:?}");
    }
}

#[test]
fn keys_may_have_1024_characters_and_no_more() {
    let key = |length: usize| format!("{}: v\n", "é".repeat(length));
    assert_eq!(read(&key(1024)).documents()[0].error, None);
    assert_eq!(message(&read(&key(1025)).documents()[0]), "this key is longer than 1024 characters");
    let explicit = format!("? {}\n: v\n", "k".repeat(2000));
    assert_eq!(read(&explicit).documents()[0].error, None);
}

#[test]
fn the_limits_stop_reading_with_an_error_of_their_own() {
    let limit = |limits: Limits, text: &str| {
        let parsed = parse(SourceId(0), text, &limits);
        let error = parsed.documents()[0].error.clone();
        error.map(|error| (error.kind, error.message))
    };
    let shallow = Limits { depth: 3, ..Limits::default() };
    assert_eq!(limit(shallow, "a: [{b: c}]\n"), None);
    let deep = Some((SyntaxErrorKind::Limit, "nested deeper than 3 levels".to_owned()));
    for text in ["a: [{b: [c]}]\n", "- - - - a\n", "a:\n b:\n  c:\n   d: e\n", "[[[a]: b]]\n", "? ? ? ? a\n"]
    {
        assert_eq!(limit(shallow, text), deep, "{text:?}");
    }
    let few = Limits { nodes: 5, ..Limits::default() };
    assert_eq!(limit(few, "[a, b, c]\n"), None);
    let many = Some((SyntaxErrorKind::Limit, "the file has more than 5 values".to_owned()));
    assert_eq!(limit(few, "[a, b, c, d, e, f]\n"), many);
    assert_eq!(limit(few, "a: b\nc: d\ne: f\n"), many);
}

#[test]
fn aliases_bring_their_depth_and_size_along() {
    let limits = Limits { depth: 4, alias_steps: 10, ..Limits::default() };
    let error = |text: &str| {
        let parsed = parse(SourceId(0), text, &limits);
        let error = parsed.documents()[0].error.clone();
        error.map(|error| error.message)
    };
    assert_eq!(error("a: &a [1, 2]\nb: *a\nc: *a\nd: *a\n"), None, "three lists of three values");
    let steps = "following the aliases up to here would add more than 10 values";
    assert_eq!(error("a: &a [1, 2]\nb: *a\nc: *a\nd: *a\ne: *a\n").as_deref(), Some(steps));
    assert_eq!(error("a: &a [1, 2]\nb: &b [*a, *a]\nc: *b\n").as_deref(), Some(steps), "6 steps and 9 more");
    let limits = Limits { depth: 4, ..Limits::default() };
    let error = |text: &str| {
        let parsed = parse(SourceId(0), text, &limits);
        let error = parsed.documents()[0].error.clone();
        error.map(|error| error.message)
    };
    let deep = "nested deeper than 4 levels";
    assert_eq!(error("a: &a [[1]]\nb: [*a]\n"), None);
    assert_eq!(error("a: &a [[1]]\nb: [[*a]]\n").as_deref(), Some(deep));
    assert_eq!(error("a: &a [1]\nb: &b [*a]\nc: &c [*b]\nd: *c\n"), None);
    assert_eq!(error("a: &a [1]\nb: &b [*a]\nc: &c [*b]\nd: [*c]\n").as_deref(), Some(deep));
    assert_eq!(error("a: &a\n  [[1]: 2]\nb: [[*a]]\n").as_deref(), Some(deep), "a key is deep, too");
}

#[test]
fn an_alias_bomb_is_found_at_once_and_never_handed_out() {
    let mut text = String::from("a: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..40 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(text, "b{level}: &a{level} [{list}]");
    }
    let text = text + "---\nc: d\n";
    let parsed = read(&text);
    let [bomb, next] = parsed.documents() else { panic!("two documents") };
    assert_eq!(bomb.error.as_ref().map(|error| error.kind), Some(SyntaxErrorKind::Limit));
    assert!(parsed.root(bomb).is_none());
    assert_eq!(text_at(parsed.root(next), &["c"]).as_deref(), Some("d"));
}

#[test]
fn anchors_keep_their_nodes_when_a_flow_collection_turns_out_to_be_a_key() {
    let text = "[&a [&b x]: &c y, *a , *b , *c ]\n";
    let parsed = read(text);
    let root = parsed.root(&parsed.documents()[0]).unwrap();
    let found: Vec<_> = root.items().skip(1).map(|item| &text[item.span().range()]).collect();
    assert_eq!(found, ["[&b x]", "x", "y"]);
    let key = root.items().next().unwrap().entries().next().unwrap().key;
    assert_eq!(key.anchor().map(|anchor| &text[anchor.range()]), Some("&a"));
}

#[test]
fn merge_keys_bring_in_what_the_mapping_lacks() {
    let text = "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\none:\n  <<: *b\n  y: 5\ntwo: {<<: [*m, *b]}\nno: {\"<<\": *b}\n";
    let parsed = read(text);
    let root = parsed.root(&parsed.documents()[0]);
    let get = |keys: &[&str]| text_at(root, keys);
    assert_eq!(get(&["one", "x"]).as_deref(), Some("1"));
    assert_eq!(get(&["one", "y"]).as_deref(), Some("5"));
    assert_eq!(get(&["two", "y"]).as_deref(), Some("3"));
    assert_eq!(get(&["two", "x"]).as_deref(), Some("1"));
    assert_eq!(get(&["no", "x"]), None);
}
