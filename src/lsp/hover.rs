//! What an editor shows where the mouse rests: the explanation of a rule, or what a word of a configuration means.

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use super::{
    judgement::is_config,
    position::Counting,
    runs::Session,
    words::{Place, Word, in_comment, in_config},
};
use crate::{
    base::Span,
    config::schema,
    report::{self, Layout, explain, safe},
    rule::Registry,
};

/// More findings in one place are counted.
const MOST_FINDINGS: usize = 3;

impl Session {
    /// `textDocument/hover`
    pub(super) fn hover(&mut self, params: &lsp::HoverParams) -> Value {
        let at = &params.text_document_position_params;
        let uri = &at.text_document.uri.0;
        let encoding = self.client.encoding;
        let Some(document) = self.documents.get(uri) else { return Value::Null };
        let offset = document.counting(encoding).offset(at.position);
        let is_config = document.path.as_deref().is_some_and(is_config);
        let find = if is_config { in_config } else { in_comment };
        if let Some(word) = find(&document.text, &document.lines, offset) {
            let text = self.meaning(&word);
            let counting = document.counting(encoding);
            return text.map_or(Value::Null, |text| self.shown(&text, range(&counting, &word)));
        }
        self.on_findings(uri, offset).unwrap_or_default()
    }

    /// The rules whose findings lie at `offset`, that of the smallest place first.
    fn on_findings(&mut self, uri: &str, offset: u32) -> Option<Value> {
        let judged = self.judgement(uri)?;
        let document = self.documents.get(uri)?;
        let holds = |span: Span| span.start <= offset && offset <= span.end;
        let mut found: Vec<_> = judged.findings.iter().filter(|it| holds(it.primary.span)).collect();
        found.sort_by_key(|it| (it.primary.span.len(), it.primary.span.start));
        found.dedup_by(|a, b| a.rule == b.rule);
        let first = found.first()?.primary.span;
        let mut pages: Vec<String> =
            found.iter().take(MOST_FINDINGS).filter_map(|finding| self.page(finding.rule.as_str())).collect();
        if found.len() > MOST_FINDINGS {
            pages.push(format!("and {} more", found.len() - MOST_FINDINGS));
        }
        let range = document.counting(self.client.encoding).range(first);
        Some(self.shown(&pages.join("\n\n---\n\n"), range))
    }

    fn shown(&self, text: &str, range: lsp::Range) -> Value {
        let kind = if self.client.shows_markdown { "markdown" } else { "plaintext" };
        json!({"contents": {"kind": kind, "value": text}, "range": range})
    }

    /// What a word means that stands where rules are named.
    fn meaning(&self, word: &Word<'_>) -> Option<String> {
        if let Some(page) = self.page(word.text) {
            return Some(page);
        }
        if let Some(family) = word.text.strip_suffix("/*") {
            return family_page(self.registry, family);
        }
        match word.place {
            Place::Key => about_key(self.registry, word.text),
            Place::Value("profiles") => {
                let profile = self.registry.profiles().iter().find(|it| it.name == word.text)?;
                Some(format!("{}: {}", profile.name, profile.about))
            }
            _ => None,
        }
    }

    /// All that is said about a rule.
    pub(super) fn page(&self, id: &str) -> Option<String> {
        let rule = self.registry.rules().iter().find(|rule| rule.id.as_str() == id)?;
        let layout = if self.client.shows_markdown { Layout::Markdown } else { Layout::Text };
        let mut page = Vec::new();
        // Writing to memory does not fail.
        explain::write(rule, layout, &report::Options::default(), &mut page).ok()?;
        String::from_utf8(page).ok()
    }
}

fn range(counting: &Counting<'_>, word: &Word<'_>) -> lsp::Range {
    lsp::Range { start: counting.position(word.start), end: counting.position(word.end()) }
}

fn family_page(registry: &Registry, family: &str) -> Option<String> {
    let rules = registry.rules().iter().filter(|rule| rule.family == family);
    let lines: Vec<_> = rules.map(|rule| format!("- `{}`: {}", rule.id, safe::line(&rule.title))).collect();
    (!lines.is_empty()).then(|| format!("{} rules\n\n{}", lines.len(), lines.join("\n")))
}

/// What a key of a configuration is for, in the words of its schema.
pub(super) fn about_key(registry: &Registry, key: &str) -> Option<String> {
    let schema: Value = serde_json::from_str(&schema(registry)).ok()?;
    let about = schema.get("properties")?.get(key)?.get("description")?.as_str()?;
    Some(format!("`{key}`: {about}"))
}
