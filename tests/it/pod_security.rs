//! The contract of the profiles `baseline` and `restricted`: a pod that Pod Security admission lets in at the target
//! version gets no finding, one that it refuses gets at least one.

mod model;
mod pods;
mod write;

use std::{collections::BTreeMap, sync::OnceLock};

use plimsoll::{
    base::{Minor, Source, SourceId},
    engine::{Choice, Plan, Reading, Role, judge_all},
    rule::{Literals, Registry, Target},
};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_yaml::Value;

use model::{Level, admits, never_arrives};
use write::{Style, write};

/// Versions on both sides of every change to the standards.
const MINORS: &[u16] = &[0, 7, 8, 18, 19, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37];

/// What stands before a pod's metadata and spec, and how deep those stand.
const KINDS: &[(&str, usize)] = &[
    ("apiVersion: v1\nkind: Pod\n", 0),
    ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n", 4),
    (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web}\nspec:\n  jobTemplate:\n    spec:\n      template:\n",
        8,
    ),
];

/// The pod as the text of a manifest.
fn manifest(pod: &Value, kind: (&str, usize), style: &[u8]) -> String {
    let mut text = kind.0.to_owned();
    let mut style = Style::new(style);
    for (key, value) in pod.as_mapping().into_iter().flatten() {
        text.push_str(&format!("{:1$}{2}:", "", kind.1, key.as_str().unwrap()));
        write(value, kind.1 + 2, &mut style, &mut text);
    }
    text
}

/// The rules of both profiles, ready for each version.
struct Plans(Vec<(Level, u16, Plan<'static>)>);

fn plans() -> &'static [(Level, u16, Plan<'static>)] {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    static PLANS: OnceLock<Plans> = OnceLock::new();
    let registry = REGISTRY.get_or_init(|| Registry::embedded().expect("the embedded rules load"));
    let plan = |(level, profile): (Level, &str), minor: u16| {
        static NO_PARAMS: BTreeMap<String, Literals> = BTreeMap::new();
        let rules = registry.rules().iter().filter(|rule| rule.profiles.iter().any(|it| it == profile));
        let choices = rules.map(|rule| Choice { rule, severity: rule.severity, params: &NO_PARAMS });
        (level, minor, Plan::new(Target { kubernetes: Minor(minor), platform: None }, choices).unwrap())
    };
    let levels = [(Level::Baseline, "baseline"), (Level::Restricted, "restricted")];
    let all = || levels.into_iter().flat_map(|level| MINORS.iter().map(move |minor| plan(level, *minor)));
    &PLANS.get_or_init(|| Plans(all().collect())).0
}

fn findings(plan: &Plan<'_>, text: &str) -> Vec<String> {
    let source = Source::new(SourceId(0), "pod.yaml", text);
    let found = judge_all(&[(&source, Role::Plain)], plan, &Reading::default());
    found.iter().map(|it| format!("{}: {}", it.rule, it.message)).collect()
}

/// `value` with the `at`th of what it holds replaced by a placeholder, counted in the order written.
fn with_placeholder(value: &mut Value, at: &mut usize) {
    let children: Vec<&mut Value> = match value {
        Value::Mapping(fields) => fields.iter_mut().map(|(_, value)| value).collect(),
        Value::Sequence(items) => items.iter_mut().collect(),
        _ => return,
    };
    for child in children {
        if *at == 0 {
            *child = "${PLACEHOLDER}".into();
        }
        // Past the one that is replaced nothing matches any more.
        *at = at.wrapping_sub(1);
        with_placeholder(child, at);
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Mapping(fields) => fields.iter().map(|(_, value)| 1 + size(value)).sum(),
        Value::Sequence(items) => items.iter().map(|value| 1 + size(value)).sum(),
        _ => 0,
    }
}

proptest! {
    #![proptest_config(crate::random::config(300))]

    #[test]
    fn a_pod_is_admitted_exactly_when_its_profile_finds_nothing(
        pod in pods::pods(),
        kind in select(KINDS),
        style in vec(any::<u8>(), 1..64),
    ) {
        let text = manifest(&pod, kind, &style);
        for (level, minor, plan) in plans() {
            let admitted = admits(*level, *minor, &pod);
            let found = findings(plan, &text);
            if admitted && never_arrives(&pod) {
                continue;
            }
            prop_assert_eq!(admitted, found.is_empty(), "{:?} at 1.{}: {:#?}\n{}", level, minor, found, text);
        }
    }

}

proptest! {
    #![proptest_config(crate::random::config(100))]

    #[test]
    fn a_placeholder_anywhere_in_an_admitted_pod_is_no_finding(
        pod in pods::pods(),
        minor in select(&[18, 24, 30, 37, 37, 37][..]),
        kind in select(KINDS),
        style in vec(any::<u8>(), 1..64),
    ) {
        for (level, _, plan) in plans().iter().filter(|plan| plan.1 == minor) {
            if !admits(*level, minor, &pod) || never_arrives(&pod) {
                continue;
            }
            for at in 0..size(&pod) {
                let mut hidden = pod.clone();
                with_placeholder(&mut hidden, &mut { at });
                let text = manifest(&hidden, kind, &style);
                let found = findings(plan, &text);
                prop_assert!(found.is_empty(), "{:?} at 1.{}: {:#?}\n{}", level, minor, found, text);
            }
        }
    }
}

/// A generator that only makes pods that are refused would prove little.
#[test]
fn the_generated_pods_are_admitted_and_refused_at_both_levels() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut baseline, mut restricted) = (0, 0);
    for _ in 0..300 {
        let pod = pods::pods().new_tree(&mut runner).unwrap().current();
        baseline += u32::from(admits(Level::Baseline, 37, &pod));
        restricted += u32::from(admits(Level::Restricted, 37, &pod));
    }
    assert!((60..240).contains(&baseline), "{baseline}");
    assert!((30..200).contains(&restricted), "{restricted}");
}
