//! Every fix is put to work on the examples of its rule, in every shape: the finding goes, no other comes, nothing
//! else changes, no comment is lost, and there is nothing left to fix.

use std::{cell::OnceCell, collections::BTreeMap, fmt::Write as _};

use plimsoll::{
    base::{Day, Diagnostic, Fix, Minor, Safety, Source, SourceId, Span},
    engine::{Choice, Plan, Reading, Role, Silencing, judge_all},
    rule::{Example, Registry, Rule, Target},
    yaml::{self, Kind, Limits, Node, Parsed, Style},
};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::rules::{Compare, marked, variants};

/// Rounds after which fixing must have come to an end.
const MOST_ROUNDS: usize = 40;

#[test]
fn every_fix_repairs_its_finding_and_changes_nothing_else() {
    let registry = Registry::embedded().unwrap();
    let of_rules: Vec<(String, usize)> =
        registry.rules().par_iter().map(|rule| of_rule(&registry, rule)).collect();
    let failures: String = of_rules.iter().map(|it| it.0.as_str()).collect();
    assert!(failures.is_empty(), "{failures}");
    for (rule, (_, count)) in registry.rules().iter().zip(&of_rules).filter(|it| it.1.1 > 0) {
        eprintln!("{}: {count} fixes in its examples as written", rule.id);
    }
}

/// What is wrong with the fixes of `rule`, and how many there are in its examples as written.
fn of_rule(registry: &Registry, rule: &Rule) -> (String, usize) {
    let (mut failures, mut fixed) = (String::new(), 0);
    for example in &rule.prose().examples {
        let world = World::new(registry, rule, example);
        let marks: usize = example.yaml.lines().map(marked).sum();
        for (shape, text) in shapes(rule, example) {
            let findings = world.findings(&text);
            if findings.len() != marks && !shape.starts_with("silenced") {
                // The shape is no test of this example; `rules.rs` says which must be.
                continue;
            }
            let count = findings.iter().filter(|it| !it.fixes.is_empty()).count();
            if shape == "as written" {
                fixed += count;
            }
            for problem in world.problems(&text, &findings) {
                writeln!(failures, "{} / {} / {shape}: {problem}\n", rule.id, example.name).unwrap();
            }
        }
    }
    (failures, fixed)
}

/// One example of one rule.
struct World<'w> {
    registry: &'w Registry,
    rule: &'w Rule,
    /// The rule alone, or every rule where it is about what the others find.
    own: Plan<'w>,
    /// The rules of its profiles, and itself; made when it has something to fix.
    around: OnceCell<Plan<'w>>,
    example: &'w Example,
}

impl<'w> World<'w> {
    fn new(registry: &'w Registry, rule: &'w Rule, example: &'w Example) -> Self {
        let rules = registry.rules().iter().filter(|it| rule.family == "suppression" || it.id == rule.id);
        let own = plan(registry, example, rules);
        Self { registry, rule, own, around: OnceCell::new(), example }
    }

    fn judge(&self, text: &str, plan: &Plan<'w>) -> Vec<Diagnostic> {
        let is_kustomization = self.rule.family == "kustomize";
        let (path, part) = if is_kustomization {
            ("kustomization.yaml", Role::Kustomization)
        } else {
            ("example.yaml", Role::Plain)
        };
        judge_all(&[(&Source::new(SourceId(0), path, text), part)], plan, &Reading::default())
    }

    /// What the rule finds.
    fn findings(&self, text: &str) -> Vec<Diagnostic> {
        let mut found = self.judge(text, &self.own);
        found.retain(|finding| finding.rule == self.rule.id);
        found
    }

    /// What the rules of the rule's own profiles find, and the rule itself.
    fn findings_around(&self, text: &str) -> Vec<Diagnostic> {
        let shares = |other: &&Rule| {
            other.id == self.rule.id || other.profiles.iter().any(|it| self.rule.profiles.contains(it))
        };
        let make = || plan(self.registry, self.example, self.registry.rules().iter().filter(shares));
        self.judge(text, self.around.get_or_init(make))
    }

    /// What is wrong with the fixes of `findings`.
    fn problems(&self, text: &str, findings: &[Diagnostic]) -> Vec<String> {
        let mut problems = Vec::new();
        if findings.iter().all(|finding| finding.fixes.is_empty()) {
            return problems;
        }
        let before = Before { own: counts(findings), around: counts(&self.findings_around(text)) };
        for finding in findings {
            for fix in &finding.fixes {
                let after = apply(text, fix);
                let shown =
                    || format!("{:?}\n{text}\n=====>\n{}", fix.title, after.as_deref().unwrap_or("-"));
                if let Err(problem) = self.check(text, finding, fix, after.as_ref(), &before) {
                    problems.push(format!("{problem}\n{}", shown()));
                }
            }
        }
        if let Err(problem) = self.settle(text) {
            problems.push(problem);
        }
        problems
    }

    fn check(
        &self,
        text: &str,
        finding: &Diagnostic,
        fix: &Fix,
        after: Option<&String>,
        before: &Before,
    ) -> Result<(), String> {
        let after = after.ok_or("edits that meet, or lie outside of the text")?;
        if fix.edits.is_empty() {
            return if fix.safety == Safety::Manual { Ok(()) } else { Err("no edits".to_owned()) };
        }
        let removes_comment = self.rule.family == "suppression";
        same_elsewhere(text, after, fix)?;
        if !removes_comment && comments(text) != comments(after) {
            return Err("comments differ".to_owned());
        }
        if fix.safety == Safety::Manual {
            return Ok(());
        }
        let left = self.findings(after);
        let own = key_of(finding);
        if counts(&left).get(&own) >= before.own.get(&own) {
            return Err(format!(
                "the finding stays: {:?}",
                left.iter().map(|it| &it.message).collect::<Vec<_>>()
            ));
        }
        let found = self.findings_around(after);
        let now = counts(&found);
        let gone = before.around.iter().filter(|(key, count)| now.get(*key) < Some(*count));
        let gone: Vec<&str> = gone.filter_map(|(key, _)| key.split(' ').next()).collect();
        // What only the findings that went had hidden was there before.
        let implied = |id: &plimsoll::base::RuleId| {
            let rule = self.registry.get(id.as_str());
            rule.is_some_and(|it| {
                let mut by = it.implied_by.iter().chain(&it.implied_in_container_by);
                by.any(|by| gone.contains(&by.as_str()))
            })
        };
        let gained = found.iter().find(|it| {
            let key = key_of(it);
            now.get(&key) > before.around.get(&key) && !implied(&it.rule)
        });
        match gained {
            Some(gained) => Err(format!("gains {}: {}", gained.rule, gained.message)),
            None => Ok(()),
        }
    }

    /// Applies one fix after the other until none is left; then nothing may be left to fix.
    fn settle(&self, text: &str) -> Result<(), String> {
        let mut now = text.to_owned();
        for _ in 0..MOST_ROUNDS {
            let findings = self.findings(&now);
            let fixes = findings.iter().flat_map(|it| &it.fixes);
            let Some(fix) = fixes.into_iter().find(|it| it.safety != Safety::Manual) else { return Ok(()) };
            now = apply(&now, fix).ok_or("edits that meet")?;
        }
        Err(format!("no end of fixing\n{now}"))
    }
}

/// `rules` with the example's parameters, for its version and platform.
fn plan<'w>(registry: &'w Registry, example: &'w Example, rules: impl Iterator<Item = &'w Rule>) -> Plan<'w> {
    let kubernetes = example.kubernetes.unwrap_or(Minor::NEWEST);
    let target = Target { kubernetes, platform: example.platform };
    let choices = rules.map(|rule| Choice { rule, severity: rule.severity, params: &example.params });
    let mut plan = Plan::new(target, choices).unwrap();
    let today = "2026-11-24".parse::<Day>().unwrap();
    // Marks of the examples must not silence anything but what they are about.
    plan.silencing = Some(Silencing { registry, today, peers: true });
    plan
}

/// What was found before a fix: by the rule, and by those around it.
struct Before {
    own: BTreeMap<String, usize>,
    around: BTreeMap<String, usize>,
}

/// How many of `findings` are about the same.
fn counts(findings: &[Diagnostic]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(key_of(finding)).or_insert(0) += 1;
    }
    counts
}

/// What a finding is about, whatever its words.
fn key_of(finding: &Diagnostic) -> String {
    match &finding.subject {
        Some(subject) => {
            // An item that is taken out lets those behind it move up.
            let path = subject.path.replace(|it: char| it.is_ascii_digit(), "");
            format!("{} {} {:?} {path}", finding.rule, subject.object, subject.container)
        }
        None => format!("{} {}", finding.rule, finding.message),
    }
}

/// `text` with the edits of `fix`; `None` where two of them meet or one lies outside.
fn apply(text: &str, fix: &Fix) -> Option<String> {
    let mut out = String::new();
    let mut at = 0;
    for edit in &fix.edits {
        out.push_str(text.get(at..edit.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// All comments, in any order.
fn comments(text: &str) -> Vec<String> {
    let parsed = parse(text);
    let words = |it: &yaml::Comment| text[it.start as usize..it.end as usize].to_owned();
    let mut comments: Vec<String> = parsed.comments().iter().map(words).collect();
    comments.sort();
    comments
}

fn parse(text: &str) -> Parsed<'_> {
    yaml::parse(SourceId(0), text, &Limits::default())
}

/// Every value outside of the fix's edits is what it was before.
fn same_elsewhere(text: &str, after: &str, fix: &Fix) -> Result<(), String> {
    let (before_tree, after_tree) = (parse(text), parse(after));
    if let Some(error) = after_tree.documents().iter().find_map(|it| it.error.as_ref()) {
        return Err(format!("does not parse: {}", error.message));
    }
    let mut removed = Vec::new();
    let mut added = Vec::new();
    let (mut longer, mut shorter) = (0, 0);
    for edit in &fix.edits {
        let start = edit.span.start + longer - shorter;
        removed.push((edit.span.start, edit.span.end));
        added.push((start, start + edit.text.len() as u32));
        longer += edit.text.len() as u32;
        shorter += edit.span.len();
    }
    let before = leaves(&before_tree, &removed);
    let after = leaves(&after_tree, &added);
    if before == after {
        return Ok(());
    }
    let only = |one: &[String], other: &[String]| {
        one.iter().filter(|it| !other.contains(it)).cloned().collect::<Vec<_>>().join(", ")
    };
    Err(format!("changes elsewhere: lost {:?}, new {:?}", only(&before, &after), only(&after, &before)))
}

/// The scalars and empty collections that no range touches, each with its way there, in any order.
fn leaves(parsed: &Parsed<'_>, without: &[(u32, u32)]) -> Vec<String> {
    let mut leaves = Vec::new();
    for document in parsed.documents() {
        if let Some(root) = parsed.root(document) {
            collect(root, "", without, &mut leaves);
        }
    }
    leaves.sort();
    leaves
}

fn collect(node: Node<'_>, way: &str, without: &[(u32, u32)], leaves: &mut Vec<String>) {
    let meets = |span: Span| {
        without.iter().any(|(start, end)| {
            span.start < *end && *start < span.end
                || span.is_empty() && *start <= span.start && span.start <= *end
        })
    };
    let touched = |node: Node<'_>| meets(node.span()) || node.via().is_some_and(meets);
    let is_empty = node.entries().next().is_none() && node.items().next().is_none();
    for entry in node.entries() {
        let key = entry.key.text().unwrap_or_default();
        if !touched(entry.key) || entry.value.kind() != Kind::Scalar {
            collect(entry.value, &format!("{way}.{key}"), without, leaves);
        }
    }
    node.items().for_each(|item| collect(item, &format!("{way}[]"), without, leaves));
    if is_empty && node.kind() == Kind::Scalar && !touched(node) {
        leaves.push(format!("{way} = {:?} {:?}", node.text().unwrap_or_default(), node.tag()));
    }
}

/// Kinds whose text differs from a Deployment's in its first lines alone.
const ALIKE: [&str; 3] = ["as DaemonSet", "as Job", "as StatefulSet"];

/// The example in every shape: those of `rules.rs`, and layouts that only an editor minds.
fn shapes(rule: &Rule, example: &Example) -> Vec<(String, String)> {
    let mut shapes: Vec<(String, String)> = variants(rule, example)
        .into_iter()
        .filter(|(name, _, compare)| *compare != Compare::Silence && !ALIKE.contains(&name.as_str()))
        .map(|(name, text, _)| (name, text))
        .collect();
    if rule.family == "yaml" || rule.family == "suppression" {
        return shapes;
    }
    let as_pod = ("as written".to_owned(), example.yaml.clone());
    let moved = shapes.iter().find(|it| it.0 == "as Deployment").cloned();
    for (base, text) in [Some(as_pod), moved].into_iter().flatten() {
        for (name, layout) in LAYOUTS {
            if let Some(written) = layout.write(&text) {
                shapes.push((format!("{base}, {name}"), written));
            }
        }
        shapes.push((format!("{base}, no last line break"), text.trim_end().to_owned()));
    }
    shapes
}

/// A way to lay out a text.
struct Layout {
    step: usize,
    list_step: usize,
    comments: bool,
    anchors: bool,
    eol: &'static str,
}

const PLAIN: Layout = Layout { step: 2, list_step: 2, comments: false, anchors: false, eol: "\n" };

const LAYOUTS: &[(&str, Layout)] = &[
    ("lists at their key", Layout { list_step: 0, ..PLAIN }),
    ("four columns", Layout { step: 4, list_step: 4, ..PLAIN }),
    ("four columns, lists at their key", Layout { step: 4, list_step: 0, ..PLAIN }),
    ("comments", Layout { comments: true, ..PLAIN }),
    ("comments and CRLF, lists at their key", Layout { comments: true, eol: "\r\n", list_step: 0, ..PLAIN }),
    ("anchors", Layout { anchors: true, ..PLAIN }),
];

impl Layout {
    /// The documents of `text`, laid out this way; `None` when it does not parse.
    fn write(&self, text: &str) -> Option<String> {
        let parsed = parse(text);
        let mut writer = Writer { layout: self, out: String::new(), count: 0 };
        for document in parsed.documents() {
            if document.error.is_some() {
                return None;
            }
            if let Some(root) = parsed.root(document) {
                writer.out.push_str("---");
                writer.end();
                writer.collection(root, 0);
            }
        }
        Some(writer.out)
    }
}

struct Writer<'w> {
    layout: &'w Layout,
    out: String,
    count: usize,
}

impl Writer<'_> {
    fn end(&mut self) {
        if self.layout.comments {
            self.count += 1;
            write!(self.out, " # end {}", self.count).unwrap();
        }
        self.out.push_str(self.layout.eol);
    }

    fn above(&mut self, column: usize) {
        if self.layout.comments {
            self.count += 1;
            write!(self.out, "{}# above {}{}", " ".repeat(column), self.count, self.layout.eol).unwrap();
        }
    }

    /// The lines of a collection; the writer stands at the start of a line.
    fn collection(&mut self, node: Node<'_>, column: usize) {
        for entry in node.fields() {
            self.above(column);
            self.out.push_str(&" ".repeat(column));
            self.entry(entry, column);
        }
        for item in node.items() {
            self.above(column);
            write!(self.out, "{}-", " ".repeat(column)).unwrap();
            let fields = item.fields();
            if fields.is_empty() {
                self.value(item, column);
                continue;
            }
            for (index, entry) in fields.into_iter().enumerate() {
                self.out.push_str(&if index == 0 { " ".to_owned() } else { " ".repeat(column + 2) });
                self.entry(entry, column + 2);
            }
        }
    }

    fn entry(&mut self, entry: yaml::Entry<'_>, column: usize) {
        self.out.push_str(&scalar(entry.key));
        self.out.push(':');
        if self.layout.anchors {
            self.count += 1;
            write!(self.out, " &a{}", self.count).unwrap();
        }
        self.value(entry.value, column);
    }

    fn value(&mut self, node: Node<'_>, column: usize) {
        let is_empty = node.entries().next().is_none() && node.items().next().is_none();
        match node.kind() {
            Kind::Scalar => {
                let text = scalar(node);
                if !text.is_empty() {
                    write!(self.out, " {text}").unwrap();
                }
                self.end();
            }
            Kind::Mapping if is_empty => {
                self.out.push_str(" {}");
                self.end();
            }
            Kind::Sequence if is_empty => {
                self.out.push_str(" []");
                self.end();
            }
            kind => {
                self.end();
                let step = if kind == Kind::Mapping { self.layout.step } else { self.layout.list_step };
                self.collection(node, column + step);
            }
        }
    }
}

/// A scalar on one line.
fn scalar(node: Node<'_>) -> String {
    let text = node.text().unwrap_or_default();
    let tag = node.tag().map(|tag| format!("{tag} ")).unwrap_or_default();
    match node.style() {
        Style::Plain if !text.contains('\n') => format!("{tag}{text}"),
        Style::SingleQuoted if !text.contains('\n') => format!("{tag}'{}'", text.replace('\'', "''")),
        _ => format!("{tag}{}", serde_json::to_string(&text).unwrap()),
    }
}
