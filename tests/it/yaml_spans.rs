//! Every node, key and comment covers exactly its bytes.

use plimsoll::base::SourceId;
use plimsoll::yaml::{Kind, Limits, Node, Parsed, Style, parse};
use proptest::prelude::*;

use crate::yaml_texts::{manifest, soup, tree};

fn read(text: &str) -> Parsed<'_> {
    parse(SourceId(0), text, &Limits::default())
}

/// The text under each node of the first document in the order written, keys among them.
fn covered(text: &str) -> Vec<String> {
    fn collect(node: Node<'_>, text: &str, out: &mut Vec<String>) {
        out.push(text[node.span().range()].to_owned());
        for entry in node.entries() {
            collect(entry.key, text, out);
            collect(entry.value, text, out);
        }
        node.items().for_each(|item| collect(item, text, out));
    }
    let parsed = read(text);
    let mut out = Vec::new();
    if let Some(root) = parsed.documents().first().and_then(|document| parsed.root(document)) {
        collect(root, text, &mut out);
    }
    out
}

fn comments(text: &str) -> Vec<(String, bool)> {
    let parsed = read(text);
    let slice = |start: u32, end: u32| text[start as usize..end as usize].to_owned();
    parsed.comments().iter().map(|it| (slice(it.start, it.end), it.own_line)).collect()
}

#[test]
fn scalars_cover_their_text_with_quotes_and_without_comments() {
    let text = "a: plain text # no\n\"b\" : 'it''s'   # no\nc: \"x\\\"y\"\t#no\n";
    let whole = text.trim_end_matches("\t#no\n");
    assert_eq!(covered(text), [whole, "a", "plain text", "\"b\"", "'it''s'", "c", "\"x\\\"y\""]);
}

#[test]
fn text_on_several_lines_ends_with_its_last_word() {
    let text = "a: one\n  two\n\n  three  # no\nb: \"x\n  y\"\n\n";
    let whole = "a: one\n  two\n\n  three  # no\nb: \"x\n  y\"";
    assert_eq!(covered(text), [whole, "a", "one\n  two\n\n  three", "b", "\"x\n  y\""]);
}

#[test]
fn empty_values_stand_right_behind_their_indicator() {
    let text = "a:\nb: # c\n? d\ne: [f: , ]\ng:\n  -\n  - \n";
    let parsed = read(text);
    let root = parsed.root(&parsed.documents()[0]).unwrap();
    let at = |node: Node<'_>| (node.span().start, node.span().end, node.kind(), node.style());
    let empty = |needle: &str, past: usize| {
        let offset = (text.find(needle).unwrap() + past) as u32;
        (offset, offset, Kind::Scalar, Style::Plain)
    };
    assert_eq!(at(root.get("a").unwrap()), empty("a:", 2));
    assert_eq!(at(root.get("b").unwrap()), empty("b:", 2));
    assert_eq!(at(root.get("d").unwrap()), empty("d\n", 1));
    assert_eq!(at(root.get("e").unwrap().items().next().unwrap().get("f").unwrap()), empty("f:", 2));
    let dashes: Vec<_> = root.get("g").unwrap().items().map(at).collect();
    assert_eq!(dashes, [empty("-\n", 1), empty("- \n", 1)]);
}

#[test]
fn an_empty_value_with_properties_stands_behind_them() {
    let text = "a: &x !t  # c\nb: y\n";
    let parsed = read(text);
    let value = parsed.root(&parsed.documents()[0]).unwrap().get("a").unwrap();
    assert_eq!((value.span().start, value.span().end), (8, 8));
    assert_eq!(&text[value.anchor().unwrap().range()], "&x");
    assert_eq!(value.tag(), Some("!t"));
}

#[test]
fn anchors_and_tags_are_beside_the_span() {
    let text = "a: &x !!map\n  b: c\n&k d: &v !t [e]\n";
    assert_eq!(covered(text), [text.trim_end(), "a", "b: c", "b", "c", "d", "[e]", "e"]);
    let parsed = read(text);
    let root = parsed.root(&parsed.documents()[0]).unwrap();
    let key = root.entries().nth(1).unwrap().key;
    assert_eq!(&text[key.anchor().unwrap().range()], "&k");
}

#[test]
fn block_collections_run_from_the_first_key_or_dash_to_the_last_value() {
    let text = "# head\na:\n  - b: 1 # c\n    d: 2   # e\n  # f\n  - g\n\n# h\ni:\n# j\n";
    let list = "- b: 1 # c\n    d: 2   # e\n  # f\n  - g";
    let whole = &text[text.find("a:").unwrap()..text.find("\n# j").unwrap()];
    let first = "b: 1 # c\n    d: 2";
    assert_eq!(covered(text), [whole, "a", list, first, "b", "1", "d", "2", "g", "i", ""]);
}

#[test]
fn an_explicit_key_is_in_its_mapping_from_the_question_mark_on() {
    let text = "? a\n: b\n";
    assert_eq!(covered(text), ["? a\n: b", "a", "b"]);
}

#[test]
fn flow_collections_cover_their_brackets_and_pairs_their_key_and_value() {
    let text = "[ a, {b: c }, d: e , [f]: g ] # no\n";
    let whole = "[ a, {b: c }, d: e , [f]: g ]";
    assert_eq!(covered(text), [whole, "a", "{b: c }", "b", "c", "d: e", "d", "e", "[f]: g", "[f]", "f", "g"]);
}

#[test]
fn block_scalars_run_from_their_indicator_through_their_last_line_with_text() {
    for (scalar, rest) in [
        ("|\n  x\n  y", "\n"),
        ("|\n  x", "\n\n\n"),
        ("|-\n  x", "\n\n"),
        ("|+\n  x\n\n", "\n"),
        ("|", "\n\n"),
        ("| ", "\n"),
        ("|+\n", "\n"),
        (">2- # why\n\n   x\n\n   y", "\n  \n"),
        ("|\n  x\n   ", "\n"),
        ("|\r\n  x", "\r\n\r\n"),
    ] {
        let text = format!("a: {scalar}{rest}b: c\n");
        assert_eq!(
            covered(&text)[2],
            scalar.trim_end_matches("| ").to_owned() + if scalar == "| " { "|" } else { "" }
        );
        assert_eq!(covered(&text)[3..], ["b", "c"]);
    }
    assert_eq!(covered("a: |\n  x")[2], "|\n  x", "at the end of the text");
    assert_eq!(covered("a: |+\n  x\n\n")[2], "|+\n  x\n", "at the end of the text");
}

#[test]
fn a_value_reached_by_an_alias_lies_where_it_was_written() {
    let text = "a: &x 1\nb: *x\n";
    let parsed = read(text);
    let value = parsed.root(&parsed.documents()[0]).unwrap().get("b").unwrap();
    assert_eq!(&text[value.span().range()], "1");
    assert_eq!(value.via().map(|via| &text[via.range()]), Some("*x"));
}

#[test]
fn every_comment_is_kept_with_its_place_on_the_line() {
    let text = "%TAG !e! x # 0\n# 1\n--- # 2\na: # 3\n  - b # 4\n  # 5\n\t# 6\n  - | # 7\n   no # 8\n # 9\nc: [ # 10\n  d, # 11\n  # 12\n] # 13\n... # 14\n# 15";
    let found = comments(text);
    let texts: Vec<_> = found.iter().map(|it| it.0.as_str()).collect();
    let expected = [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15].map(|number| format!("# {number}"));
    assert_eq!(texts, expected);
    let own: Vec<_> = found.iter().filter(|it| it.1).map(|it| it.0.as_str()).collect();
    assert_eq!(own, ["# 1", "# 5", "# 6", "# 9", "# 12", "# 15"]);
}

#[test]
fn a_comment_ends_before_its_line_break_of_any_kind() {
    let expected = [("# b".to_owned(), false), ("# c ".to_owned(), true)];
    assert_eq!(comments("a # b\r\n# c \rd\n"), expected[..]);
}

#[test]
fn offsets_count_the_bytes_of_other_letters_and_of_the_mark() {
    assert_eq!(covered("\u{FEFF}이름: \"파드\" # é\n"), ["이름: \"파드\"", "이름", "\"파드\""]);
}

/// What must hold of every text, broken or not: spans nest and follow each other, entries are whole, plain
/// text is its own value, comments are comments, errors point into the text.
fn assert_sound(text: &str) {
    let parsed = read(text);
    let mut last = 0;
    for document in parsed.documents() {
        assert!(last <= document.start && document.start <= document.end, "{text:?}");
        last = document.end;
        if let Some(root) = parsed.root(document) {
            assert_node(text, root, 0);
        }
        let error = document.error.iter();
        for span in error.flat_map(|error| [Some(error.span), error.second.as_ref().map(|it| it.0)]).flatten()
        {
            assert!(text.get(span.range()).is_some(), "{text:?}: {span:?}");
        }
    }
    let mut last = 0;
    for comment in parsed.comments() {
        let (start, end) = (comment.start as usize, comment.end as usize);
        assert!(last <= start && text[start..end].starts_with('#'), "{text:?}");
        assert!(!text[start..end].contains(['\n', '\r']), "{text:?}");
        let line = text[..start].rsplit(['\n', '\r']).next().unwrap_or_default();
        let own_line = line.trim_start_matches('\u{FEFF}').trim_matches([' ', '\t']).is_empty();
        assert_eq!(comment.own_line, own_line, "{text:?}");
        last = end;
    }
}

/// Checks `node` and what is written below it, and returns where it ends.
fn assert_node(text: &str, node: Node<'_>, from: u32) -> u32 {
    if let Some(via) = node.via() {
        assert!(from <= via.start && text[via.range()].starts_with('*'), "{text:?}");
        return via.end;
    }
    let span = node.span();
    assert!(from <= span.start, "{text:?}: {node:?}");
    let raw = text.get(span.range()).unwrap_or_else(|| panic!("{text:?}: {span:?}"));
    let mut at = span.start;
    match node.kind() {
        Kind::Mapping => {
            for entry in node.entries() {
                at = assert_node(text, entry.key, at);
                at = assert_node(text, entry.value, at);
            }
        }
        Kind::Sequence => at = node.items().fold(at, |at, item| assert_node(text, item, at)),
        Kind::Scalar if node.style() == Style::Plain && !raw.contains(['\n', '\r']) => {
            assert_eq!(node.text().unwrap(), raw, "{text:?}");
            assert_eq!(raw, raw.trim_matches([' ', '\t']), "{text:?}");
        }
        Kind::Scalar => drop(node.text()),
    }
    assert!(at <= span.end, "{text:?}: {node:?}");
    let (first, last) = (raw.bytes().next(), raw.bytes().last());
    match node.style() {
        Style::SingleQuoted => assert_eq!((first, last), (Some(b'\''), Some(b'\'')), "{text:?}"),
        Style::DoubleQuoted => assert_eq!((first, last), (Some(b'"'), Some(b'"')), "{text:?}"),
        Style::Literal => assert_eq!(first, Some(b'|'), "{text:?}"),
        Style::Folded => assert_eq!(first, Some(b'>'), "{text:?}"),
        Style::BlockSequence => assert_eq!(first, Some(b'-'), "{text:?}"),
        Style::FlowSequence => assert_eq!(first, Some(b'['), "{text:?}"),
        _ => {}
    }
    span.end
}

proptest! {
    #![proptest_config(crate::random::config(2000))]

    #[test]
    fn spans_are_sound_in_a_soup_of_tokens(text in soup()) {
        assert_sound(&text);
    }

    #[test]
    fn spans_are_sound_in_a_manifest_with_a_few_wrong_characters(text in manifest()) {
        assert_sound(&text);
    }

    #[test]
    fn spans_are_sound_in_valid_yaml(text in tree()) {
        assert_sound(&text);
    }

    #[test]
    fn spans_are_sound_in_text_of_any_characters(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn spans_are_sound_in_bytes_of_any_kind(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        assert_sound(&String::from_utf8_lossy(&bytes));
    }
}
