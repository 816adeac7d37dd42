//! What an editor can do about a finding.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;

use super::{
    document::{Document, difference},
    judgement::Judgement,
    runs::Session,
};
use crate::{
    base::{Diagnostic, Edit, Fix, Safety, Source, Span},
    engine::{add_ignores, open_list},
    report::safe,
    yaml::Limits,
};

/// More findings in one selection get no comments offered: each costs a look at the whole text.
const MOST_IGNORES: usize = 16;

/// What an action is made of, but its title and edits.
struct Offer<'o> {
    document: &'o Document,
    judged: &'o Judgement,
}

/// A finding, and how the client knows it.
struct Touched<'o> {
    finding: &'o Diagnostic,
    shown: lsp::Diagnostic,
}

/// Edits by the client's names of the files, with the versions that they are for.
pub(super) type Edits = BTreeMap<String, (Option<i32>, Vec<lsp::TextEdit>)>;

impl Session {
    /// What can be done at once about the findings of a place, where such is wanted.
    pub(super) fn quick_fixes(&mut self, params: &lsp::CodeActionParams) -> Vec<lsp::CodeAction> {
        let uri = &params.text_document.uri.0;
        let judged = self.judgement(uri).filter(|_| is_wanted(params.context.only.as_deref(), "quickfix"));
        let (Some(judged), Some(document)) = (judged, self.documents.get(uri)) else { return Vec::new() };
        let offer = Offer { document, judged: &judged };
        let mut actions = Vec::new();
        self.about_touched(&offer, params, &mut actions);
        actions
    }

    fn about_touched(
        &self,
        offer: &Offer<'_>,
        params: &lsp::CodeActionParams,
        actions: &mut Vec<lsp::CodeAction>,
    ) {
        let counting = offer.document.counting(self.client.encoding);
        let (from, to) = (counting.offset(params.range.start), counting.offset(params.range.end));
        let meets = |span: Span| span.start <= to && from <= span.end;
        // Clients name the diagnostics that they show near the cursor, be it on another part of the line.
        let is_named = |finding: &Diagnostic| {
            let code = Some(finding.rule.as_str().into());
            let mut named = params.context.diagnostics.iter().filter(|it| it.code == code);
            named.any(|it| it.range == counting.range(finding.primary.span))
        };
        let all = offer.judged.findings.iter();
        let touched = all.filter(|finding| meets(finding.primary.span) || is_named(finding));
        let touched: Vec<Touched<'_>> = self.converting(offer.document, offer.judged, &|converter| {
            let known = |finding| Some(Touched { finding, shown: converter.diagnostic(finding).to_lsp()? });
            touched.clone().filter_map(known).collect()
        });
        actions.extend(touched.iter().flat_map(|it| self.fixes(offer, it)));
        let few = || touched.iter().take(MOST_IGNORES);
        actions.extend(few().filter_map(|it| self.ignore_here(offer, it)));
        let mut rules: Vec<_> = few().collect();
        rules.sort_by(|a, b| a.finding.rule.cmp(&b.finding.rule));
        rules.dedup_by(|a, b| a.finding.rule == b.finding.rule);
        actions.extend(rules.iter().filter_map(|it| self.ignore_in_file(offer, it)));
    }

    /// The repairs of one finding.
    fn fixes(&self, offer: &Offer<'_>, Touched { finding, shown }: &Touched<'_>) -> Vec<lsp::CodeAction> {
        let mut is_first = true;
        let mut actions = Vec::new();
        for fix in finding.fixes.iter().filter(|fix| self.is_offered(fix)) {
            let Some(edit) = self.edit(offer, &fix.edits) else { continue };
            let is_safe = fix.safety == Safety::Safe;
            let title = safe::line(&fix.title);
            let title = if is_safe { title.into_owned() } else { format!("{title} (unsafe)") };
            let is_preferred = is_safe && self.client.prefers && std::mem::take(&mut is_first);
            let preferred = is_preferred.then_some(true);
            actions.push(action(title, edit, shown, preferred));
        }
        actions
    }

    fn is_offered(&self, fix: &Fix) -> bool {
        match fix.safety {
            Safety::Safe => true,
            Safety::Unsafe => !self.options.hides_unsafe_fixes,
            Safety::Manual => false,
        }
    }

    fn ignore_here(
        &self,
        offer: &Offer<'_>,
        Touched { finding, shown }: &Touched<'_>,
    ) -> Option<lsp::CodeAction> {
        let source = &offer.judged.source;
        let added = add_ignores(source, &[finding], "", &Limits::default());
        let (change, text) = difference(&source.text, &added.text).filter(|_| added.left.is_empty())?;
        let edit = Edit { span: change.span(source.id), text: text.to_owned() };
        let title = format!("Ignore {} here", finding.rule);
        Some(action(title, self.edit(offer, &[edit])?, shown, None))
    }

    fn ignore_in_file(
        &self,
        offer: &Offer<'_>,
        Touched { finding, shown }: &Touched<'_>,
    ) -> Option<lsp::CodeAction> {
        let edit = comment_at_top(&offer.judged.source, finding)?;
        let title = format!("Ignore {} in this file", finding.rule);
        Some(action(title, self.edit(offer, &[edit])?, shown, None))
    }

    /// `edits` for the client; `None` where one of them cannot be said any more.
    fn edit(&self, offer: &Offer<'_>, edits: &[Edit]) -> Option<lsp::WorkspaceEdit> {
        let mut files = Edits::new();
        for edit in edits {
            let (location, version) = self.locate(offer.document, offer.judged, edit.span)?;
            let (_, edits) = files.entry(location.uri.0).or_insert_with(|| (version, Vec::new()));
            edits.push(lsp::TextEdit { range: location.range, new_text: edit.text.clone() });
        }
        Some(self.workspace_edit(files))
    }

    /// `files` in the form that the client takes.
    pub(super) fn workspace_edit(&self, files: Edits) -> lsp::WorkspaceEdit {
        let mut whole = lsp::WorkspaceEdit::default();
        if self.client.versions_edits {
            let changes = files.into_iter().map(|(uri, (version, edits))| versioned(uri, version, edits));
            whole.document_changes = Some(changes.collect());
        } else {
            let changes = files.into_iter().map(|(uri, (_, edits))| (uri.into(), edits));
            whole.changes = Some(changes.collect());
        }
        whole
    }
}

fn versioned(uri: String, version: Option<i32>, edits: Vec<lsp::TextEdit>) -> lsp::DocumentChange {
    lsp::DocumentChange::TextDocumentEdit(lsp::TextDocumentEdit {
        text_document: lsp::OptionalVersionedTextDocumentIdentifier {
            version,
            text_document_identifier: lsp::TextDocumentIdentifier { uri: uri.into() },
        },
        edits: edits.into_iter().map(lsp::Edit::TextEdit).collect(),
    })
}

fn action(
    title: String,
    edit: lsp::WorkspaceEdit,
    shown: &lsp::Diagnostic,
    preferred: Option<bool>,
) -> lsp::CodeAction {
    lsp::CodeAction {
        title,
        kind: Some(lsp::CodeActionKind::QuickFix),
        diagnostics: Some(vec![shown.clone()]),
        is_preferred: preferred,
        edit: Some(edit),
        ..lsp::CodeAction::default()
    }
}

/// Whether a client that asks for these kinds, or for none in particular, wants one of `kind`.
pub(super) fn is_wanted(only: Option<&[lsp::CodeActionKind]>, kind: &str) -> bool {
    let Some(only) = only else { return true };
    only.iter().any(|wanted| {
        let wanted = wanted.to_string();
        wanted.is_empty()
            || kind == wanted
            || kind.strip_prefix(&wanted).is_some_and(|it| it.starts_with('.'))
    })
}

/// The comment that silences the rule of `finding` in all of the file; `None` where there is no place for one.
fn comment_at_top(source: &Source, finding: &Diagnostic) -> Option<Edit> {
    let mark = if source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let text = source.text.get(mark..)?;
    let is_json =
        source.path.to_ascii_lowercase().ends_with(".json") || text.trim_start().starts_with(['{', '[']);
    if is_json {
        return None;
    }
    if let Some(span) = open_list(source, &Limits::default()) {
        return Some(Edit { span, text: format!(", {}", finding.rule) });
    }
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    let end = if first.ends_with("\r\n") { "\r\n" } else { "\n" };
    let text = format!("# plimsoll: ignore-file[{}]{end}", finding.rule);
    Some(Edit { span: Span::at(source.id, mark as u32), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::requests::FIX_ALL;

    #[test]
    fn kinds_are_wanted_by_their_names_and_by_those_above_them() {
        let only = |kinds: &[&str]| {
            serde_json::from_value::<Vec<lsp::CodeActionKind>>(serde_json::json!(kinds)).unwrap()
        };
        assert!(is_wanted(None, FIX_ALL));
        for kinds in [&["source"][..], &["source.fixAll"], &[FIX_ALL], &[""], &["refactor", "source"]] {
            assert!(is_wanted(Some(&only(kinds)), FIX_ALL), "{kinds:?}");
        }
        for kinds in [&["quickfix"][..], &["source.fix"], &["source.organizeImports"], &[]] {
            assert!(!is_wanted(Some(&only(kinds)), FIX_ALL), "{kinds:?}");
        }
    }
}
