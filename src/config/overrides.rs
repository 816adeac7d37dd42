//! `overrides`: what holds for some files, objects or containers only, and why.

use std::{collections::BTreeMap, path::Path};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::{
    RuleChoice, Selector,
    exclude::Exclude,
    file::Reading,
    literal::{is_null, what},
};
use crate::{
    base::{Severity, Subject},
    rule::Rule,
    yaml::{Entry, Kind, Node},
};

/// What holds for the findings that all of its choices mean. It speaks about what was found, and switches no rule on.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// Why, in the words of the author.
    pub reason: String,
    /// What is said about single rules, by their index in the registry.
    pub rules: BTreeMap<usize, RuleChoice>,
    /// Rules whose findings are not told.
    pub ignore: Vec<Selector>,
    /// The severity below which a finding is not shown.
    pub min_severity: Option<Severity>,
    /// The file it stands in, as shown.
    pub file: String,
    /// The line at which it begins, from 1.
    pub line: u32,
    pub(super) paths: Option<Exclude>,
    kinds: Option<Vec<String>>,
    names: Option<GlobSet>,
    namespaces: Option<GlobSet>,
    containers: Option<GlobSet>,
}

/// What an override says about a finding of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is not told.
    Off,
    /// It is told, with this severity where there is one.
    On(Option<Severity>),
}

impl Override {
    /// Whether it can mean something in the file to which `way` leads from the configuration's folder.
    pub fn covers_path(&self, way: &Path) -> bool {
        self.paths.as_ref().is_none_or(|paths| paths.covers(way))
    }

    /// Whether it means what is found in `subject`; what is found in no object is meant by paths alone.
    pub fn covers_subject(&self, subject: Option<&Subject>) -> bool {
        let object = subject.map(|subject| &*subject.object);
        let is_kind = |kinds: &Vec<String>| object.is_some_and(|it| kinds.contains(&it.kind));
        let matches = |globs: &Option<GlobSet>, name: Option<&str>| {
            globs.as_ref().is_none_or(|globs| name.is_some_and(|name| globs.is_match(name)))
        };
        self.kinds.as_ref().is_none_or(is_kind)
            && matches(&self.names, object.map(|it| it.name.as_str()))
            && matches(&self.namespaces, object.and_then(|it| it.namespace.as_deref()))
            && matches(&self.containers, subject.and_then(|it| it.container.as_deref()))
    }

    /// Whether more than the path decides.
    pub fn asks_for_subject(&self) -> bool {
        self.kinds.is_some() || self.names.is_some() || self.namespaces.is_some() || self.containers.is_some()
    }

    /// What it says about the rule that stands at `index`; `None` when that is nothing.
    pub fn says(&self, index: usize, rule: &Rule) -> Option<Said> {
        let choice = self.rules.get(&index);
        let is_off = choice.is_some_and(|choice| choice.off);
        if is_off || self.ignore.iter().any(|selector| selector.chooses(index, rule)) {
            return Some(Said::Off);
        }
        choice.map(|choice| Said::On(choice.severity))
    }
}

/// Its keys: first those that choose, then those that say what holds.
pub(super) const OVERRIDE_KEYS: [&str; 9] =
    ["paths", "kinds", "names", "namespaces", "containers", "reason", "rules", "ignore", "min-severity"];
const CHOOSING: usize = 5;
const HOLDING: usize = 6;

impl Reading<'_> {
    pub(super) fn overrides(&mut self, node: Node<'_>) -> Vec<Override> {
        if node.kind() != Kind::Sequence {
            self.reader.error(
                node.head(),
                format!("expected a list of overrides, found {}", what(node)),
                None,
            );
            return Vec::new();
        }
        node.items().map(|item| self.override_of(item)).collect()
    }

    fn override_of(&mut self, node: Node<'_>) -> Override {
        let mut it = Override {
            file: self.reader.source.path.clone(),
            line: self.reader.source.position(node.head().start).line,
            ..Override::default()
        };
        if node.kind() != Kind::Mapping {
            self.reader.error(node.head(), format!("expected an override, found {}", what(node)), None);
            return it;
        }
        let mut given = Vec::new();
        for (key, entry) in self.reader.fields(node, "an override") {
            let Some(key) = OVERRIDE_KEYS.into_iter().find(|known| *known == key) else {
                self.reader.unknown_key(&key, entry.key.span(), &OVERRIDE_KEYS);
                continue;
            };
            if !is_null(entry.value) {
                given.push(key);
                self.override_setting(&mut it, key, entry);
            }
        }
        self.missing(node, &given);
        it
    }

    /// An override without a choice would hold everywhere, and one that says nothing nowhere: both are mistakes.
    fn missing(&mut self, node: Node<'_>, given: &[&str]) {
        let any = |keys: &[&str]| keys.iter().any(|key| given.contains(key));
        let mut error = |message: String| self.reader.error(node.head(), message, None);
        if !any(&OVERRIDE_KEYS[..CHOOSING]) {
            error(format!("an override needs one of {}", OVERRIDE_KEYS[..CHOOSING].join(", ")));
        }
        if !any(&OVERRIDE_KEYS[HOLDING..]) {
            error(format!("an override needs one of {}", OVERRIDE_KEYS[HOLDING..].join(", ")));
        }
        if !given.contains(&"reason") {
            error("an override needs a `reason`".to_owned());
        }
    }

    fn override_setting(&mut self, it: &mut Override, key: &str, entry: Entry<'_>) {
        let value = entry.value;
        match key {
            "paths" => it.paths = Some(self.exclude(value)),
            "kinds" => it.kinds = Some(self.kinds(value)),
            "names" => it.names = Some(self.names(value)),
            "namespaces" => it.namespaces = Some(self.names(value)),
            "containers" => it.containers = Some(self.names(value)),
            "reason" => it.reason = self.reason(value),
            "rules" => {
                it.rules = self.rules(value);
                self.refuse_params(value);
            }
            "ignore" => it.ignore = self.selectors(value),
            _ => it.min_severity = self.severity(value),
        }
    }

    fn reason(&mut self, node: Node<'_>) -> String {
        let Some((word, node)) = self.reader.word(node) else { return String::new() };
        if word.trim().is_empty() {
            self.reader.error(node.span(), "a reason must not be empty", None);
        }
        word
    }

    fn kinds(&mut self, node: Node<'_>) -> Vec<String> {
        let mut kinds = Vec::new();
        for (word, node) in self.reader.words(node) {
            let is_kind = word.starts_with(|first: char| first.is_ascii_uppercase())
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if is_kind {
                kinds.push(word);
            } else {
                let help = Some("write a kind as manifests do: `Deployment`".to_owned());
                self.reader.error(node.span(), format!("`{word}` is not a kind"), help);
            }
        }
        kinds
    }

    fn names(&mut self, node: Node<'_>) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for (word, word_node) in self.reader.words(node) {
            match GlobBuilder::new(&word).build() {
                Ok(_) if word.is_empty() => {
                    self.reader.error(word_node.span(), "a name must not be empty", None);
                }
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => {
                    let kind = error.kind().to_string().to_lowercase();
                    self.reader.error(word_node.span(), format!("`{word}`: not a glob: {kind}"), None);
                }
            }
        }
        set.build().unwrap_or_else(|error| {
            self.reader.error(node.head(), error.to_string(), None);
            GlobSet::empty()
        })
    }

    fn refuse_params(&mut self, rules: Node<'_>) {
        for rule in rules.fields().into_iter().filter(|rule| rule.value.kind() == Kind::Mapping) {
            for setting in rule.value.fields() {
                if setting.key.text().is_some_and(|key| key == "params") {
                    let help =
                        "a configuration in a folder of its own can have other parameters, and `extends`";
                    let message = "parameters hold for the whole configuration, not for an override";
                    self.reader.error(setting.key.span(), message, Some(help.to_owned()));
                }
            }
        }
    }
}
