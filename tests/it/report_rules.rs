//! What is told about rules: one at a time, and in a table.

use plimsoll::report::{Layout, Options, explain, rules};

use crate::report::{registry, snapshot};

fn explained(id: &str, layout: Layout, options: &Options) -> String {
    let registry = registry();
    let mut out = Vec::new();
    explain::write(registry.get(id).unwrap(), layout, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_rule_is_explained_in_every_layout() {
    for (id, word) in [
        ("privileged-container", "references"),
        ("readiness-probe-missing", "params"),
        ("rbac-wildcard-verbs", "paragraphs"),
    ] {
        for layout in Layout::ALL {
            let name = format!("explain_{}_{word}", layout.as_str());
            snapshot(&name, &explained(id, *layout, &Options { width: 80, ..Options::default() }));
        }
    }
}

#[test]
fn an_explanation_in_colour_marks_where_findings_land() {
    let text =
        explained("privileged-container", Layout::Text, &Options { color: true, ..Options::default() });
    assert!(text.contains("privileged: true \u{1b}[31m# finding\u{1b}[0m"), "{text:?}");
}

#[test]
fn rules_are_listed_in_every_layout() {
    let registry = registry();
    let all: Vec<_> = registry.rules().iter().collect();
    for layout in Layout::ALL {
        let mut out = Vec::new();
        rules::write(&all, *layout, &Options::default(), &mut out).unwrap();
        snapshot(&format!("rules_{}", layout.as_str()), &String::from_utf8(out).unwrap());
    }
}
