//! The marks that silence other tools, in comments and annotations, and the rules of ours that cover what they mean.

use crate::{base::Day, rule};

/// What a mark silences.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Rules of ours, each once.
    pub(super) rules: Vec<&'static str>,
    /// What it names and no rule of ours means.
    pub(super) unknown: Vec<String>,
    /// It names no rule: it is about everything that its tool looks for.
    pub(super) is_for_all: bool,
    /// Whose it is.
    pub(super) tool: &'static str,
    pub(super) reason: String,
    pub(super) until: Option<Day>,
    /// On a line of its own it covers the next line, and not all that belongs to it.
    pub(super) is_for_line: bool,
}

impl Mark {
    /// About the rules `ids` of `tool`; `None` where there are none.
    fn naming<'i>(tool: &'static str, ids: impl Iterator<Item = &'i str>, reason: &str) -> Option<Self> {
        let mut mark = Self::about(tool, Vec::new(), reason);
        for id in ids.map(str::trim).filter(|id| !id.is_empty()) {
            let covering = rule::covering(tool, id);
            if covering.is_empty() {
                mark.unknown.push(id.to_owned());
            }
            mark.rules.extend(covering);
        }
        mark.rules.sort_unstable();
        mark.rules.dedup();
        (!mark.rules.is_empty() || !mark.unknown.is_empty()).then_some(mark)
    }

    /// About everything.
    fn all(tool: &'static str, rules: Vec<&'static str>, reason: &str) -> Self {
        Self { is_for_all: true, ..Self::about(tool, rules, reason) }
    }

    /// Whether some rule of ours means what it says.
    pub(super) fn is_ours(&self) -> bool {
        !self.rules.is_empty()
    }

    fn about(tool: &'static str, rules: Vec<&'static str>, reason: &str) -> Self {
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { rules, unknown: Vec::new(), is_for_all: false, tool, reason, until: None, is_for_line: false }
    }
}

/// Whether a comment of `text` may be a mark: far cheaper than to read its comments.
pub(super) fn may_mark(text: &str) -> bool {
    ["checkov:", "trivy:", "kics-scan"]
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// What `comment`, from its `#` on, silences.
pub(super) fn of_comment(comment: &str) -> Option<Mark> {
    let words = comment.trim_start_matches('#').trim();
    if let Some(skip) = words.strip_prefix("checkov:skip=") {
        let (ids, reason) = skip.split_once(':').unwrap_or((skip, ""));
        return Mark::naming("checkov", ids.split(','), reason);
    }
    if words.starts_with(TRIVY) {
        return of_trivy(words);
    }
    let order = words.strip_prefix("kics-scan")?.trim_start();
    let is_for_line = order == "ignore-line";
    if !is_for_line && order != "ignore-block" {
        return None;
    }
    // The mark names no rule and is about everything there, as far as it is what such tools look for.
    Some(Mark { is_for_line, ..Mark::all("kics", rule::covering_all(), "") })
}

const TRIVY: &str = "trivy:ignore:";

/// `trivy:ignore:KSV-0012 trivy:ignore:KSV-0014:exp:2027-01-31`, where one day holds for all.
fn of_trivy(words: &str) -> Option<Mark> {
    let mut ids = Vec::new();
    let mut until: Option<Day> = None;
    for order in words.split_whitespace().map_while(|word| word.strip_prefix(TRIVY)) {
        let (id, rest) = order.split_once(':').unwrap_or((order, ""));
        if let Some(day) = rest.strip_prefix("exp:") {
            let day: Day = day.parse().ok()?;
            until = Some(until.map_or(day, |other| other.min(day)));
        }
        ids.push(id);
    }
    if ids.contains(&"*") {
        return Some(Mark { until, ..Mark::all("trivy", rule::covering_any("trivy"), "") });
    }
    Mark::naming("trivy", ids.into_iter(), "").map(|mark| Mark { until, ..mark })
}

/// What the annotation `key` with `value` silences; `other` is the value of another annotation beside it.
pub(super) fn of_annotation(key: &str, value: &str, other: &dyn Fn(&str) -> Option<String>) -> Option<Mark> {
    let (domain, name) = key.split_once('/')?;
    let single = |tool: &'static str, id: &str, reason: &str| Mark::naming(tool, [id].into_iter(), reason);
    match domain {
        "ignore-check.kube-linter.io" => single("kube-linter", name, value),
        "kube-linter.io" if name == "ignore-all" => {
            Some(Mark::all("kube-linter", rule::covering_any("kube-linter"), value))
        }
        "checkov.io" | "bridgecrew.io" | "cortex.io" => {
            let number = name.strip_prefix("skip")?;
            let is_skip = number.bytes().all(|it| it.is_ascii_digit());
            let (id, reason) = value.split_once('=').unwrap_or((value, ""));
            single("checkov", id, reason).filter(|_| is_skip)
        }
        "kube-score" if name == "ignore" => Mark::naming("kube-score", value.split(','), ""),
        "polaris.fairwinds.com" if value == "true" => match name.strip_suffix("-exempt") {
            Some(check) => single("polaris", check, ""),
            None if name == "exempt" => Some(Mark::all("polaris", rule::covering_any("polaris"), "")),
            None => None,
        },
        "kubescape.io" if name == "skip-controls" => {
            let reason = other("kubescape.io/skip-reason").unwrap_or_default();
            let mark = Mark::naming("kubescape", value.split(','), &reason)?;
            let Some(expiry) = other("kubescape.io/skip-expiry") else { return Some(mark) };
            // A day, or the beginning of a time; a mark whose end cannot be read is over.
            let until = expiry.trim().get(..10)?.parse().ok()?;
            Some(Mark { until: Some(until), ..mark })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(mark: Option<Mark>) -> String {
        mark.map(|mark| mark.rules.join(" ")).unwrap_or_default()
    }

    #[test]
    fn ids_mean_the_rules_that_list_them_and_no_others() {
        let none = |_: &str| None;
        for (key, value, expected) in [
            ("ignore-check.kube-linter.io/host-pid", "why", "host-pid"),
            ("ignore-check.kube-linter.io/no-such-check", "why", ""),
            ("ignore-check.kube-linter.io", "why", ""),
            ("kube-score/ignore", " , ", ""),
            ("checkov.io/skip1", "CKV_K8S_17=it debugs", "host-pid"),
            ("bridgecrew.io/skip12", "CKV_K8S_17", "host-pid"),
            ("cortex.io/skip", "CKV_K8S_17=", "host-pid"),
            ("checkov.io/skipper", "CKV_K8S_17=it debugs", ""),
            ("checkov.io/skip1", "CKV_K8S_1=that is another one", ""),
            ("polaris.fairwinds.com/hostPIDSet-exempt", "true", "host-pid"),
            ("polaris.fairwinds.com/hostPIDSet-exempt", "false", ""),
            ("kubescape.io/skip-controls", "C-0038", "host-ipc host-pid"),
            ("kubescape.io/skip-reason", "C-0038", ""),
            ("kube-score/enable", "container-seccomp-profile", ""),
            ("example.com/ignore", "host-pid", ""),
        ] {
            assert_eq!(rules(of_annotation(key, value, &none)), expected, "{key}: {value}");
        }
        for (comment, expected) in [
            ("# checkov:skip=CKV_K8S_17:it debugs", "host-pid"),
            ("#checkov:skip=CKV_K8S_17,CKV_K8S_18", "host-ipc host-pid"),
            ("# trivy:ignore:KSV-0010", "host-pid"),
            ("# trivy:ignore:AVD-KSV-0010 trivy:ignore:KSV008", "host-ipc host-pid"),
            ("# trivy:ignore:KSV-0010:exp:soon", ""),
            ("# see trivy:ignore:KSV-0010", ""),
            ("# kics-scan disable=f32", ""),
        ] {
            assert_eq!(rules(of_comment(comment)), expected, "{comment}");
        }
    }

    #[test]
    fn reasons_and_days_are_those_of_the_mark() {
        let beside = |key: &str| match key {
            "kubescape.io/skip-reason" => Some("moves  soon".to_owned()),
            _ => Some("2027-01-31T00:00:00Z".to_owned()),
        };
        let mark = of_annotation("kubescape.io/skip-controls", "C-0041, C-0038", &beside).unwrap();
        assert_eq!(mark.reason, "moves soon");
        assert_eq!(mark.until, "2027-01-31".parse().ok());
        let unclear = |_: &str| Some("some day soon".to_owned());
        assert_eq!(of_annotation("kubescape.io/skip-controls", "C-0038", &unclear), None);
        let mark = of_comment("# trivy:ignore:KSV-0010:exp:2027-01-31").unwrap();
        assert_eq!(mark.until, "2027-01-31".parse().ok());
        assert_eq!(of_comment("# checkov:skip=CKV_K8S_17:it debugs").unwrap().reason, "it debugs");
    }
}
