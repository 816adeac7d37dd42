//! The JSON schema of a configuration, for editors.

use serde_json::{Map, Value, json};

use super::{
    file::{KEYS, PLATFORMS, severity_words},
    overrides::OVERRIDE_KEYS,
};
use crate::rule::{Literal, Literals, Registry, Rule};

/// The schema (JSON Schema 2020-12) of `.plimsoll.yaml` with the rules and profiles of `registry`, as text.
pub fn schema(registry: &Registry) -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of plimsoll",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": properties(&KEYS),
        "$defs": {
            "words": words(&json!({"type": "string"})),
            "severity": {"enum": severity_words()},
            "selector": {"enum": selectors(registry)},
            "selectors": words(&json!({"$ref": "#/$defs/selector"})),
            "profiles": words(&json!({"enum": names(registry)})),
            "choice": choice(&json!({"type": "object", "maxProperties": 0})),
            "rules": rules(registry),
            "override": overriding(),
        },
    });
    format!("{schema:#}\n")
}

fn properties(keys: &[&str]) -> Value {
    keys.iter().map(|key| ((*key).to_owned(), setting(key))).collect::<Map<_, _>>().into()
}

/// What may stand at a key, of the whole configuration or of an override.
fn setting(key: &str) -> Value {
    let (about, form) = match key {
        "required-version" => ("The versions of plimsoll it is for: `>=0.1, <2`", json!({"type": "string"})),
        "extends" => ("Files whose settings hold where this one says nothing", refer("words")),
        "profiles" => ("Profiles in place of `default`", refer("profiles")),
        "select" => ("Rules in place of profiles", refer("selectors")),
        "extend-select" => ("Rules besides", refer("selectors")),
        "ignore" => ("Rules left out", refer("selectors")),
        "rules" => ("What holds for single rules", refer("rules")),
        "platform" => ("Where the cluster runs", json!({"enum": PLATFORMS.map(|(name, _)| name)})),
        "kubernetes-version" => {
            ("The version of the cluster, in quotes", json!({"type": "string", "pattern": "^v?1\\.[0-9]+"}))
        }
        "exclude" => ("Globs of files and folders left out", refer("words")),
        "fail-on" => ("The severity from which on a finding makes the run fail", refer("severity")),
        "min-severity" => ("The severity below which a finding is not shown", refer("severity")),
        "peer-ignores" => ("Whether marks for other tools silence findings", json!({"type": "boolean"})),
        "require-reason" => ("Whether what silences must say why", json!({"type": "boolean"})),
        "overrides" => (
            "What holds for some files, objects or containers only",
            json!({"type": "array", "items": refer("override")}),
        ),
        "paths" => ("Globs of files and folders", refer("words")),
        "kinds" => ("Kinds of objects", words(&json!({"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*$"}))),
        "names" => ("Globs of names of objects", refer("words")),
        "namespaces" => ("Globs of namespaces", refer("words")),
        "containers" => ("Globs of names of containers", refer("words")),
        "reason" => ("Why", json!({"type": "string", "minLength": 1})),
        _ => return json!({}),
    };
    // A key without a value says nothing.
    json!({"description": about, "anyOf": [form, {"type": "null"}]})
}

fn refer(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// One, or a list.
fn words(word: &Value) -> Value {
    json!({"anyOf": [word, {"type": "array", "items": word}]})
}

fn overriding() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties(&OVERRIDE_KEYS),
        "required": ["reason"],
    })
}

fn names(registry: &Registry) -> Vec<&str> {
    registry.profiles().iter().map(|profile| profile.name.as_str()).collect()
}

fn selectors(registry: &Registry) -> Vec<String> {
    let mut families: Vec<_> = registry.rules().iter().map(|rule| format!("{}/*", rule.family)).collect();
    families.sort_unstable();
    families.dedup();
    let rules = registry.rules().iter().map(|rule| rule.id.to_string());
    ["*".to_owned()].into_iter().chain(families).chain(rules).collect()
}

fn rules(registry: &Registry) -> Value {
    let rules = registry.rules().iter().map(|rule| {
        let mut form = if rule.params.is_empty() { refer("choice") } else { choice(&params(rule)) };
        if let Some(form) = form.as_object_mut() {
            form.insert("description".to_owned(), rule.title.clone().into());
        }
        (rule.id.to_string(), form)
    });
    let rules: Map<_, _> = rules.collect();
    json!({"type": "object", "additionalProperties": false, "properties": rules})
}

fn choice(params: &Value) -> Value {
    let words: Vec<&str> = severity_words().into_iter().chain(["off"]).collect();
    json!({"anyOf": [
        {"enum": words},
        {"const": false},
        {
            "type": "object",
            "additionalProperties": false,
            "properties": {"severity": refer("severity"), "off": {"type": "boolean"}, "params": params},
        },
    ]})
}

fn params(rule: &Rule) -> Value {
    let params = rule.params.iter().map(|(name, param)| {
        let form = match &param.default {
            Literals::One(default) => json!({"type": type_of(Some(default))}),
            Literals::Many(defaults) => words(&json!({"type": type_of(defaults.first())})),
        };
        let described = json!({"description": param.about, "default": param.default, "allOf": [form]});
        (name.clone(), described)
    });
    json!({"type": "object", "additionalProperties": false, "properties": params.collect::<Map<_, _>>()})
}

fn type_of(literal: Option<&Literal>) -> Value {
    match literal {
        Some(Literal::Bool(_)) => "boolean".into(),
        Some(Literal::Int(_)) => "integer".into(),
        Some(Literal::Float(_)) => "number".into(),
        Some(Literal::Text(_)) => "string".into(),
        None => json!(["boolean", "number", "string"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_described() {
        for key in KEYS.iter().chain(&OVERRIDE_KEYS) {
            assert!(setting(key)["description"].is_string(), "{key}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = schema(&Registry::embedded().unwrap());
        let schema: Value = serde_json::from_str(&text).unwrap();
        for name in text.split("#/$defs/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(schema["$defs"][name].is_object(), "{name}");
        }
    }
}
