//! `.plimsoll.yaml` as written, checked from end to end.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use globset::Glob;

use super::{
    error::{Broken, ConfigError},
    exclude::{Exclude, pattern},
    literal::{is_null, literal, param, what},
    overrides::Override,
    reader::Reader,
    selector::{Selector, known_profile, unknown_rule},
    version,
};
use crate::{
    base::{Minor, Severity, Source, SourceId, Span, did_you_mean},
    rule::{Literal, Literals, Platform, Registry, Rule},
    yaml::{self, Entry, Kind, Limits, Node, Style},
};

/// What one file says. Nothing is decided yet: [`Config::settings`] does that.
#[derive(Debug, Default)]
pub struct Config {
    /// Profiles in place of `default`.
    pub profiles: Option<Vec<String>>,
    /// Rules in place of a profile.
    pub select: Option<Vec<Selector>>,
    /// Rules besides.
    pub extend_select: Vec<Selector>,
    /// Rules left out.
    pub ignore: Vec<Selector>,
    /// What is said about single rules, by their index in [`Registry::rules`].
    pub rules: BTreeMap<usize, RuleChoice>,
    /// Where the cluster runs.
    pub platform: Option<Platform>,
    /// The version of the cluster.
    pub kubernetes_version: Option<Minor>,
    /// The severity from which on a finding makes the run fail.
    pub fail_on: Option<Severity>,
    /// The severity below which a finding is not shown.
    pub min_severity: Option<Severity>,
    /// Configurations that this one adds to, as written, the stronger last.
    pub(super) extends: Vec<(String, Span)>,
    /// What holds for some files and objects only; a later one has the last word.
    pub overrides: Vec<Override>,
    /// Whether the marks of other tools silence findings.
    pub peer_ignores: Option<bool>,
    /// Whether a comment or annotation that silences must say why.
    pub require_reason: Option<bool>,
    pub(super) exclude: Exclude,
    /// The files it was made of, the nearest first, as shown; empty for a text.
    pub files: Vec<String>,
    /// The keys that say something.
    pub(super) given: BTreeSet<&'static str>,
}

/// What is said about one rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleChoice {
    /// It does not run.
    pub off: bool,
    /// In place of its own.
    pub severity: Option<Severity>,
    /// In place of the defaults, by name.
    pub params: BTreeMap<String, Literals>,
}

pub(super) const KEYS: [&str; 15] = [
    "required-version",
    "extends",
    "profiles",
    "select",
    "extend-select",
    "ignore",
    "rules",
    "platform",
    "kubernetes-version",
    "exclude",
    "fail-on",
    "min-severity",
    "overrides",
    "peer-ignores",
    "require-reason",
];
const RULE_KEYS: [&str; 3] = ["severity", "off", "params"];
pub(super) const PLATFORMS: [(&str, Platform); 1] = [("aks", Platform::Aks)];

/// Reads a configuration. `path` is how it is called in messages.
///
/// # Errors
/// [`Broken`] with every mistake in it.
pub fn load(text: &str, path: &str, registry: &Registry) -> Result<Config, Arc<Broken>> {
    let source = Source::new(SourceId(0), path, text);
    let (config, errors) = read(&source, registry);
    if errors.is_empty() { Ok(config) } else { Err(Arc::new(Broken { source, errors })) }
}

/// Reads a configuration, and finds every mistake in it, in the order of their places.
pub(super) fn read(source: &Source, registry: &Registry) -> (Config, Vec<ConfigError>) {
    let mut reading =
        Reading { reader: Reader { source, errors: Vec::new() }, registry, wrong_version: false };
    let config = reading.config(&source.text);
    let mut errors = reading.reader.errors;
    errors.sort_by_key(|error| error.span);
    (config, errors)
}

pub(super) struct Reading<'s> {
    pub(super) reader: Reader<'s>,
    registry: &'s Registry,
    /// The configuration is meant for another version.
    wrong_version: bool,
}

impl Reading<'_> {
    fn config(&mut self, text: &str) -> Config {
        let parsed = yaml::parse(self.reader.source.id, text, &Limits::default());
        let mut config = Config::default();
        let mut roots = Vec::new();
        for document in parsed.documents() {
            if let Some(error) = &document.error {
                let help = error.second.as_ref().map(|(_, text)| text.clone());
                self.reader.error(error.span, error.message.clone(), help);
            } else if let Some(root) = parsed.root(document).filter(|root| !is_null(*root)) {
                roots.push(root);
            }
        }
        // What a broken text holds is not what its author meant: say what is broken, and no more.
        if !self.reader.errors.is_empty() {
            return config;
        }
        if let Some(second) = roots.get(1) {
            self.reader.error(second.head(), "a configuration is a single document", None);
        }
        if let Some(root) = roots.first() {
            for (key, entry) in self.reader.fields(*root, "a mapping of settings") {
                self.setting(&mut config, &key, entry);
                // What another version knows may be no mistake.
                if self.wrong_version {
                    self.reader.errors.drain(..self.reader.errors.len().saturating_sub(1));
                    return Config::default();
                }
            }
        }
        config
    }

    fn setting(&mut self, config: &mut Config, key: &str, entry: Entry<'_>) {
        let value = entry.value;
        let Some(key) = KEYS.into_iter().find(|known| *known == key) else {
            return self.reader.unknown_key(key, entry.key.span(), &KEYS);
        };
        // A key whose entries are all commented out says nothing.
        if is_null(value) {
            return;
        }
        config.given.insert(key);
        match key {
            "required-version" => self.required_version(value),
            "extends" => config.extends = self.extends(value),
            "profiles" => config.profiles = Some(self.profiles(value)),
            "select" => config.select = Some(self.selectors(value)),
            "extend-select" => config.extend_select = self.selectors(value),
            "ignore" => config.ignore = self.selectors(value),
            "rules" => config.rules = self.rules(value),
            "platform" => config.platform = self.platform(value),
            "kubernetes-version" => config.kubernetes_version = self.version(value),
            "exclude" => config.exclude = self.exclude(value),
            "peer-ignores" => config.peer_ignores = Some(self.truth(value)),
            "require-reason" => config.require_reason = Some(self.truth(value)),
            "fail-on" => config.fail_on = self.severity(value),
            "overrides" => config.overrides = self.overrides(value),
            _ => config.min_severity = self.severity(value),
        }
    }

    fn required_version(&mut self, node: Node<'_>) {
        let Some((word, node)) = self.reader.word(node) else { return };
        let own = env!("CARGO_PKG_VERSION");
        match version::allows(&word, own) {
            Ok(true) => {}
            Ok(false) => {
                self.wrong_version = true;
                self.reader.error(node.span(), format!("plimsoll {own} is not `{word}`"), None);
            }
            Err(message) => {
                let help = Some("write it as \">=0.1\" or \">=0.1, <2\", in quotes".to_owned());
                self.reader.error(node.head(), message, help);
            }
        }
    }

    fn extends(&mut self, node: Node<'_>) -> Vec<(String, Span)> {
        let mut files = Vec::new();
        for (word, node) in self.reader.words(node) {
            if word.is_empty() || Path::new(&word).has_root() || word.contains("://") {
                let help = Some("write the way to a file from this one: `../shared.yaml`".to_owned());
                self.reader.error(node.span(), format!("`{word}` is not a relative path"), help);
            } else {
                files.push((word, node.span()));
            }
        }
        files
    }

    fn profiles(&mut self, node: Node<'_>) -> Vec<String> {
        let mut profiles = Vec::new();
        for (word, node) in self.reader.words(node) {
            match known_profile(&word, self.registry) {
                Ok(name) => profiles.push(name),
                Err(unknown) => self.reader.error(node.span(), unknown.message, unknown.help),
            }
        }
        profiles
    }

    pub(super) fn selectors(&mut self, node: Node<'_>) -> Vec<Selector> {
        let mut selectors = Vec::new();
        for (word, node) in self.reader.words(node) {
            match Selector::parse(&word, self.registry) {
                Ok(selector) => selectors.push(selector),
                Err(unknown) => self.reader.error(node.span(), unknown.message, unknown.help),
            }
        }
        selectors
    }

    pub(super) fn rules(&mut self, node: Node<'_>) -> BTreeMap<usize, RuleChoice> {
        let mut rules = BTreeMap::new();
        for (id, entry) in self.reader.fields(node, "a mapping from rules to what holds for them") {
            let Some(index) = self.registry.rules().iter().position(|rule| rule.id.as_str() == id) else {
                let unknown = self.unknown_key_of_rules(&id);
                self.reader.error(entry.key.span(), unknown.0, unknown.1);
                continue;
            };
            let rule = &self.registry.rules()[index];
            rules.insert(index, self.rule_choice(rule, entry));
        }
        rules
    }

    fn unknown_key_of_rules(&self, id: &str) -> (String, Option<String>) {
        if id == "*" || id.ends_with("/*") {
            let help = "name single rules here; `ignore` takes whole families".to_owned();
            return (format!("`{id}` is not a rule"), Some(help));
        }
        let unknown = unknown_rule(id, self.registry);
        (unknown.message, unknown.help)
    }

    fn rule_choice(&mut self, rule: &Rule, entry: Entry<'_>) -> RuleChoice {
        let value = entry.value;
        if value.kind() == Kind::Mapping {
            return self.rule_settings(rule, value);
        }
        let mut choice = RuleChoice::default();
        let word = value.text().filter(|_| !is_null(value)).unwrap_or_default();
        if word == "off" || literal(value) == Some(Literal::Bool(false)) {
            choice.off = true;
        } else if let Ok(severity) = word.parse() {
            choice.severity = Some(severity);
        } else {
            let place = if is_null(value) { entry.key.span() } else { value.head() };
            let near = did_you_mean(&word, severity_words().into_iter().chain(["off"]));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!(
                "expected `off`, a severity, or a mapping of {}, found {}",
                RULE_KEYS.join(", "),
                what(value)
            );
            self.reader.error(place, message, help);
        }
        choice
    }

    fn rule_settings(&mut self, rule: &Rule, mapping: Node<'_>) -> RuleChoice {
        let mut choice = RuleChoice::default();
        for (key, entry) in self.reader.fields(mapping, "settings of a rule") {
            match key.as_str() {
                "severity" => choice.severity = self.severity(entry.value),
                "off" => choice.off = self.truth(entry.value),
                "params" => choice.params = self.params(rule, entry.value),
                _ if rule.params.contains_key(&key) => {
                    let help = Some(format!("write it under `params`: `params: {{{key}: …}}`"));
                    self.reader.error(entry.key.span(), format!("`{key}` is a parameter of the rule"), help);
                }
                _ => self.reader.unknown_key(&key, entry.key.span(), &RULE_KEYS),
            }
        }
        choice
    }

    fn params(&mut self, rule: &Rule, node: Node<'_>) -> BTreeMap<String, Literals> {
        let mut params = BTreeMap::new();
        for (name, entry) in self.reader.fields(node, "a mapping of parameters") {
            let Some(known) = rule.params.get(&name) else {
                let near = did_you_mean(&name, rule.params.keys().map(String::as_str));
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if rule.params.is_empty() => format!("`{}` has no parameters", rule.id),
                    None => {
                        let names: Vec<_> = rule.params.keys().map(String::as_str).collect();
                        format!("the parameters of `{}` are {}", rule.id, names.join(", "))
                    }
                };
                self.reader.error(entry.key.span(), format!("unknown parameter `{name}`"), Some(help));
                continue;
            };
            match param(entry.value, &known.default) {
                Ok(value) => {
                    params.insert(name, value);
                }
                Err((node, message)) => {
                    let place = if is_null(node) { entry.key.span() } else { node.head() };
                    let help =
                        matches!(literal(node), Some(Literal::Int(_) | Literal::Float(_) | Literal::Bool(_)))
                            .then(|| "quotes make text of it".to_owned())
                            .filter(|_| message.starts_with("expected text"));
                    self.reader.error(place, message, help);
                }
            }
        }
        params
    }

    fn truth(&mut self, node: Node<'_>) -> bool {
        let Some(Literal::Bool(truth)) = literal(node) else {
            self.reader.error(node.head(), format!("expected `true` or `false`, found {}", what(node)), None);
            return false;
        };
        truth
    }

    fn platform(&mut self, node: Node<'_>) -> Option<Platform> {
        let (word, node) = self.reader.word(node)?;
        let known = PLATFORMS.iter().find(|(name, _)| *name == word);
        if known.is_none() {
            let help = match did_you_mean(&word, PLATFORMS.iter().map(|(name, _)| *name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the only platform with rules of its own is `aks`".to_owned(),
            };
            self.reader.error(node.span(), format!("unknown platform `{word}`"), Some(help));
        }
        known.map(|(_, platform)| *platform)
    }

    pub(super) fn severity(&mut self, node: Node<'_>) -> Option<Severity> {
        let (word, node) = self.reader.word(node)?;
        word.parse()
            .inspect_err(|_| {
                let help = match did_you_mean(&word, severity_words()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the severities are {}", severity_words().join(", ")),
                };
                self.reader.error(node.span(), format!("`{word}` is not a severity"), Some(help));
            })
            .ok()
    }

    fn version(&mut self, node: Node<'_>) -> Option<Minor> {
        let (word, node) = self.reader.word(node)?;
        let is_number = node.style() == Style::Plain && !matches!(literal(node), Some(Literal::Text(_)));
        let parsed: Option<Minor> = word.parse().ok();
        match parsed {
            Some(minor) if !is_number => return Some(minor),
            Some(_) => {
                let number = word.trim_end_matches('0');
                let message = format!("`{word}` without quotes is the number {number}, not a version");
                self.reader.error(node.span(), message, Some(format!("write \"{word}\"")));
            }
            None => {
                let help = Some(format!("write it as \"{}\", in quotes", Minor::NEWEST));
                self.reader.error(node.head(), format!("`{word}` is not a Kubernetes version"), help);
            }
        }
        None
    }

    pub(super) fn exclude(&mut self, node: Node<'_>) -> Exclude {
        let mut globs: Vec<Glob> = Vec::new();
        for (word, node) in self.reader.words(node) {
            match pattern(&word) {
                Ok(glob) => globs.push(glob),
                Err(message) => self.reader.error(node.span(), format!("`{word}`: {message}"), None),
            }
        }
        Exclude::new(&globs).unwrap_or_else(|error| {
            self.reader.error(node.head(), error.to_string(), None);
            Exclude::default()
        })
    }
}

pub(super) fn severity_words() -> [&'static str; 5] {
    Severity::WORST_FIRST.map(Severity::as_str)
}

impl Broken {
    /// A file that could not be read at all.
    pub(super) fn unreadable(path: &str, reason: String) -> Self {
        let errors = vec![ConfigError { span: None, message: reason, help: None }];
        Self { source: Source::new(SourceId(0), path, ""), errors }
    }
}
