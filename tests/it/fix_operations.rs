//! The changes that rule files can ask for, and what anchors make of them.

use plimsoll::{
    base::{Diagnostic, Fix, Minor, Safety, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    rule::{Registry, Rule, Target},
};

/// A rule about pods that fires where `a` is there, with this fix.
fn rule(check: &str, fix: &str) -> Registry {
    let text = format!(
        "{{id: x, title: X, severity: low, since: 0.1.0, kinds: [Pod], check: {check}, fix: {fix}, why: Y., how-to-fix: Z.}}"
    );
    Registry::new(vec![Rule::from_yaml("test", "x.yaml", text).unwrap()], Vec::new())
}

const ON_POD: &str = "{on: pod, path: a, when: {present: true}, say: y}";
const ON_CONTAINER: &str = "{on: container, path: a, when: {present: true}, say: y}";

fn findings(registry: &Registry, text: &str) -> Vec<Diagnostic> {
    let rule = &registry.rules()[0];
    let params = std::collections::BTreeMap::new();
    let choice = Choice { rule, severity: rule.severity, params: &params };
    let target = Target { kubernetes: Minor::NEWEST, platform: None };
    let plan = Plan::new(target, [choice]).unwrap();
    judge_all(&[(&Source::new(SourceId(0), "a.yaml", text), Role::Plain)], &plan, &Reading::default())
}

fn applied(text: &str, fix: &Fix) -> String {
    let mut out = text.to_owned();
    for edit in fix.edits.iter().rev() {
        out.replace_range(edit.span.range(), &edit.text);
    }
    out
}

/// The first fix of the only finding: its title, its promise, and the text behind the head of the pod.
fn fixed(check: &str, fix: &str, spec: &str) -> Option<(String, Safety, String)> {
    let text = format!("{HEAD}{spec}");
    let found = findings(&rule(check, fix), &text);
    assert_eq!(found.len(), 1, "{text}");
    let fix = found[0].fixes.first()?;
    let after = applied(&text, fix);
    let rest = after.strip_prefix(HEAD).expect("the head stays");
    Some((fix.title.clone(), fix.safety, rest.to_owned()))
}

const HEAD: &str = "kind: Pod\napiVersion: v1\nmetadata: {name: p}\n";

/// The text that the fix makes of `spec`.
fn text(fix: &str, spec: &str) -> String {
    fixed(ON_POD, fix, spec).map_or_else(|| "no fix".to_owned(), |it| it.2)
}

#[test]
fn a_field_gets_another_key_and_keeps_its_value_and_comments() {
    let fix = "{safety: safe, rename: {to: b}}";
    let (title, safety, after) = fixed(ON_POD, fix, "spec:\n  # why\n  a: 'x' # y\n  c: 1\n").unwrap();
    assert_eq!((title.as_str(), safety), ("Rename `a` to `b`", Safety::Safe));
    assert_eq!(after, "spec:\n  # why\n  b: 'x' # y\n  c: 1\n");
    assert_eq!(text(fix, "spec: {c: 1, a: {x: y}}\n"), "spec: {c: 1, b: {x: y}}\n");
    assert_eq!(text(fix, "spec:\r\n  \"a\":\r\n    - x\r\n"), "spec:\r\n  \"b\":\r\n    - x\r\n");
    // Nothing may be there twice.
    assert_eq!(text(fix, "spec: {a: 1, b: 2}\n"), "no fix");
}

#[test]
fn a_plain_value_gets_quotes_and_keeps_its_text() {
    let fix = "{safety: safe, quote: $value}";
    let (title, _, after) = fixed(ON_POD, fix, "spec:\n  a: 1.30 # y\n").unwrap();
    assert_eq!((title.as_str(), after.as_str()), ("Quote `a`", "spec:\n  a: \"1.30\" # y\n"));
    assert_eq!(text(fix, "spec: {a: yes, b: c}\n"), "spec: {a: \"yes\", b: c}\n");
    for quoted in ["spec: {a: \"x\"}\n", "spec: {a: 'x'}\n", "spec:\n  a: |\n    x\n", "spec: {a: {b: c}}\n"]
    {
        assert_eq!(text(fix, quoted), "no fix", "{quoted}");
    }
}

#[test]
fn a_field_goes_from_one_place_to_another() {
    let fix = "{safety: unsafe, move: {path: a, to: b.c}}";
    assert_eq!(text(fix, "spec:\n  a: x\n  b:\n    d: 1\n"), "spec:\n  b:\n    d: 1\n    c: x\n");
    assert_eq!(text(fix, "spec: {a: {x: [1, '2']}, b: {d: 1}}\n"), "spec: {b: {d: 1, c: {x: [1, \"2\"]}}}\n");
    assert_eq!(text(fix, "spec:\n  a: x\n  z: 1\n"), "spec:\n  z: 1\n  b:\n    c: x\n");
    // What is there is not written over.
    assert_eq!(text(fix, "spec: {a: x, b: {c: y}}\n"), "no fix");
    assert_eq!(text(fix, "spec: {a: x, b: text}\n"), "no fix");
}

#[test]
fn fields_that_share_a_missing_parent_are_added_as_one_mapping() {
    let fix = "{safety: unsafe, set: [{path: p.q.one, to: 1}, {path: p.q.two, to: x}, {path: p.three, to: true}, {path: a, to: 2}]}";
    assert_eq!(
        text(fix, "spec:\n  a: 1\n"),
        "spec:\n  a: 2\n  p:\n    q:\n      one: 1\n      two: x\n    three: true\n"
    );
    assert_eq!(
        text(fix, "spec:\n  a: 1\n  p:\n    z: 0\n"),
        "spec:\n  a: 2\n  p:\n    z: 0\n    q:\n      one: 1\n      two: x\n    three: true\n"
    );
    assert_eq!(text(fix, "spec: {a: 1}\n"), "spec: {a: 2, p: {q: {one: 1, two: x}, three: true}}\n");
}

#[test]
fn a_change_of_what_an_anchor_shares_is_unsafe_and_says_so() {
    let fix = "{safety: safe, set: {to: false}}";
    let spec =
        "spec:\n  containers:\n    - &c\n      name: c\n      a: true # x\n  initContainers:\n    - *c\n";
    let text = format!("{HEAD}{spec}");
    let found = findings(&rule(ON_CONTAINER, fix), &text);
    assert!(!found.is_empty());
    for finding in &found {
        let fix = &finding.fixes[0];
        assert_eq!(
            (fix.title.as_str(), fix.safety),
            ("Set `a` to `false`, for everything that uses `&c`", Safety::Unsafe)
        );
        let after = applied(&text, fix);
        assert_eq!(after, text.replace("a: true", "a: false"));
        assert!(
            findings(&rule("{on: container, path: a, when: {equals: true}, say: y}", "[]"), &after)
                .is_empty()
        );
    }
}

#[test]
fn an_anchor_that_nothing_uses_changes_nothing() {
    let fix = "{safety: safe, set: {to: false}}";
    let (title, safety, after) =
        fixed(ON_CONTAINER, fix, "spec:\n  containers:\n    - &c\n      name: c\n      a: &v true\n")
            .unwrap();
    assert_eq!((title.as_str(), safety), ("Set `a` to `false`", Safety::Safe));
    assert_eq!(after, "spec:\n  containers:\n    - &c\n      name: c\n      a: &v false\n");
}

#[test]
fn a_field_that_a_merge_brings_is_changed_where_it_is_written_or_for_the_one_that_merges() {
    let spec = "x: &d {a: true}\nspec:\n  containers:\n    - name: c\n      <<: *d\n";
    let (title, safety, after) = fixed(ON_CONTAINER, "{safety: safe, set: {to: false}}", spec).unwrap();
    let everywhere = spec.replace("true", "false");
    let here = format!("{spec}      a: false\n");
    assert!(after == here || after == everywhere && safety == Safety::Unsafe, "{title}: {after}");
    // What others use is not taken away from them.
    if let Some((title, safety, after)) = fixed(ON_CONTAINER, "{safety: safe, remove: $value}", spec) {
        assert!(safety == Safety::Unsafe && after.contains("x: &d {}"), "{title}: {after}");
    }
}

#[test]
fn every_document_of_a_file_with_many_gets_its_fixes() {
    let text: String = (0..1_500)
        .map(|at| {
            format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}}}\nspec:\n  hostPID: true\n")
        })
        .collect();
    let dir = super::dir::Dir::outside();
    dir.write("a.yaml", &text);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(dir.path())
        .args(["check", "--isolated", "--select", "host-pid", "--fix-only", "--unsafe-fixes"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("Fixed 1500 problems in 1 file"), "{told}");
    let after = std::fs::read_to_string(dir.path().join("a.yaml")).unwrap();
    assert!(!after.contains("hostPID"));
}
