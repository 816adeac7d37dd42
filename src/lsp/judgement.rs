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
    if let Some(path) = path.filter(|path| is_config(path)) {
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
    let known = known(unit, id, &document.way);
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
fn known(unit: &Unit, id: SourceId, way: &Way) -> Vec<Diagnostic> {
    unit.findings(id).filter_map(|finding| moved(finding, id, way)).collect()
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
        let is_it = |broken: &&Arc<Broken>| {
            super::workspace::real(Path::new(&broken.source.path)) == path
                && broken.source.text == document.text
        };
        knowledge.broken.iter().find(is_it).cloned()
    };
    let mistakes = own.or_else(of_run).map(|broken| broken.errors.clone()).unwrap_or_default();
    Judgement { source, findings: Vec::new(), mistakes, unit: None }
}
