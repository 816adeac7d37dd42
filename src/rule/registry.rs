//! All rules by id. The prose of an embedded rule is parsed only when somebody reads it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use serde::{Deserialize, Serialize};

use super::file::{Check, Confidence, Example, Param, Platform, References, Repair, RuleFile, VersionRange};
use crate::base::{Minor, RuleId, Safety, Severity};

/// A rule, ready to run.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// The folder it lives in: `pod-security`.
    pub family: String,
    /// One line, no period.
    pub title: String,
    /// How bad a finding is before the user's configuration.
    pub severity: Severity,
    /// How sure a finding is.
    pub confidence: Confidence,
    /// The profiles that hold it, `all` excepted.
    pub profiles: Vec<String>,
    /// The release that brought it.
    pub since: String,
    /// Kinds by name, `workload` or `any`.
    pub kinds: Vec<String>,
    /// The target versions at which it says anything.
    pub kubernetes: VersionRange,
    /// Runs only on this platform.
    pub platform: Option<Platform>,
    /// GitHub's `security-severity`, 0.0 to 10.0.
    pub security_severity: f32,
    /// Rules whose finding at the same place makes this one's needless.
    pub implied_by: Vec<RuleId>,
    /// Rules whose finding in the same container makes this one's needless.
    pub implied_in_container_by: Vec<RuleId>,
    /// Findings on a role name the bindings that make it live.
    pub show_bindings: bool,
    /// Settings with their defaults.
    pub params: BTreeMap<String, Param>,
    /// The embedded form of the body, where nothing has read it yet.
    lazy: &'static str,
    body: OnceLock<Body>,
    text: Cow<'static, str>,
    prose: OnceLock<Prose>,
}

/// The part of a rule that only those need who run it: most runs choose few of the rules.
#[derive(Debug, Default, Deserialize)]
struct Body {
    check: Vec<Check>,
    #[serde(default)]
    fix: Vec<Repair>,
}

/// The part of a rule that only readers need.
#[derive(Debug, Clone, Default)]
pub struct Prose {
    /// Why it matters.
    pub why: String,
    /// The change that repairs it.
    pub how_to_fix: String,
    /// Where it comes from.
    pub references: References,
    /// Its examples.
    pub examples: Vec<Example>,
}

/// A rule file that cannot be used. The rule author's fault.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// Not a rule file at all; the message has line and column.
    #[error("{path}: {source}")]
    Form {
        /// The file.
        path: String,
        /// What the reader says.
        source: serde_yaml::Error,
    },
    /// The embedded table is broken: a bug of the build.
    #[error("the embedded rules are broken: {0}")]
    Embedded(serde_json::Error),
}

impl Rule {
    /// Makes a rule of a parsed file; `text` is the file's whole text, from which the prose is read later.
    pub fn new(family: &str, file: RuleFile, text: Cow<'static, str>) -> Self {
        let ids = |names: &[String]| names.iter().map(|id| RuleId::new(id)).collect();
        Self {
            id: RuleId::new(&file.id),
            family: family.to_owned(),
            title: file.title,
            severity: file.severity,
            confidence: file.confidence,
            profiles: file.profiles,
            since: file.since,
            kinds: file.kinds,
            kubernetes: file.kubernetes.unwrap_or_default(),
            platform: file.platform,
            security_severity: file.security_severity.unwrap_or(file.severity.security_severity()),
            implied_by: ids(&file.implied_by),
            implied_in_container_by: ids(&file.implied_in_container_by),
            show_bindings: file.show_bindings,
            params: file.params,
            lazy: "",
            body: Body { check: file.check, fix: file.fix }.into(),
            text,
            prose: OnceLock::new(),
        }
    }

    /// A rule whose checks and fixes are read from `body` when somebody asks for them.
    pub(super) fn embedded(family: &str, head: RuleFile, body: &'static str, text: &'static str) -> Self {
        Self { lazy: body, body: OnceLock::new(), ..Self::new(family, head, Cow::Borrowed(text)) }
    }

    fn body(&self) -> &Body {
        // The build wrote it, and a test reads all of them.
        self.body.get_or_init(|| serde_json::from_str(self.lazy).unwrap_or_default())
    }

    /// What fires.
    pub fn checks(&self) -> &[Check] {
        &self.body().check
    }

    /// How a finding is repaired, for every check without a fix of its own.
    pub fn repairs(&self) -> &[Repair] {
        &self.body().fix
    }

    /// Reads one rule file.
    ///
    /// # Errors
    /// [`RuleError::Form`] with the place of the mistake.
    pub fn from_yaml(family: &str, path: &str, text: String) -> Result<Self, RuleError> {
        let file = serde_yaml::from_str(&text)
            .map_err(|source| RuleError::Form { path: path.to_owned(), source })?;
        Ok(Self::new(family, file, Cow::Owned(text)))
    }

    /// Why, how to fix, references, examples; parsed on the first call.
    pub fn prose(&self) -> &Prose {
        self.prose.get_or_init(|| {
            // The text was parsed once already, by the build or by `from_yaml`.
            let Ok(file) = serde_yaml::from_str::<RuleFile>(&self.text) else { return Prose::default() };
            Prose {
                why: file.why.trim_end().to_owned(),
                how_to_fix: file.how_to_fix.trim_end().to_owned(),
                references: file.references,
                examples: file.examples,
            }
        })
    }

    /// What its fixes promise, the most careful first, each once; nothing for a rule without a fix.
    pub fn fix_safeties(&self) -> Vec<Safety> {
        let of_checks = self.checks().iter().flat_map(|check| &check.fix);
        let all: BTreeSet<Safety> =
            self.repairs().iter().chain(of_checks).map(|repair| repair.safety).collect();
        all.into_iter().collect()
    }

    /// The rule file itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it says anything at this target version.
    pub fn applies_at(&self, target: Minor) -> bool {
        self.kubernetes.holds(target)
    }
}

/// A named choice of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name on the command line.
    pub name: String,
    /// What it holds and for whom, one sentence.
    pub about: String,
}

/// Every rule, sorted by family and id, and the profiles that choose among them.
#[derive(Debug, Default)]
pub struct Registry {
    rules: Vec<Rule>,
    profiles: Vec<Profile>,
}

impl Registry {
    /// A registry of `rules`, in family and id order.
    pub fn new(mut rules: Vec<Rule>, profiles: Vec<Profile>) -> Self {
        rules.sort_by(|a, b| (&a.family, &a.id).cmp(&(&b.family, &b.id)));
        Self { rules, profiles }
    }

    /// All rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that name.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_str() == id)
    }

    /// All profiles, in the order of `rules/profiles.yaml`.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }
}
