//! The reader against two others: saphyr-parser, which is strict, and granit-parser, which is not. On every
//! input it agrees with one of them, or differs in a way that is named here; on valid YAML with both.

use std::fmt::Write;

use granit_parser::options;
use plimsoll::base::SourceId;
use plimsoll::yaml::{Limits, SyntaxErrorKind, events, parse, split_documents};
use proptest::prelude::*;

use crate::yaml_texts::{manifest, soup, tree};

/// What we refuse though both others take it, by words of our message: go-yaml (and YAML 1.2) refuse it too.
const REFUSED_BY_GO_YAML: [(&str, &str); 7] = [
    ("a tab is used for indentation", "tabs before keys, items and the text of block scalars"),
    ("a mapping cannot start here", "`: a: b`, a mapping beside a `:` that no `?` came before"),
    ("a list item cannot start here", "`: - a`, the same for a list; `-` behind a tab"),
    ("a key cannot start here", "`: ? a`, the same for an explicit key"),
    ("cannot stand in an anchor", "`&a[b]`, a bracket that an anchor runs into"),
    ("this directive is not complete", "`%TAG !a!b`, a handle without its prefix"),
    ("this alias stands inside", "`&a [*a]`, what go-yaml finds only when it decodes"),
];

/// Where both others take a comment behind tabs for white space within plain text.
const OVERLOOKED_COMMENT: &str = "the indentation of this line fits no line above";

/// What we take, as YAML 1.2 does, though both others refuse it, by words of saphyr's message.
const MISTAKES_OF_BOTH: [(&str, &str); 3] = [
    ("wrongly indented line in block scalar", "a comment further out than a block scalar without text"),
    ("expected ',' or ']'", "an explicit entry without a key in a flow sequence"),
    ("tabs disallowed in this context", "a line of tabs behind an empty explicit key"),
];

struct Reading {
    events: Result<String, String>,
    kind: Option<SyntaxErrorKind>,
    lenient: bool,
    /// JSON objects one behind the other, which kubectl reads as JSON.
    is_stream: bool,
}

fn ours(text: &str) -> Reading {
    let parsed = parse(SourceId(0), text, &Limits::default());
    let error = parsed.documents().iter().find_map(|document| document.error.as_ref());
    let events =
        error.map_or_else(|| Ok(simplified(&events(&parsed, false))), |error| Err(error.message.clone()));
    let lenient = parsed.documents().iter().any(|document| document.lenient);
    let is_stream = parsed.documents().windows(2).any(|pair| pair[0].end == pair[1].start);
    Reading { events, kind: error.map(|error| error.kind), lenient, is_stream }
}

/// Events without what the other readers do not tell: flow marks, properties, names, `---`.
fn simplified(events: &str) -> String {
    let mut out = String::new();
    for line in events.lines().filter(|line| !line.ends_with("STR")) {
        out.push_str(&line[..4]);
        if line.starts_with("=VAL") {
            let mut rest = &line[5..];
            while rest.starts_with(['&', '<']) {
                rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
            }
            out.push(' ');
            out.push_str(if rest == ":~" { ":" } else { rest });
        }
        out.push('\n');
    }
    out
}

fn value(out: &mut String, style: char, text: &str) {
    let text = if style == ':' && text == "~" { "" } else { text };
    let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
    let _ = writeln!(out, "=VAL {style}{}", text.replace('\r', "\\r").replace('\u{8}', "\\b"));
}

fn strict(text: &str) -> Result<String, String> {
    use saphyr_parser::{Event, Parser, ScalarStyle};
    let mut out = String::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        match event.map_err(|error| error.info().to_owned())?.0 {
            Event::DocumentStart(_) => out.push_str("+DOC\n"),
            Event::DocumentEnd => out.push_str("-DOC\n"),
            Event::SequenceStart(..) => out.push_str("+SEQ\n"),
            Event::SequenceEnd => out.push_str("-SEQ\n"),
            Event::MappingStart(..) => out.push_str("+MAP\n"),
            Event::MappingEnd => out.push_str("-MAP\n"),
            Event::Alias(_) => out.push_str("=ALI\n"),
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => ':',
                    ScalarStyle::SingleQuoted => '\'',
                    ScalarStyle::DoubleQuoted => '"',
                    ScalarStyle::Literal => '|',
                    ScalarStyle::Folded => '>',
                };
                value(&mut out, style, &text);
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd => {}
        }
    }
    Ok(out)
}

fn loose(text: &str) -> Result<String, String> {
    use granit_parser::{Event, Parser, ScalarStyle};
    let mut out = String::new();
    let options = options! { block_scalar_eof_without_line_feed: true };
    for event in Parser::new_from_str_with_options(text, options) {
        match event.map_err(|error| error.to_string())?.0 {
            Event::DocumentStart(..) => out.push_str("+DOC\n"),
            Event::DocumentEnd => out.push_str("-DOC\n"),
            Event::SequenceStart(..) => out.push_str("+SEQ\n"),
            Event::SequenceEnd => out.push_str("-SEQ\n"),
            Event::MappingStart(..) => out.push_str("+MAP\n"),
            Event::MappingEnd => out.push_str("-MAP\n"),
            Event::Alias(_) => out.push_str("=ALI\n"),
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => ':',
                    ScalarStyle::SingleQuoted => '\'',
                    ScalarStyle::DoubleQuoted => '"',
                    ScalarStyle::Literal => '|',
                    ScalarStyle::Folded => '>',
                };
                value(&mut out, style, &text);
            }
            _ => {}
        }
    }
    Ok(out)
}

/// Why the reading of `text` is not to be believed, if it is not.
fn disagreement(text: &str) -> Option<String> {
    let ours = ours(text);
    if matches!(ours.kind, Some(SyntaxErrorKind::Template | SyntaxErrorKind::Limit)) {
        return None;
    }
    let (strict, loose) = (strict(text), loose(text));
    let fine = match (&ours.events, &strict, &loose) {
        (Ok(events), _, _) if strict.as_ref() == Ok(events) || loose.as_ref() == Ok(events) => true,
        (Ok(_), Err(message), Err(_)) => {
            ours.lenient || ours.is_stream || MISTAKES_OF_BOTH.iter().any(|it| message.contains(it.0))
        }
        (Ok(_), ..) => false,
        (Err(message), Ok(_), Ok(_)) => {
            let named = REFUSED_BY_GO_YAML.iter().any(|it| message.contains(it.0));
            named || message.contains(OVERLOOKED_COMMENT) && text.contains('\t')
        }
        (Err(_), ..) => true,
    };
    (!fine).then(|| format!("{text:?}\nours: {:?}\nsaphyr: {strict:?}\ngranit: {loose:?}", ours.events))
}

#[track_caller]
fn assert_agreement(text: &str) {
    if let Some(disagreement) = disagreement(text) {
        panic!("{disagreement}");
    }
}

proptest! {
    #![proptest_config(crate::random::config(2000))]

    #[test]
    fn a_soup_of_tokens_is_read_as_another_reader_reads_it(text in soup()) {
        prop_assert_eq!(disagreement(&text), None);
    }

    #[test]
    fn a_manifest_with_a_few_wrong_characters_is_read_as_another_reader_reads_it(text in manifest()) {
        prop_assert_eq!(disagreement(&text), None);
    }
}

proptest! {
    #![proptest_config(crate::random::config(500))]

    #[test]
    fn valid_yaml_is_read_as_both_others_read_it(text in tree()) {
        let ours = ours(&text);
        prop_assert!(!ours.lenient, "{text}");
        prop_assert_eq!(&ours.events, &strict(&text), "{}", &text);
        prop_assert_eq!(ours.events, loose(&text), "{}", &text);
    }
}

#[test]
fn inputs_that_once_differed_are_read_as_another_reader_reads_them() {
    let texts = [
        "- \"a\"\n- [\n]\n",
        "? a\n: - b\n  - c\n: d\n",
        "a: |2\n\n   x\n # c\n",
        "a: >+\n\n\nb: c\n",
        "{a: b, ? c : d, e: , : f}\n",
        "[a, [b, c]: d, {e: f}: g, \"h\":i]\n",
        "--- |\n%a\n...\n%YAML 1.2\n---\nb\n",
        "!!map {a: !!str , &b c: *b }\n",
        "a:\n  - b\n  -\n    - c\n\n    - d\n - e\n",
        "\u{FEFF}# c\n---\n\u{FEFF}a\n",
        "a: 'b\n\n   c'''\n\"d\\\n  e\": f\n",
        "- - - a\n    - b\n- c: - d\n",
        "? |\n  a\n? >-\n  b\n: c\n",
        "a: b\r\rc: |\r  d\r\r",
        "%TAG !e! \"tag:e,2000:\n---\n!e!a b\n",
    ];
    texts.into_iter().for_each(assert_agreement);
}

#[test]
fn manifests_of_real_repositories_are_read_as_another_reader_reads_them() {
    let Some(corpus) = std::env::var_os("PLIMSOLL_CORPUS") else {
        eprintln!("skipped: PLIMSOLL_CORPUS is not set");
        return;
    };
    let mut documents = 0;
    for entry in walkdir::WalkDir::new(corpus).into_iter().flatten() {
        let known = entry.path().extension().is_some_and(|it| it == "yaml" || it == "yml" || it == "json");
        let text = if known { std::fs::read_to_string(entry.path()).ok() } else { None };
        // The others are slow in a debug build, and large files hold nothing that small ones do not.
        let Some(text) = text.filter(|text| text.len() < 100_000) else { continue };
        for document in split_documents(&text) {
            if let Some(disagreement) = disagreement(&text[document]) {
                panic!("{}: {disagreement}", entry.path().display());
            }
            documents += 1;
        }
    }
    assert!(documents > 0, "the corpus has no documents");
}
