//! Findings as the protocol's diagnostics.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use gen_lsp_types as lsp;
use serde_json::json;

use super::{client::Client, position::Counting};
use crate::{
    base::{Diagnostic, Fix, RuleId, Severity, Span},
    config::ConfigError,
    report::safe,
    rule::Registry,
};

/// More related places help nobody.
const MOST_RELATED: usize = 32;
/// More edits are no hint for a client.
const MOST_EDITS: usize = 64;

/// What is shown of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Report {
    /// The same for the same diagnostics, in every run of the server.
    pub(super) id: String,
    /// The diagnostics.
    pub(super) items: Vec<lsp::Diagnostic>,
    /// The same as JSON: what is said often is spelt once.
    pub(super) json: String,
}

impl Report {
    /// A report of `items`.
    pub(super) fn new(items: Vec<lsp::Diagnostic>) -> Self {
        // Diagnostics are text and numbers, and those can be written.
        let json = serde_json::to_string(&items).unwrap_or_else(|_| "[]".to_owned());
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        Self { id: format!("{:016x}", hasher.finish()), items, json }
    }
}

/// Turns the findings of one file into diagnostics.
pub(super) struct Converter<'c> {
    pub(super) registry: &'c Registry,
    pub(super) client: &'c Client,
    /// How the client counts in the file.
    pub(super) counting: Counting<'c>,
    /// Where a place in any file is, for the client.
    pub(super) locate: &'c dyn Fn(Span) -> Option<lsp::Location>,
    /// The folder to which paths in sentences are relative.
    pub(super) folder: Option<&'c Path>,
    /// The pages looked up so far: many findings are of few rules.
    pub(super) pages: Pages,
}

/// Pages about rules.
pub(super) type Pages = RefCell<BTreeMap<RuleId, Option<lsp::CodeDescription>>>;

impl Converter<'_> {
    /// One finding.
    pub(super) fn diagnostic(&self, finding: &Diagnostic) -> lsp::Diagnostic {
        let id = finding.rule.as_str();
        let mut message = self.words(&finding.message);
        if let Some(overlays) = overlays(finding) {
            message = format!("{message} ({})", self.words(&overlays));
        }
        if let Some(help) = &finding.help {
            message = format!("{message}\n{}", self.words(help));
        }
        lsp::Diagnostic {
            range: self.counting.range(finding.primary.span),
            severity: Some(severity(finding.severity)),
            code: Some(id.into()),
            code_description: self.client.describes.then(|| self.page(&finding.rule)).flatten(),
            source: Some("plimsoll".to_owned()),
            message: message.into(),
            tags: self.client.tags.then(|| tags(id)).flatten(),
            related_information: self.client.relates.then(|| self.related(finding)).flatten(),
            data: self.client.keeps_data.then(|| self.data(finding)).flatten(),
        }
    }

    /// One mistake in a configuration.
    pub(super) fn mistake(&self, mistake: &ConfigError) -> lsp::Diagnostic {
        let help = mistake.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        lsp::Diagnostic {
            range: mistake.span.map(|span| self.counting.range(span)).unwrap_or_default(),
            severity: Some(lsp::DiagnosticSeverity::Error),
            source: Some("plimsoll".to_owned()),
            code: Some("configuration".into()),
            message: self.words(&format!("{}{help}", mistake.message)).into(),
            ..lsp::Diagnostic::default()
        }
    }

    /// The page about a rule that is named first among its references.
    fn page(&self, id: &RuleId) -> Option<lsp::CodeDescription> {
        let mut pages = self.pages.borrow_mut();
        if let Some(page) = pages.get(id) {
            return page.clone();
        }
        let rule = self.registry.rules().iter().find(|rule| rule.id == *id);
        let links = rule.map(|rule| rule.prose().references.links.as_slice()).unwrap_or_default();
        let link = links.iter().find(|link| link.starts_with("https://"));
        let page = link.map(|link| lsp::CodeDescription { href: link.as_str().into() });
        pages.insert(id.clone(), page.clone());
        page
    }

    fn related(&self, finding: &Diagnostic) -> Option<Vec<lsp::DiagnosticRelatedInformation>> {
        let places = finding.related.iter().filter_map(|label| {
            let location = (self.locate)(label.span)?;
            let message = self.words(if label.text.is_empty() { "see also" } else { &label.text });
            Some(lsp::DiagnosticRelatedInformation { location, message })
        });
        let places: Vec<_> = places.take(MOST_RELATED).collect();
        (!places.is_empty()).then_some(places)
    }

    fn data(&self, finding: &Diagnostic) -> Option<serde_json::Value> {
        let fix = |fix: &Fix| {
            let edits = fix.edits.iter().take(MOST_EDITS).filter_map(|edit| {
                let location = (self.locate)(edit.span)?;
                Some(json!({"uri": location.uri, "range": location.range, "newText": edit.text}))
            });
            json!({"title": fix.title, "safety": fix.safety, "edits": edits.collect::<Vec<_>>()})
        };
        let fixes: Vec<_> = finding.fixes.iter().map(fix).collect();
        (!fixes.is_empty()).then(|| json!({"fixes": fixes}))
    }

    /// A text for people, paths in it as they are called in the folder.
    fn words(&self, text: &str) -> String {
        let text = text.split('\n').map(safe::line).collect::<Vec<_>>().join("\n");
        let Some(folder) = self.folder.and_then(Path::to_str).filter(|it| it.len() > 1) else { return text };
        if text.contains(folder) {
            text.replace(&format!("{folder}/"), "").replace(folder, ".")
        } else {
            text
        }
    }
}

/// As many levels as the protocol has; a hint would be shown nowhere.
fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Critical | Severity::High => lsp::DiagnosticSeverity::Error,
        Severity::Medium => lsp::DiagnosticSeverity::Warning,
        Severity::Low | Severity::Info => lsp::DiagnosticSeverity::Information,
    }
}

/// What editors may fade out or strike through.
fn tags(id: &str) -> Option<Vec<lsp::DiagnosticTag>> {
    let tag = if id.ends_with("-deprecated") {
        lsp::DiagnosticTag::Deprecated
    } else if id == "ignore-unused" || id == "ignore-expired" || id.ends_with("-redundant") {
        lsp::DiagnosticTag::Unnecessary
    } else {
        return None;
    };
    Some(vec![tag])
}

/// Where else: the builds that have it, and those without it.
fn overlays(finding: &Diagnostic) -> Option<String> {
    const MOST: usize = 3;
    let names = |names: &[String]| {
        let more = names.len().saturating_sub(MOST);
        let shown = names.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    match (finding.overlays.as_slice(), finding.spared.as_slice()) {
        ([], _) => None,
        (all, []) => Some(format!("in {}", names(all))),
        (some, others) => Some(format!("in {}, not in {}", names(some), names(others))),
    }
}
