//! Fixing with made-up rules, in place of a run over manifests.

use std::{
    collections::BTreeSet,
    convert::Infallible,
    sync::{Arc, LazyLock},
};

use proptest::prelude::*;

use super::{
    Draft, Drafts, Fixed, Fixing,
    compare::{Why, compare},
    encode, fix, fixable,
    patch::Patch,
};
use crate::{
    base::{
        Diagnostic, Edit, Encoding, Fix, Label, ObjectId, RuleId, Safety, Severity, Source, SourceId,
        Sources, Span, Subject,
    },
    engine::Outcome,
    rule::Registry,
    yaml::Limits,
};

/// A made-up rule: what it finds in a line, and what its fixes put there, the best first.
type Rule = (&'static str, &'static str, &'static [(Safety, &'static str)]);

const RULES: [Rule; 11] = [
    ("plain", "plain: true", &[(Safety::Safe, "plain: false")]),
    ("risky", "risky: true", &[(Safety::Unsafe, "risky: false")]),
    ("by-hand", "hand: true", &[(Safety::Manual, "hand: false")]),
    ("stays", "stays: ", &[(Safety::Safe, "stays: again")]),
    ("gains", "gains: true", &[(Safety::Safe, "gained: true")]),
    ("gained", "gained: true", &[]),
    ("breaks", "breaks: true", &[(Safety::Safe, "breaks: {")]),
    ("second", "second: true", &[(Safety::Safe, "gained: true"), (Safety::Safe, "second: false")]),
    ("steps", "steps: one", &[(Safety::Safe, "steps: two")]),
    ("more-steps", "steps: two", &[(Safety::Safe, "steps: three")]),
    // What a stronger finding made needless to say comes to light.
    ("seccomp-profile-missing", "privileged: false", &[]),
];

/// Looks for what the made-up rules find, each line by itself; an object begins at each `name: `.
fn lint(texts: &[(&str, &str)], drafts: &Drafts) -> Outcome {
    let mut outcome = Outcome { walked: texts.len(), ..Outcome::default() };
    let mut sources = Sources::with_paths(texts.iter().map(|(path, _)| (*path).to_owned()));
    for (id, (path, text)) in texts.iter().enumerate() {
        let draft = drafts.iter().find(|(of, _)| of == path);
        let text = draft.map_or((*text).to_owned(), |(_, draft)| draft.after.to_string());
        let source = Source::new(SourceId(id as u32), *path, text);
        find(&source, &mut outcome.findings);
        sources.keep(Arc::new(source));
    }
    outcome.walked -= texts.iter().filter(|(path, _)| path.starts_with("elsewhere")).count();
    outcome.sources = sources;
    outcome.findings.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    outcome
}

fn find(source: &Source, findings: &mut Vec<Diagnostic>) {
    let mut object = Arc::default();
    let mut at = 0;
    for line in source.text.split_inclusive('\n') {
        if let Some((_, name)) = line.split_once("name: ") {
            object = Arc::new(ObjectId { name: name.trim().to_owned(), ..ObjectId::default() });
        }
        for (rule, what, fixes) in RULES {
            let Some(start) = line.find(what).map(|start| (at + start) as u32) else { continue };
            let span = Span::new(source.id, start, start + what.len() as u32);
            let fix = |(safety, text): &(Safety, &str)| Fix {
                title: format!("Write `{text}`"),
                safety: *safety,
                edits: vec![Edit { span, text: (*text).to_owned() }],
            };
            findings.push(finding(rule, &object, span, fixes.iter().map(fix).collect()));
        }
        if line.contains("privileged: true") {
            let start = (at + line.find("true").unwrap()) as u32;
            let edit = Edit { span: Span::new(source.id, start, start + 4), text: "false".to_owned() };
            let fix = Fix { title: "Set".to_owned(), safety: Safety::Safe, edits: vec![edit] };
            findings.push(finding("privileged-container", &object, Span::at(source.id, start), vec![fix]));
        }
        at += line.len();
    }
}

fn finding(rule: &str, object: &Arc<ObjectId>, span: Span, fixes: Vec<Fix>) -> Diagnostic {
    Diagnostic {
        rule: RuleId::new(rule),
        severity: Severity::High,
        message: String::new(),
        primary: Label { span, text: String::new() },
        related: Vec::new(),
        absence: false,
        subject: Some(Subject { object: Arc::clone(object), container: None, path: "spec.x".to_owned() }),
        help: None,
        fixes,
        overlays: Vec::new(),
        spared: Vec::new(),
    }
}

/// What became of `texts`, and how many runs it took.
fn fixed(texts: &[(&str, &str)], least: Safety) -> (Fixed, usize) {
    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());
    let fixing = Fixing { least, registry: &REGISTRY, limits: Limits::default() };
    let mut runs = 0;
    let fixed = fix(&fixing, &mut |drafts| {
        runs += 1;
        Ok::<_, Infallible>(lint(texts, drafts))
    });
    let Ok(fixed) = fixed;
    (fixed, runs)
}

/// The text of one file after all.
fn after(text: &str, least: Safety) -> (String, Vec<String>) {
    let (fixed, _) = fixed(&[("a.yaml", text)], least);
    let after = fixed.drafts.iter().next().map_or(text.to_owned(), |(_, draft)| draft.after.to_string());
    (after, fixed.refused.into_iter().map(|it| format!("{}:{} {}", it.line, it.rule, it.why)).collect())
}

#[test]
fn what_a_fix_promises_decides_whether_it_is_applied() {
    let text = "plain: true\nrisky: true\nhand: true\n";
    assert_eq!(after(text, Safety::Safe).0, "plain: false\nrisky: true\nhand: true\n");
    assert_eq!(after(text, Safety::Unsafe).0, "plain: false\nrisky: false\nhand: true\n");
    assert_eq!(after(text, Safety::Manual).0, "plain: false\nrisky: false\nhand: true\n");
    let outcome = lint(&[("a.yaml", text)], &Drafts::default());
    let counts = |least| (fixable(&outcome, least).now, fixable(&outcome, least).more);
    assert_eq!((counts(Safety::Safe), counts(Safety::Unsafe)), ((1, 1), (2, 0)));
}

#[test]
fn a_fix_that_does_not_work_is_taken_back_and_blocks_no_other() {
    for (bad, why) in [
        ("stays: x", "stays the finding would stay"),
        ("gains: true", "gains it would bring the finding `gained` in a.yaml"),
        ("breaks: true", "breaks the result would not be valid YAML"),
    ] {
        let text =
            format!("name: a\nplain: true\n---\nname: b\nx: {{plain: true}}\n{bad}\nz:\n  plain: true\n");
        let (after, refused) = after(&text, Safety::Safe);
        assert_eq!(after, text.replace("plain: true", "plain: false"), "{bad}");
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert!(refused[0].starts_with(&format!("6:{why}")), "{refused:?}");
    }
}

#[test]
fn where_the_best_fix_does_not_work_the_next_one_is_tried() {
    let (after, refused) = after("name: a\nsecond: true\n", Safety::Safe);
    assert_eq!((after.as_str(), refused), ("name: a\nsecond: false\n", vec![]));
}

#[test]
fn many_bad_fixes_in_many_files_cost_few_runs() {
    let text: String = (0..40)
        .map(|n| format!("---\nname: o{n}\nplain: true\nx: {{gains: true}}\ny: {{stays: x}}\n"))
        .collect();
    let names: Vec<String> = (0..8).map(|n| format!("f{n}.yaml")).collect();
    let texts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    let (fixed, runs) = fixed(&texts, Safety::Safe);
    assert_eq!(fixed.fixed.values().sum::<usize>(), 320);
    assert_eq!(fixed.refused.len(), 640);
    assert!(runs < 12, "{runs}");
}

#[test]
fn what_was_only_hidden_by_the_fixed_finding_is_not_gained() {
    let (after, refused) = after("name: a\nx: {privileged: true}\n", Safety::Safe);
    assert_eq!((after.as_str(), refused), ("name: a\nx: {privileged: false}\n", vec![]));
}

#[test]
fn a_fix_that_brings_another_fixable_finding_is_taken_back_all_the_same() {
    let (after, refused) = after("name: a\nsteps: one\n---\nname: b\nsteps: two\n", Safety::Safe);
    assert_eq!(after, "name: a\nsteps: one\n---\nname: b\nsteps: three\n");
    assert_eq!(refused, ["2:steps it would bring the finding `more-steps` in a.yaml"]);
}

#[test]
fn files_that_are_only_read_are_not_changed() {
    let text = "name: a\nplain: true\n";
    let (fixed, _) = fixed(&[("a.yaml", text), ("elsewhere/b.yaml", text)], Safety::Safe);
    assert_eq!(fixed.drafts.iter().map(|(path, _)| path).collect::<Vec<_>>(), ["a.yaml"]);
    assert_eq!(fixed.refused.len(), 1);
    assert_eq!(fixed.refused[0].why, "`elsewhere/b.yaml` is not among the files to lint");
    let outcome = lint(&[("elsewhere/b.yaml", text)], &Drafts::default());
    assert_eq!(fixable(&outcome, Safety::Safe).now, 0);
}

#[test]
fn a_text_is_written_in_the_encoding_in_which_it_was_read() {
    for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = encode("a: 한😀\n", encoding);
        let source = Source::decode(SourceId(0), "a.yaml", bytes).unwrap();
        assert_eq!((source.text.as_str(), source.encoding), ("a: 한😀\n", encoding));
    }
    let draft = Draft { before: "\u{feff}a".into(), after: "\u{feff}b".into(), encoding: Encoding::Utf8 };
    assert_eq!(
        (draft.old_bytes(), draft.new_bytes()),
        (b"\xef\xbb\xbfa".to_vec(), b"\xef\xbb\xbfb".to_vec())
    );
}

/// What comparing says about `before` with one edit: `from` replaced by `to` where `from` first stands.
fn compared(before: &str, from: &str, to: &str) -> Result<(), Why> {
    let start = before.find(from).unwrap() as u32;
    let span = Span::new(SourceId(0), start, start + from.len() as u32);
    let mut patch = Patch::default();
    patch.add(&Edit { span, text: to.to_owned() });
    let after = patch.apply(before).unwrap();
    compare(before, &after, &patch, &Limits::default())
}

/// As [`compared`], for an edit that inserts `text` behind `place`.
fn inserted(before: &str, place: &str, text: &str) -> Result<(), Why> {
    let start = (before.find(place).unwrap() + place.len()) as u32;
    let mut patch = Patch::default();
    patch.add(&Edit { span: Span::at(SourceId(0), start), text: text.to_owned() });
    compare(before, &patch.apply(before).unwrap(), &patch, &Limits::default())
}

const POD: &str = "# top\nkind: Pod\nmeta: &m {a: b} # m\nspec:\n  x: 1.30\n  list:\n    - a: b # one\n      c: d\n    - \
                   *m\n  empty:\n  text: |\n    one\n    two\n---\nkind: Other\n";

#[test]
fn edits_that_change_what_they_name_pass() {
    for (from, to) in [
        ("1.30", "\"1.30\""),
        ("a: b #", "a: z #"),
        ("a: b # one\n      ", "# one\n      "),
        ("      c: d\n", ""),
        ("  x: 1.30\n", ""),
        ("  text: |\n    one\n    two\n", ""),
        ("empty:", "full:"),
        ("{a: b}", "{a: b, c: d}"),
        ("*m", "{a: b}"),
        ("&m ", "&m !!map "),
        ("Other", "{}"),
    ] {
        // The item begins at another place of its line when its first key is gone.
        assert_eq!(compared(POD, from, to), Ok(()), "{from:?} {to:?}");
    }
    for (place, text) in [
        ("b # one", "\n      e: f"),
        ("1.30", "\n  y: 1"),
        ("list:", "\n    - z"),
        ("  empty:", "\n    a: b"),
        ("    two", "\n  after: x"),
        ("{a: b", ", c: {d: e}"),
        ("kind: Other", "\nspec: {}"),
        ("1.30", " # new"),
    ] {
        assert_eq!(inserted(POD, place, text), Ok(()), "{place:?} {text:?}");
    }
}

#[test]
fn edits_that_change_anything_else_are_caught() {
    for (from, to, why) in [
        ("# one", "", "the comment `# one` would be lost"),
        ("b} # m", "b}", "the comment `# m` would be lost"),
        ("# top\n", "", "the comment `# top` would be lost"),
        ("{a: b}", "{a: b", "the result would not be valid YAML"),
        ("---\n", "", "the number of documents would change"),
        ("list:\n", "list: |\n", "it would change more than it should"),
        ("&m ", "&other ", "the result would not be valid YAML"),
        ("    - *m\n", "    - *m\n  x: y\n", "`x` would be there twice"),
        ("x: 1.30\n  list:", "list:", ""),
    ] {
        let found = compared(POD, from, to);
        if why.is_empty() {
            assert_eq!(found, Ok(()));
            continue;
        }
        assert!(found.as_ref().is_err_and(|found| found.starts_with(why)), "{from:?} {to:?}: {found:?}");
    }
    for (place, text, why) in [
        ("kind: Pod", "\n  more", "it would change more than it should, at line 2"),
        ("1.30", "\n  kind: a\n  kind: b", "`kind` would be there twice"),
        ("  x: ", "[] # ", "it would change more than it should, at line 5"),
        ("  x: ", "# ", "it would change more than it should, at line 5"),
        ("spec:", "\n  - a", "the result would not be valid YAML"),
        ("Other\n", "--- {a: b}\n", "the number of documents would change"),
    ] {
        let found = inserted(POD, place, text);
        assert!(found.as_ref().is_err_and(|found| found.starts_with(why)), "{place:?} {text:?}: {found:?}");
    }
}

#[test]
fn a_comment_that_silences_may_go_when_the_edit_is_about_nothing_else() {
    let text = "a: 1 # plimsoll: ignore[x, y] why\n# plimsoll: ignore[z]\nb: 2 # why\n";
    for (from, to) in [("x, ", ""), (" # plimsoll: ignore[x, y] why", ""), ("# plimsoll: ignore[z]\n", "")] {
        assert_eq!(compared(text, from, to), Ok(()), "{from:?}");
    }
    for (from, to) in [
        ("1 # plimsoll: ignore[x, y] why", "1"),
        ("# plimsoll: ignore[z]\nb: 2", "b: 2"),
        (" # why", ""),
        ("# plimsoll: ignore[z]\nb: 2 # why\n", ""),
    ] {
        assert!(compared(text, from, to).is_err(), "{from:?}");
    }
}

#[test]
fn line_endings_are_not_mixed_and_other_files_may_have_any() {
    let crlf = POD.replace('\n', "\r\n");
    assert_eq!(inserted(&crlf, "1.30", "\n  y: 1"), Err("it would mix line endings".to_owned()));
    assert_eq!(inserted(&crlf, "1.30", "\r\n  y: 1"), Ok(()));
    assert_eq!(inserted("a: 1\r\nb: 2\n", "a: 1", "\nc: 3"), Ok(()));
}

/// Values and keys of a small tree, in block or flow style, with comments.
fn texts() -> impl Strategy<Value = String> {
    let line = (0_usize..3, 0_u32..40, 0_usize..6, any::<bool>());
    prop::collection::vec(line, 1..14).prop_map(|lines| {
        let mut out = String::from("root:\n");
        for (at, (depth, number, form, comment)) in lines.iter().enumerate() {
            // A mapping of its own for each line, so that any depth may follow any other.
            out.push_str(&format!("  k{at}:\n"));
            for level in 0..*depth {
                out.push_str(&format!("{}d{level}:\n", "  ".repeat(level + 2)));
            }
            let indent = "  ".repeat(depth + 2);
            let end = if *comment { format!(" # c{at}") } else { String::new() };
            out.push_str(&match form {
                0 => format!("{indent}v: {number}{end}\n"),
                1 => format!("{indent}- {number}{end}\n{indent}- x: y{end}\n"),
                2 => format!("{indent}v: {{a: {number}, b: [c, \"d\"]}}{end}\n"),
                3 => format!("{indent}v: 'it''s' {end}\n{indent}w: \"{number}\\n\"{end}\n"),
                4 => format!("{indent}v: |\n{indent}  text {number}\n{indent}  more\n"),
                _ => format!("{indent}v: &a{at} {number}{end}\n{indent}w: *a{at}\n"),
            });
        }
        out
    })
}

/// The tree as it is, without what the edits may change.
fn says(text: &str) -> String {
    crate::yaml::events(&crate::yaml::parse(SourceId(0), text, &Limits::default()), false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// An edit of spaces and comments alone is let through exactly when the tree stays; any edit at all is let
    /// through only when the result can be read and keeps its comments.
    #[test]
    fn random_edits_never_corrupt(
        text in texts(),
        places in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..8, "[ab:,{}\\[\\]#\n \"-]{0,6}"), 1..4),
    ) {
        let mut patch = Patch::default();
        for (at, length, new) in &places {
            let start = at.index(text.len());
            let end = (start + length).min(text.len());
            let edit = Edit { span: Span::new(SourceId(0), start as u32, end as u32), text: new.clone() };
            if patch.fits(&edit) {
                patch.add(&edit);
            }
        }
        let after = patch.apply(&text).unwrap();
        if compare(&text, &after, &patch, &Limits::default()).is_err() {
            return Ok(());
        }
        let parsed = crate::yaml::parse(SourceId(0), &after, &Limits::default());
        prop_assert!(parsed.documents().iter().all(|document| document.error.is_none()), "{after}");
        let comments = |text: &str| {
            let parsed = crate::yaml::parse(SourceId(0), text, &Limits::default());
            let of = |it: &crate::yaml::Comment| text[it.start as usize..it.end as usize].trim_end().to_owned();
            parsed.comments().iter().map(of).collect::<BTreeSet<_>>()
        };
        prop_assert!(comments(&after).is_superset(&comments(&text)), "{text}\n=>\n{after}");
        // Lines of scalars that no edit comes near say what they said.
        let near = |start: usize, end: usize| {
            patch.edits().iter().any(|it| it.span.start as usize <= end && start <= it.span.end as usize)
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let (start, end) = (at, at + line.len());
            at = end;
            let Some((_, value)) = line.trim_end().split_once(": ") else { continue };
            if !near(start, end) && value.bytes().all(|byte| byte.is_ascii_digit()) {
                let value = format!("=VAL :{value}\n");
                prop_assert!(says(&after).matches(&value).count() >= 1, "{text}\n=>\n{after}");
            }
        }
    }

    /// Made-up fixes over random texts: fixing twice is fixing once, and what stays says what it said.
    #[test]
    fn fixing_twice_is_fixing_once(
        lines in prop::collection::vec((0_usize..12, 0_usize..3), 1..30),
    ) {
        let line = |(at, (which, depth)): (usize, &(usize, usize))| {
            let what = RULES.get(*which).map_or("other: 1", |rule| rule.1).trim_end();
            let value = if what.ends_with(':') { " x" } else { "" };
            format!("---\nname: o{}\n{}k: {{n: {at}, {what}{value}}} # c{at}\n", at % 5, "k:\n  ".repeat(*depth.min(&1)))
        };
        let text: String = lines.iter().enumerate().map(line).collect();
        let (once, refused) = after(&text, Safety::Unsafe);
        let (twice, again) = after(&once, Safety::Unsafe);
        prop_assert_eq!(&once, &twice);
        let places = |refused: Vec<String>| -> Vec<String> {
            refused.iter().filter_map(|it| it.split_once(' ').map(|(place, _)| place.to_owned())).collect()
        };
        prop_assert_eq!(places(refused), places(again));
        prop_assert_eq!(once.matches('\n').count(), text.matches('\n').count());
        prop_assert!(!once.contains("plain: true") && !once.contains("breaks: {{"));
    }
}
