//! What the configurations of other tools leave out, in words of ours.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_yaml::Value;

use crate::rule;

/// The files that are understood, and the tool of each.
pub const FOREIGN_FILES: [(&str, ForeignTool); 6] = [
    (".kube-linter.yaml", ForeignTool::KubeLinter),
    (".kube-linter.yml", ForeignTool::KubeLinter),
    (".checkov.yaml", ForeignTool::Checkov),
    (".checkov.yml", ForeignTool::Checkov),
    (".trivyignore", ForeignTool::TrivyLines),
    (".trivyignore.yaml", ForeignTool::Trivy),
];

/// Whose configuration a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignTool {
    /// `KubeLinter`: `checks.exclude`, `checks.ignorePaths`.
    KubeLinter,
    /// Checkov: `skip-check`, `skip-path`.
    Checkov,
    /// Trivy: a rule a line.
    TrivyLines,
    /// Trivy: `misconfigurations`.
    Trivy,
}

/// What other tools leave out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    ignore: Vec<Left>,
    exclude: Vec<String>,
    overrides: Vec<(Vec<String>, Left)>,
    /// What has no counterpart, each a sentence without its period.
    pub left: Vec<String>,
}

/// Rules that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Left {
    rules: Vec<&'static str>,
    /// The rule there.
    id: String,
    reason: String,
}

impl Foreign {
    /// Adds what `text`, the content of a file of `tool`, leaves out.
    ///
    /// # Errors
    /// Why the text cannot be read, in one line.
    pub fn read(&mut self, tool: ForeignTool, text: &str) -> Result<(), String> {
        if tool == ForeignTool::TrivyLines {
            self.trivy_lines(text);
            return Ok(());
        }
        let value: Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        match tool {
            ForeignTool::KubeLinter => self.kube_linter(&value),
            ForeignTool::Checkov => self.checkov(&value),
            ForeignTool::Trivy | ForeignTool::TrivyLines => self.trivy(&value)?,
        }
        Ok(())
    }

    /// Whether nothing is left out.
    pub fn is_empty(&self) -> bool {
        self.ignore.is_empty() && self.exclude.is_empty() && self.overrides.is_empty()
    }

    /// The settings, as text for a `.plimsoll.yaml`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        if !self.ignore.is_empty() {
            text.push_str("ignore:\n");
            for (rule, notes) in self.ignored() {
                let _ = writeln!(text, "  - {rule}  # {}", notes.join(", "));
            }
        }
        if !self.exclude.is_empty() {
            text.push_str("exclude:\n");
            for pattern in &self.exclude {
                let _ = writeln!(text, "  - {}", quoted(pattern));
            }
        }
        if !self.overrides.is_empty() {
            text.push_str("overrides:\n");
        }
        for (paths, left) in &self.overrides {
            let paths: Vec<_> = paths.iter().map(|path| quoted(path)).collect();
            let reason = if left.reason.is_empty() { &left.id } else { &left.reason };
            let _ = writeln!(text, "  - paths: [{}]", paths.join(", "));
            let _ = writeln!(text, "    reason: {}", quoted(reason));
            let _ = writeln!(text, "    ignore: [{}]  # {}", left.rules.join(", "), left.id);
        }
        text
    }

    /// Each rule once, in the order of the files, with what left it out.
    fn ignored(&self) -> Vec<(&str, Vec<String>)> {
        let mut all: Vec<(&str, Vec<String>)> = Vec::new();
        for left in &self.ignore {
            let reason = if left.reason.is_empty() { "" } else { ": " };
            let note = format!("{}{reason}{}", left.id, left.reason);
            for rule in &left.rules {
                match all.iter_mut().find(|(known, _)| known == rule) {
                    Some((_, notes)) if notes.contains(&note) => {}
                    Some((_, notes)) => notes.push(note.clone()),
                    None => all.push((rule, vec![note.clone()])),
                }
            }
        }
        all
    }

    fn kube_linter(&mut self, value: &Value) {
        let Some(checks) = value.get("checks") else { return };
        for id in words(checks.get("exclude")) {
            self.rule("kube-linter", &id, "");
        }
        for path in words(checks.get("ignorePaths")) {
            let inside = path.strip_prefix("/**/").map(|rest| format!("**/{rest}"));
            match inside.or_else(|| (!path.starts_with(['/', '~'])).then(|| path.clone())) {
                Some(pattern) => self.exclude.push(pattern),
                None => self.left.push(format!("the path `{path}` is not relative: exclude it by hand")),
            }
        }
        if !words(checks.get("include")).is_empty() {
            self.left.push("`checks.include` chooses rules: see `profiles` and `extend-select`".to_owned());
        }
        if checks.get("doNotAutoAddDefaults").and_then(Value::as_bool) == Some(true) {
            self.left.push("`checks.doNotAutoAddDefaults` chooses rules: see `select`".to_owned());
        }
        if value.get("customChecks").is_some() {
            self.left.push("`customChecks` have no counterpart".to_owned());
        }
    }

    fn checkov(&mut self, value: &Value) {
        for id in words(value.get("skip-check")) {
            self.rule("checkov", &id, "");
        }
        for path in words(value.get("skip-path")) {
            let plain = path.strip_prefix('/').unwrap_or(&path);
            let is_plain =
                |c: char| c.is_alphanumeric() || c == '/' || c == '_' || c == '-' || c == '.' || c == ' ';
            if !plain.is_empty() && plain.chars().all(is_plain) {
                self.exclude.push(plain.to_owned());
            } else {
                self.left.push(format!("`{path}` is a regular expression: exclude such paths by hand"));
            }
        }
        if !words(value.get("check")).is_empty() {
            self.left.push("`check` chooses rules: see `select`".to_owned());
        }
    }

    fn trivy_lines(&mut self, text: &str) {
        let mut reason = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(comment) = line.strip_prefix('#') {
                comment.trim().clone_into(&mut reason);
                continue;
            }
            let mut words = line.split_whitespace();
            if let Some(id) = words.next() {
                let until = words.find_map(|word| word.strip_prefix("exp:"));
                self.until(id, until);
                self.rule("trivy", id, &reason);
            }
            reason.clear();
        }
    }

    fn trivy(&mut self, value: &Value) -> Result<(), String> {
        #[derive(Deserialize)]
        struct Entry {
            id: String,
            #[serde(default)]
            paths: Vec<String>,
            #[serde(default)]
            statement: String,
            expired_at: Option<Value>,
        }
        let Some(entries) = value.get("misconfigurations") else { return Ok(()) };
        let entries: Vec<Entry> =
            serde_yaml::from_value(entries.clone()).map_err(|error| error.to_string())?;
        for entry in entries {
            let until = entry.expired_at.map(|day| day.as_str().unwrap_or("a day").to_owned());
            self.until(&entry.id, until.as_deref());
            if entry.paths.is_empty() {
                self.rule("trivy", &entry.id, &entry.statement);
            } else if let Some(left) = self.left_out("trivy", &entry.id, &entry.statement) {
                self.overrides.push((entry.paths, left));
            }
        }
        Ok(())
    }

    /// What holds up to a day is told: a configuration knows no such thing.
    fn until(&mut self, id: &str, until: Option<&str>) {
        if let Some(until) = until {
            self.left.push(format!("`{id}` is left out until {until}: take it out of `ignore` then"));
        }
    }

    fn rule(&mut self, tool: &str, id: &str, reason: &str) {
        let left = self.left_out(tool, id, reason);
        self.ignore.extend(left);
    }

    fn left_out(&mut self, tool: &str, id: &str, reason: &str) -> Option<Left> {
        let rules = rule::covering(tool, id);
        if rules.is_empty() {
            self.left.push(format!("no rule means the same as `{id}`"));
            return None;
        }
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Left { rules, id: one_line(id), reason: one_line(reason) })
    }
}

/// The words of a list, or of a text with commas.
fn words(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Sequence(items)) => {
            items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
        }
        Some(Value::String(text)) => {
            text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
        }
        _ => Vec::new(),
    }
}

/// `text` in quotes: a string can always be written as JSON, and JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tool: ForeignTool, text: &str) -> Foreign {
        let mut foreign = Foreign::default();
        foreign.read(tool, text).unwrap();
        foreign
    }

    #[test]
    fn what_others_leave_out_is_left_out() {
        let foreign = read(
            ForeignTool::KubeLinter,
            "checks:\n  exclude: [host-pid, no-such-check]\n  ignorePaths: ['/**/vendor/**', ~/x, legacy]\n  \
             include: [host-ipc]\ncustomChecks: []\n",
        );
        assert_eq!(
            foreign.text(),
            "ignore:\n  - host-pid  # host-pid\nexclude:\n  - \"**/vendor/**\"\n  - \"legacy\"\n"
        );
        assert_eq!(foreign.left.len(), 4, "{:?}", foreign.left);
        let foreign = read(
            ForeignTool::Checkov,
            "skip-check: CKV_K8S_17, CKV_K8S_18\nskip-path: [charts/old, '.*\\.gen\\.yaml']\n",
        );
        assert_eq!(
            foreign.text(),
            "ignore:\n  - host-pid  # CKV_K8S_17\n  - host-ipc  # CKV_K8S_18\nexclude:\n  - \"charts/old\"\n"
        );
        assert_eq!(foreign.left.len(), 1, "{:?}", foreign.left);
    }

    #[test]
    fn reasons_and_paths_are_kept() {
        let foreign =
            read(ForeignTool::TrivyLines, "# it debugs\nAVD-KSV-0010\n\nKSV008 exp:2027-01-31\nCVE-1\n");
        assert_eq!(
            foreign.text(),
            "ignore:\n  - host-pid  # AVD-KSV-0010: it debugs\n  - host-ipc  # KSV008\n"
        );
        assert_eq!(foreign.left.len(), 2, "{:?}", foreign.left);
        let foreign = read(
            ForeignTool::Trivy,
            "misconfigurations:\n- id: KSV-0010\n  paths: [agents/**]\n  statement: |\n    it\n    debugs\n",
        );
        assert_eq!(
            foreign.text(),
            "overrides:\n  - paths: [\"agents/**\"]\n    reason: \"it debugs\"\n    ignore: [host-pid]  # KSV-0010\n"
        );
    }

    #[test]
    fn a_rule_that_several_leave_out_is_named_once() {
        let mut foreign = read(ForeignTool::KubeLinter, "checks:\n  exclude: [host-pid, host-pid]\n");
        foreign.read(ForeignTool::Checkov, "skip-check: [CKV_K8S_17]\n").unwrap();
        assert_eq!(foreign.text(), "ignore:\n  - host-pid  # host-pid, CKV_K8S_17\n");
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let mut foreign = Foreign::default();
        assert!(foreign.read(ForeignTool::Checkov, "a: [").is_err());
        assert!(foreign.read(ForeignTool::Trivy, "misconfigurations: 3").is_err());
        assert_eq!(foreign, Foreign::default());
    }
}
