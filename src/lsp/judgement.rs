//! What is found in one open document, from what a run knows and what the text itself tells.

use std::{path::Path, sync::Arc};

use super::{
    document::{Document, Way},
    ready::Plans,
    unit::{Unit, speaking_for},
};
use crate::{
    base::{Diagnostic, Source, SourceId, Span},
    config::{self, Broken, ConfigError, FILE_NAMES, Resolver},
    engine::{Before, Changed, FileClass, Reading, Role, judge_changed},
    rule::Registry,
    walk::{NameHint, hint},
    yaml::Limits,
};

/// What is found in a document.
#[derive(Debug)]
pub(super) struct Judgement {
    /// The text, under the number that the findings call it by.
    pub(super) source: Arc<Source>,
    /// What rules found, in order.
    pub(super) findings: Vec<Diagnostic>,
    /// What is wrong in a configuration.
    pub(super) mistakes: Vec<ConfigError>,
    /// What knows the other files.
    pub(super) unit: Option<Arc<Unit>>,
}

/// What is known when a document is judged.
pub(super) struct Knowledge<'k> {
    pub(super) registry: &'static Registry,
    pub(super) units: &'k [Arc<Unit>],
    pub(super) broken: &'k [Arc<Broken>],
    /// What holds where no unit speaks.
    pub(super) resolver: &'k Resolver<'static>,
    /// Whether a file lies in an open folder.
    pub(super) is_in_folder: bool,
    pub(super) limits: Limits,
}

/// Judges `document`.
pub(super) fn judge(document: &Document, knowledge: &Knowledge<'_>, plans: &mut Plans) -> Judgement {
    let path = document.path.as_deref();
    let is_broken = |path: &Path| knowledge.broken.iter().any(|it| is_of(it, path));
    if let Some(path) = path.filter(|path| is_config(path) || is_broken(path)) {
        return configuration(document, path, knowledge);
    }
    let found = path.and_then(|path| speaking_for(knowledge.units, path));
    let Some((unit, id)) = found else {
        let source = source(document, SourceId(0));
        let findings = if is_left_out(document, knowledge) {
            Vec::new()
        } else {
            let text = Text { source: &source, document, role: Role::Plain, class: None };
            alone(text, knowledge.resolver, knowledge, Vec::new(), plans)
        };
        return Judgement { source, findings, mistakes: Vec::new(), unit: None };
    };
    let source = source(document, id);
    let known = known(unit, id, document);
    let findings = if document.way.is_empty() {
        known
    } else {
        let (role, class) = unit.role(id).unzip();
        let text = Text { source: &source, document, role: role.unwrap_or(Role::Plain), class };
        let mut findings = alone(text, &unit.resolver, knowledge, known, plans);
        findings.retain(|finding| !unit.knows(finding));
        findings
    };
    Judgement { source, findings, mistakes: Vec::new(), unit: Some(Arc::clone(unit)) }
}

/// Whether the configuration at `path` is the one that cannot be used.
fn is_of(broken: &Broken, path: &Path) -> bool {
    super::workspace::real(Path::new(&broken.source.path)) == path
}

/// Whether a file has one of the names of a configuration.
pub(super) fn is_config(path: &Path) -> bool {
    path.file_name().is_some_and(|name| FILE_NAMES.iter().any(|known| name == *known))
}

fn source(document: &Document, id: SourceId) -> Arc<Source> {
    let shown = document.path.as_deref().map_or_else(|| document.uri.0.clone(), crate::walk::shown);
    Arc::new(Source::new(id, shown, document.text.as_str()))
}

/// Whether nothing is to be said about a file that no run met: it is excluded, ignored, or nothing that is linted. One
/// that is not saved yet could not be met.
fn is_left_out(document: &Document, knowledge: &Knowledge<'_>) -> bool {
    let Some(path) = document.path.as_deref() else { return !document.uri.0.starts_with("untitled:") };
    knowledge.is_in_folder && path.exists()
}

/// What the last run found in the file, moved to where it is now.
fn known(unit: &Unit, id: SourceId, document: &Document) -> Vec<Diagnostic> {
    let way = &document.way;
    // Where the text is what it was, whatever happened in between, it is found there as it was; between two changes that
    // lie apart only the changes themselves tell.
    let straight = if way.is_empty() { None } else { way.straight(&document.text) };
    let moved = |finding| {
        let straight = straight.as_ref().and_then(|straight| moved(finding, id, straight));
        straight.or_else(|| moved(finding, id, way))
    };
    unit.findings(id).filter_map(moved).collect()
}

/// A finding in the changed file `id`; `None` where its place is gone.
fn moved(finding: &Diagnostic, id: SourceId, way: &Way) -> Option<Diagnostic> {
    if way.is_empty() {
        return Some(finding.clone());
    }
    let now = |span: Span| if span.source == id { way.span(span) } else { Some(span) };
    let follow = |span: &mut Span| now(*span).map(|now| *span = now).is_some();
    let primary = now(finding.primary.span)?;
    let mut moved = finding.clone();
    moved.primary.span = primary;
    moved.related.retain_mut(|label| follow(&mut label.span));
    moved.fixes.retain_mut(|fix| fix.edits.iter_mut().all(|edit| follow(&mut edit.span)));
    Some(moved)
}

/// What is to be judged.
struct Text<'t> {
    source: &'t Source,
    document: &'t Document,
    role: Role,
    /// What it was when it was last run over.
    class: Option<FileClass>,
}

/// Judges the text by itself and adds what is `known`.
fn alone(
    Text { source, document, role, class }: Text<'_>,
    resolver: &Resolver<'static>,
    knowledge: &Knowledge<'_>,
    known: Vec<Diagnostic>,
    plans: &mut Plans,
) -> Vec<Diagnostic> {
    let path = document.path.as_deref().unwrap_or(Path::new("untitled.yaml"));
    let role = match hint(path) {
        NameHint::ChartMeta | NameHint::ChartValues | NameHint::ChartTemplate => return Vec::new(),
        NameHint::Kustomization => Role::Kustomization,
        NameHint::Plain => role,
    };
    if source.text.len() as u64 > knowledge.limits.file_size {
        return known;
    }
    let Ok(settings) = resolver.settings_for(path) else { return known };
    let Some(plan) = plans.get(knowledge.registry, &settings) else { return known };
    let way = resolver.way(path);
    let reading = Reading { parse_all: false, limits: knowledge.limits };
    let before = document.way.old().zip(class).map(|(text, class)| Before { text, class });
    let changed = Changed { source, role, settings: &settings, plan: &plan, way: &way, reading, before };
    judge_changed(&changed, known, knowledge.registry)
}

/// What is wrong in an open configuration: what its text tells, or what the run found out with the files it extends.
fn configuration(document: &Document, path: &Path, knowledge: &Knowledge<'_>) -> Judgement {
    let source = source(document, SourceId(0));
    let own = config::load(&document.text, &source.path, knowledge.registry).err();
    let of_run = || {
        let is_it = |broken: &&Arc<Broken>| is_of(broken, path) && broken.source.text == document.text;
        knowledge.broken.iter().find(is_it).cloned()
    };
    let mistakes = own.or_else(of_run).map(|broken| broken.errors.clone()).unwrap_or_default();
    Judgement { source, findings: Vec::new(), mistakes, unit: None }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, sync::LazyLock};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        config::Overrides,
        engine::{self, Buffers, Request, Scope, Stop},
        lsp::{position::Encoding, ready::today},
        walk,
    };

    static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

    const DOCUMENTS: [&str; 11] = [
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  hostNetwork: true\n  containers: [{name: c, image: x}]\n",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n  annotations: {plimsoll.dev/ignore: host-pid}\nspec:\n  \
         hostPID: true\n  hostIPC: true\n  containers: []\n",
        "kind: Role\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: r}\nrules:\n- apiGroups: ['*']\n  \
         resources: ['*']\n  verbs: ['*']\n",
        "# plimsoll: ignore[host-network]\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {hostNetwork: true}\n",
        "a: {b: [\n",
        "x: {{ .Values.y }}\nkind: Pod\napiVersion: v1\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n",
        "a: 1\na: 2\napiVersion: v1\nkind: ConfigMap\n",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"hostPID\": true}}\n",
        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"hostPID\": true}}\n{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"hostPID\": true}}\n",
        "",
    ];
    const BETWEEN: [&str; 8] = [
        "---\n",
        "---\n",
        "---\n",
        "...\n",
        "--- # a\n",
        "%YAML 1.2\n---\n",
        "# plimsoll: ignore-file[host-pid]\n---\n",
        "\n",
    ];

    fn text() -> impl Strategy<Value = String> {
        let piece = (prop::sample::select(&BETWEEN[..]), prop::sample::select(&DOCUMENTS[..]));
        prop::collection::vec(piece, 1..10).prop_map(|pieces| {
            pieces.into_iter().flat_map(|(between, document)| [between, document]).collect()
        })
    }

    /// What a run finds in a file with this text.
    #[expect(clippy::disallowed_methods, reason = "a test writes what it reads")]
    fn unit(folder: &Path, text: &str) -> Arc<Unit> {
        std::fs::write(folder.join("a.yaml"), text).unwrap();
        let resolver = || Resolver::isolated(&REGISTRY, Overrides::default());
        let used = resolver();
        let request = Request {
            paths: vec![folder.to_path_buf()],
            stdin: None,
            buffers: Buffers::default(),
            scope: Scope::Around,
            resolver: &used,
            walk: walk::Options::default(),
            parse_all: false,
            today: Some(today()),
            limits: Limits::default(),
            threads: Some(1),
            classes: false,
            stop: Stop::default(),
        };
        let outcome = engine::run(&REGISTRY, &request, &|_, _| {}).unwrap();
        Arc::new(Unit::new(folder.to_path_buf(), outcome, resolver(), HashSet::new()))
    }

    /// What is found in the last of `texts` by looking at what changed since a run over the first, and by looking at
    /// everything. What is said about comments that silence is left to runs.
    fn both_ways(texts: &[&str]) -> [Vec<Diagnostic>; 2] {
        let (old, new) = (texts[0], texts[texts.len() - 1]);
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let units = [unit(&root, old)];
        let isolated = Resolver::isolated(&REGISTRY, Overrides::default());
        let knowledge = Knowledge {
            registry: &REGISTRY,
            units: &units,
            broken: &[],
            resolver: &isolated,
            is_in_folder: true,
            limits: Limits::default(),
        };
        let path = Some(root.join("a.yaml"));
        let mut document = Document::new("file:///a.yaml".into(), path, 1, old.to_owned());
        document.way = Way::from(old.into());
        for text in &texts[1..] {
            let whole = serde_json::from_value(serde_json::json!({"text": text})).unwrap();
            document.change(whole, Encoding::Utf8);
        }
        [document.way.clone(), Way::between(old.into(), new).without_text()].map(|way| {
            document.way = way;
            let mut findings = judge(&document, &knowledge, &mut Plans::default()).findings;
            findings.retain(|it| !it.rule.as_str().starts_with("ignore-"));
            findings
        })
    }

    #[test]
    fn what_one_document_says_of_all_is_heard_in_all() {
        let pods = ["---\n", DOCUMENTS[1]].concat().replace("annotations", "labels").repeat(4);
        for head in [BETWEEN[6], DOCUMENTS[5], DOCUMENTS[6]] {
            let with = format!("{head}{pods}");
            for (old, new) in [(&with, &pods), (&pods, &with)] {
                let [quick, whole] = both_ways(&[old, new]);
                assert_eq!(quick, whole, "{old} became {new}");
            }
        }
    }

    #[test]
    fn objects_without_a_mark_between_them_are_told_apart() {
        let line = |name: &str| {
            format!(
                "{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"{name}\"}},\"spec\":{{\"hostPID\":true}}}}\n"
            )
        };
        let all: Vec<String> = ["a", "b", "c", "d", "e", "f"].map(line).into();
        let old = all.concat();
        for at in 0..all.len() {
            let mut changed = all.clone();
            changed[at] = line("z");
            let [quick, whole] = both_ways(&[&old, &changed.concat()]);
            assert_eq!(quick, whole);
            assert_eq!(quick.len(), 6, "{quick:#?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(192))]

        #[test]
        fn judging_what_changed_comes_to_the_same_as_judging_everything(
            old in text(),
            cuts in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            inserted in prop_oneof![text(), prop::sample::select(&["#", "\n", "x", "---\n", " "][..]).prop_map(str::to_owned)],
            is_narrow in any::<bool>(),
        ) {
            let (a, b) = (cuts.0.index(old.len() + 1), cuts.1.index(old.len() + 1));
            let (start, end) = if is_narrow { (a, (a + b % 3).min(old.len())) } else { (a.min(b), a.max(b)) };
            let new = format!("{}{inserted}{}", &old[..start], &old[end..]);
            let [quick, whole] = both_ways(&[&old, &new]);
            prop_assert_eq!(quick, whole, "{} became {}", old, new);
            // There and back again, in part or wholly: what is in the end as it was is found as it was.
            for end in [&old, &old.replace("hostNetwork", "hostPID")] {
                let [quick, whole] = both_ways(&[&old, &new, end]);
                prop_assert_eq!(quick, whole, "{} became {} and then {}", old, new, end);
            }
        }
    }
}
