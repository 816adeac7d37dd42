//! The settings of an editor: few, and the same words as the command line's.
//!
//! They come as `initializationOptions`, by `workspace/didChangeConfiguration`, or by `workspace/configuration` for the
//! section `plimsoll`.

use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::{
    config::{Overrides, Selector, known_profile},
    rule::{Platform, Registry},
};

/// The section that is asked for.
pub(super) const SECTION: &str = "plimsoll";

/// What the editor's user chose.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// A configuration in place of all others; relative to the first folder.
    pub(super) config: Option<PathBuf>,
    /// What beats the configuration.
    pub(super) overrides: Overrides,
    /// Findings that are known; relative to each folder.
    pub(super) baseline: Option<PathBuf>,
    /// Unsafe fixes are not offered; else they are, and say what they are.
    pub(super) hides_unsafe_fixes: bool,
}

/// Reads settings, those of the section or those around it; with them comes what is wrong, which is left out.
pub(super) fn read(value: &Value, registry: &Registry) -> (Options, Vec<String>) {
    let mut reading = Reading { registry, mistakes: Vec::new() };
    let value = value.get(SECTION).unwrap_or(value);
    let mut options = Options::default();
    if let Some(settings) = value.as_object() {
        reading.settings(settings, &mut options);
    }
    (options, reading.mistakes)
}

struct Reading<'r> {
    registry: &'r Registry,
    mistakes: Vec<String>,
}

impl Reading<'_> {
    fn settings(&mut self, settings: &Map<String, Value>, options: &mut Options) {
        let overrides = &mut options.overrides;
        // What is null or empty says nothing: editors send their settings so when nobody set them.
        for (key, value) in settings.iter().filter(|(_, value)| !is_unset(value)) {
            match key.as_str() {
                "config" => options.config = self.word(key, value).map(PathBuf::from),
                "baseline" => options.baseline = self.word(key, value).map(PathBuf::from),
                "unsafeFixes" => options.hides_unsafe_fixes = !self.truth(key, value),
                "profile" => overrides.profiles = self.profiles(key, value),
                "select" => overrides.select = Some(self.selectors(key, value)),
                "extendSelect" => overrides.extend_select = self.selectors(key, value),
                "ignore" => overrides.ignore = self.selectors(key, value),
                "minSeverity" => overrides.min_severity = self.parsed(key, value),
                "kubernetesVersion" => overrides.kubernetes_version = self.parsed(key, value),
                "platform" => overrides.platform = self.platform(key, value),
                // Settings of the extension itself stand beside the server's.
                _ => {}
            }
        }
    }

    fn word<'v>(&mut self, key: &str, value: &'v Value) -> Option<&'v str> {
        let word = value.as_str();
        if word.is_none() {
            self.mistakes.push(format!("`{SECTION}.{key}`: expected text"));
        }
        word
    }

    fn truth(&mut self, key: &str, value: &Value) -> bool {
        value.as_bool().unwrap_or_else(|| {
            self.mistakes.push(format!("`{SECTION}.{key}`: expected `true` or `false`"));
            true
        })
    }

    /// A list, or words with commas.
    fn words(&mut self, key: &str, value: &Value) -> Vec<String> {
        if let Some(text) = value.as_str() {
            return text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
        }
        let list = value.as_array().map(Vec::as_slice);
        if list.is_none() {
            self.mistakes.push(format!("`{SECTION}.{key}`: expected a list"));
        }
        list.unwrap_or_default().iter().filter_map(|it| self.word(key, it).map(str::to_owned)).collect()
    }

    fn profiles(&mut self, key: &str, value: &Value) -> Vec<String> {
        let words = self.words(key, value);
        let known = words.iter().map(|word| known_profile(word, self.registry));
        let (good, bad): (Vec<_>, Vec<_>) = known.partition(Result::is_ok);
        self.unknown(key, bad.into_iter().filter_map(Result::err));
        good.into_iter().flatten().collect()
    }

    fn selectors(&mut self, key: &str, value: &Value) -> Vec<Selector> {
        let words = self.words(key, value);
        let known = words.iter().map(|word| Selector::parse(word, self.registry));
        let (good, bad): (Vec<_>, Vec<_>) = known.partition(Result::is_ok);
        self.unknown(key, bad.into_iter().filter_map(Result::err));
        good.into_iter().flatten().collect()
    }

    fn unknown(&mut self, key: &str, all: impl Iterator<Item = crate::config::Unknown>) {
        for it in all {
            let help = it.help.map(|help| format!(", {help}")).unwrap_or_default();
            self.mistakes.push(format!("`{SECTION}.{key}`: {}{help}", it.message));
        }
    }

    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        key: &str,
        value: &Value,
    ) -> Option<T> {
        let word = self.word(key, value)?;
        word.parse().map_err(|error| self.mistakes.push(format!("`{SECTION}.{key}`: {error}"))).ok()
    }

    fn platform(&mut self, key: &str, value: &Value) -> Option<Platform> {
        let word = self.word(key, value)?;
        let platform = (word == "aks").then_some(Platform::Aks);
        if platform.is_none() {
            self.mistakes
                .push(format!("`{SECTION}.{key}`: the only platform with rules of its own is `aks`"));
        }
        platform
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::{Minor, Severity};

    fn read(value: &Value) -> (Options, Vec<String>) {
        super::read(value, &Registry::embedded().unwrap())
    }

    #[test]
    fn settings_are_read_with_and_without_their_section() {
        let settings = json!({
            "select": ["privileged-container", "rbac/*"], "ignore": "host-network, host-pid",
            "profile": "baseline", "kubernetesVersion": "1.30", "minSeverity": "high", "unsafeFixes": false,
            "baseline": "known.jsonl", "config": "", "trace": {"server": "off"},
        });
        for value in [settings.clone(), json!({"plimsoll": settings})] {
            let (options, mistakes) = read(&value);
            assert_eq!(mistakes, Vec::<String>::new());
            assert_eq!(options.overrides.select.unwrap().len(), 2);
            assert_eq!(options.overrides.ignore.len(), 2);
            assert_eq!(options.overrides.profiles, ["baseline"]);
            assert_eq!(options.overrides.kubernetes_version, Some(Minor(30)));
            assert_eq!(options.overrides.min_severity, Some(Severity::High));
            assert!(options.hides_unsafe_fixes && options.config.is_none());
            assert_eq!(options.baseline, Some(PathBuf::from("known.jsonl")));
        }
    }

    #[test]
    fn what_is_wrong_is_told_and_left_out() {
        let (options, mistakes) = read(&json!({
            "select": ["privileged-contianer", 7], "profile": {"a": 1}, "kubernetesVersion": "two",
            "minSeverity": 3, "unsafeFixes": "yes", "platform": "eks",
        }));
        assert_eq!(mistakes.len(), 7, "{mistakes:#?}");
        assert!(
            mistakes.iter().any(|it| it.contains("did you mean `privileged-container`?")),
            "{mistakes:#?}"
        );
        assert_eq!(options.overrides.select, Some(Vec::new()));
    }

    #[test]
    fn anything_else_says_nothing() {
        for value in
            [json!(null), json!([]), json!("x"), json!({"plimsoll": null}), json!({"other": {"a": 1}})]
        {
            assert_eq!(read(&value).1, Vec::<String>::new(), "{value}");
        }
    }
}
