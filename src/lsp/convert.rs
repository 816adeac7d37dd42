//! Findings as the protocol's diagnostics.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    path::Path,
};

use gen_lsp_types as lsp;
use serde::Serialize;

use super::{client::Client, position::Counting, uri};
use crate::{
    base::{Diagnostic, Fix, RuleId, Safety, Severity, Span},
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
    /// Nothing is found.
    pub(super) is_empty: bool,
    /// The diagnostics as JSON: what is said often is spelt once.
    pub(super) json: String,
}

impl Report {
    /// A report of `items`.
    pub(super) fn new(items: &[Shown<'_>]) -> Self {
        // Diagnostics are text and numbers, and those can be written.
        let json = serde_json::to_string(items).unwrap_or_else(|_| "[]".to_owned());
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        Self { id: format!("{:016x}", hasher.finish()), is_empty: items.is_empty(), json }
    }
}

/// What is shown of one finding: the protocol's `Diagnostic` (LSP 3.17), its texts borrowed where they can be. A file
/// may have thousands, and they are made anew at every keystroke.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown<'f> {
    range: lsp::Range,
    severity: lsp::DiagnosticSeverity,
    code: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_description: Option<Page<'f>>,
    source: &'static str,
    message: Cow<'f, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<[lsp::DiagnosticTag; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    related_information: Option<Vec<lsp::DiagnosticRelatedInformation>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Data<'f>>,
}

impl Shown<'_> {
    /// The same as the protocol's own type, for what is made of few of them.
    pub(super) fn to_lsp(&self) -> Option<lsp::Diagnostic> {
        serde_json::from_value(serde_json::to_value(self).ok()?).ok()
    }
}

/// `CodeDescription`
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Page<'f> {
    href: &'f str,
}

/// What a client may keep of a finding: its repairs.
#[derive(Debug, Serialize)]
struct Data<'f> {
    fixes: Vec<Repair<'f>>,
}

#[derive(Debug, Serialize)]
struct Repair<'f> {
    title: &'f str,
    safety: Safety,
    edits: Vec<Replacement<'f>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'f> {
    uri: lsp::Uri,
    range: lsp::Range,
    new_text: &'f str,
}

const NAME: &str = "plimsoll";

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
    pub(super) pages: Pages<'c>,
}

/// Pages about rules.
pub(super) type Pages<'c> = RefCell<BTreeMap<RuleId, Option<Page<'c>>>>;

impl<'c> Converter<'c> {
    /// One finding.
    pub(super) fn diagnostic<'f>(&self, finding: &'f Diagnostic) -> Shown<'f>
    where
        'c: 'f,
    {
        let id = finding.rule.as_str();
        let mut message = self.words(&finding.message);
        if let Some(overlays) = overlays(finding) {
            message.to_mut().push_str(&format!(" ({})", self.words(&overlays)));
        }
        self.add_help(&mut message, finding.help.as_deref());
        Shown {
            range: self.counting.range(finding.primary.span),
            severity: severity(finding.severity),
            code: id,
            code_description: self.client.describes.then(|| self.page(&finding.rule)).flatten(),
            source: NAME,
            message,
            tags: self.client.tags.then(|| tag(id)).flatten().map(|tag| [tag]),
            related_information: self.client.relates.then(|| self.related(finding)).flatten(),
            data: self.client.keeps_data.then(|| self.data(finding)).flatten(),
        }
    }

    /// One mistake in a configuration.
    pub(super) fn mistake<'f>(&self, mistake: &'f ConfigError) -> Shown<'f> {
        let mut message = self.words(&mistake.message);
        self.add_help(&mut message, mistake.help.as_deref());
        Shown {
            range: mistake.span.map(|span| self.counting.range(span)).unwrap_or_default(),
            severity: lsp::DiagnosticSeverity::Error,
            code: "configuration",
            code_description: None,
            source: NAME,
            message,
            tags: None,
            related_information: None,
            data: None,
        }
    }

    fn add_help(&self, message: &mut Cow<'_, str>, help: Option<&str>) {
        if let Some(help) = help {
            let message = message.to_mut();
            message.push('\n');
            message.push_str(&self.words(help));
        }
    }

    /// The page about a rule that is named first among its references.
    fn page(&self, id: &RuleId) -> Option<Page<'c>> {
        let mut pages = self.pages.borrow_mut();
        if let Some(page) = pages.get(id) {
            return *page;
        }
        let rule = self.registry.rules().iter().find(|rule| rule.id == *id);
        let links = rule.map(|rule| rule.prose().references.links.as_slice()).unwrap_or_default();
        let link = links.iter().find(|link| link.starts_with("https://"));
        let page = link.map(|link| Page { href: link.as_str() });
        pages.insert(id.clone(), page);
        page
    }

    fn related(&self, finding: &Diagnostic) -> Option<Vec<lsp::DiagnosticRelatedInformation>> {
        let places = finding.related.iter().filter_map(|label| {
            let location = (self.locate)(label.span)?;
            let mut message = self.words(if label.text.is_empty() { "see also" } else { &label.text });
            if label.span.source != finding.primary.span.source {
                message.to_mut().push_str(&self.file_of(&location).unwrap_or_default());
            }
            Some(lsp::DiagnosticRelatedInformation { location, message: message.into_owned() })
        });
        let places: Vec<_> = places.take(MOST_RELATED).collect();
        (!places.is_empty()).then_some(places)
    }

    /// The file of a place in words: editors show no more than its last name, and a repository has many of one name.
    fn file_of(&self, location: &lsp::Location) -> Option<String> {
        let path = uri::to_path(&location.uri.0)?;
        let path = path.strip_prefix(self.folder?).ok()?.to_str()?;
        path.contains('/').then(|| format!(" ({})", safe::line(path)))
    }

    fn data<'f>(&self, finding: &'f Diagnostic) -> Option<Data<'f>> {
        let fix = |fix: &'f Fix| {
            let edits = fix.edits.iter().take(MOST_EDITS).filter_map(|edit| {
                let lsp::Location { uri, range } = (self.locate)(edit.span)?;
                Some(Replacement { uri, range, new_text: &edit.text })
            });
            Repair { title: &fix.title, safety: fix.safety, edits: edits.collect() }
        };
        let fixes: Vec<_> = finding.fixes.iter().map(fix).collect();
        (!fixes.is_empty()).then_some(Data { fixes })
    }

    /// A text for people, paths in it as they are called in the folder.
    fn words<'f>(&self, text: &'f str) -> Cow<'f, str> {
        let text = if text.contains('\n') {
            text.split('\n').map(safe::line).collect::<Vec<_>>().join("\n").into()
        } else {
            safe::line(text)
        };
        match self.folder.and_then(Path::to_str).filter(|it| it.len() > 1) {
            Some(folder) if text.contains(folder) => {
                text.replace(&format!("{folder}/"), "").replace(folder, ".").into()
            }
            Some(_) | None => text,
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
fn tag(id: &str) -> Option<lsp::DiagnosticTag> {
    if id.ends_with("-deprecated") {
        Some(lsp::DiagnosticTag::Deprecated)
    } else if id == "ignore-unused" || id == "ignore-expired" || id.ends_with("-redundant") {
        Some(lsp::DiagnosticTag::Unnecessary)
    } else {
        None
    }
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
