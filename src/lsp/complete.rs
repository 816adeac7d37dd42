//! The names that may stand where rules are named.

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use super::{
    judgement::is_config,
    runs::Session,
    words::{Place, Word, in_comment, in_config},
};
use crate::{base::Severity, config::schema};

/// A name and what it means.
type Name = (String, String);

impl Session {
    /// `textDocument/completion`
    pub(super) fn complete(&mut self, params: &lsp::CompletionParams) -> Value {
        let at = &params.text_document_position_params;
        let Some(document) = self.documents.get(&at.text_document.uri.0) else { return Value::Null };
        let counting = document.counting(self.client.encoding);
        let offset = counting.offset(at.position);
        let is_config = document.path.as_deref().is_some_and(is_config);
        let find = if is_config { in_config } else { in_comment };
        let Some(word) = find(&document.text, &document.lines, offset) else { return Value::Null };
        let range = lsp::Range { start: counting.position(word.start), end: counting.position(word.end()) };
        let items: Vec<Value> = self
            .names(&word)
            .into_iter()
            .map(|(name, about)| {
                let after = if word.place == Place::Key { ": " } else { "" };
                json!({
                    "label": name, "kind": 20, "detail": about, "filterText": name,
                    "textEdit": {"range": range, "newText": format!("{name}{after}")},
                })
            })
            .collect();
        json!({"isIncomplete": false, "items": items})
    }

    fn names(&self, word: &Word<'_>) -> Vec<Name> {
        match word.place {
            Place::Comment | Place::Value("select" | "extend-select" | "ignore") => self.selectors(),
            Place::KeyBelow("rules") | Place::Value("rules") => self.rules(),
            Place::Value("profiles") => {
                let profiles = self.registry.profiles().iter();
                profiles.map(|it| (it.name.clone(), it.about.clone())).collect()
            }
            Place::Value("fail-on" | "min-severity" | "severity") => severities().collect(),
            Place::Value(rule) if self.registry.rules().iter().any(|it| it.id.as_str() == rule) => {
                severities().chain([("off".to_owned(), "it does not run".to_owned())]).collect()
            }
            Place::Key => self.keys(),
            Place::Value(_) | Place::KeyBelow(_) => Vec::new(),
        }
    }

    fn rules(&self) -> Vec<Name> {
        self.registry.rules().iter().map(|rule| (rule.id.to_string(), rule.title.clone())).collect()
    }

    fn selectors(&self) -> Vec<Name> {
        let rules = self.registry.rules().iter();
        let mut families: Vec<String> = rules.map(|rule| format!("{}/*", rule.family)).collect();
        families.sort_unstable();
        families.dedup();
        let families = families.into_iter().map(|family| (family, "all rules of the family".to_owned()));
        let all = ("*".to_owned(), "all rules".to_owned());
        self.rules().into_iter().chain(families).chain([all]).collect()
    }

    fn keys(&self) -> Vec<Name> {
        let schema: Value = serde_json::from_str(&schema(self.registry)).unwrap_or_default();
        let properties = schema.get("properties").and_then(Value::as_object);
        let about = |value: &Value| value["description"].as_str().unwrap_or_default().to_owned();
        properties.into_iter().flatten().map(|(key, value)| (key.clone(), about(value))).collect()
    }
}

fn severities() -> impl Iterator<Item = Name> {
    Severity::WORST_FIRST.into_iter().map(|it| (it.as_str().to_owned(), "severity".to_owned()))
}
