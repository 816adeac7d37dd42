//! What is said of a key that stands twice: in which object, where in it, and whether its values differ.

use std::{collections::BTreeMap, fmt::Write as _, time::Instant};

use plimsoll::{
    base::{Diagnostic, Minor, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    rule::{Registry, Target},
};

fn found(text: &str) -> Vec<Diagnostic> {
    let registry = Registry::embedded().expect("the embedded rules load");
    let none = BTreeMap::new();
    let rules = registry.rules().iter().filter(|rule| rule.id.as_str().starts_with("yaml-duplicate-key"));
    let choices = rules.map(|rule| Choice { rule, severity: rule.severity, params: &none });
    let plan = Plan::new(Target { kubernetes: Minor::NEWEST, platform: None }, choices).unwrap();
    let source = Source::new(SourceId(0), "list.yaml", text);
    judge_all(&[(&source, Role::Plain)], &plan, &Reading::default())
}

#[test]
fn the_object_and_the_field_are_named() {
    let text = "apiVersion: v1\nkind: List\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: web, \
                namespace: shop}\n  spec:\n    containers:\n    - name: web\n      image: a\n      image: b\n";
    let told: Vec<_> = found(text)
        .into_iter()
        .map(|it| (it.rule.to_string(), it.message, it.subject.map(|subject| subject.path)))
        .collect();
    let twice = "stands twice in this mapping";
    let expected = [
        (
            "yaml-duplicate-key-same-value".to_owned(),
            format!("the key `kind` {twice}, with the same value"),
            None,
        ),
        (
            "yaml-duplicate-key".to_owned(),
            format!(
                "Pod shop/web: the key `image` {twice}, and readers disagree about which of its values counts"
            ),
            Some("spec.containers[0].image".to_owned()),
        ),
    ];
    assert_eq!(told, expected);
}

#[test]
fn many_repeated_keys_cost_no_more_than_reading_them() {
    let big = "x".repeat(200_000);
    let mut text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: many}}\nbig: &big\n  text: {big}\ndata:\n"
    );
    for _ in 0..20_000 {
        text.push_str("  key: *big\n");
    }
    text.push_str("list:\n");
    for number in 0..20_000 {
        writeln!(text, "- {{a: {number}, a: 0}}").unwrap();
    }
    let begun = Instant::now();
    assert_eq!(found(&text).len(), 39_999);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
