//! The form of a rule file. The build script and the loader of users' rules read it alike, so this folder
//! knows nothing but serde and the words of the ground floor.

mod check;
mod data;
mod one_or_many;
mod prose;
mod repair;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::one_or_many::one_or_many;
use crate::base::{Minor, Severity};

pub use self::{
    check::{Check, Clause, ContainerList, Exempt, Grant, Missing, Named, On},
    data::{Data, Literal, Literals},
    prose::{Example, Pss, PssLevel, References},
    repair::{
        AddItem, MoveField, QuoteField, RemoveField, RemoveItem, RenameField, Repair, ReplaceText, SetField,
    },
};

/// `rules/<family>/<id>.yaml`, as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleFile {
    /// The words of the fault in kebab-case; the file's name.
    pub id: String,
    /// One line, upper-case first letter, no period.
    pub title: String,
    /// How bad a finding is before the user's configuration.
    pub severity: Severity,
    /// How sure a finding is.
    #[serde(default)]
    pub confidence: Confidence,
    /// The profiles that hold it, by name; `all` holds every rule and is not listed.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// The release of plimsoll that brought it.
    pub since: String,
    /// What it looks at: kinds by name, or `workload` for everything that has a pod, or `any`.
    pub kinds: Vec<String>,
    /// The target versions at which it says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<VersionRange>,
    /// Runs only where the configuration names this platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// GitHub's 0.0 to 10.0, where the severity's own number does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_severity: Option<f32>,
    /// A finding is dropped where one of these rules has a finding at the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implied_by: Vec<String>,
    /// A finding about a container is dropped where one of these rules has a finding in the same container.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implied_in_container_by: Vec<String>,
    /// Adds, to each finding on a role, the bindings in the same unit that make the role live.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub show_bindings: bool,
    /// Settings a user may change, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Param>,
    /// What fires: one check or a list of them, each reporting for itself.
    #[serde(deserialize_with = "one_or_many")]
    pub check: Vec<Check>,
    /// How a finding is repaired: one fix or a list, the best first. For every check that has none of its own.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub fix: Vec<Repair>,
    /// Where the rule comes from, and which rules of other tools it covers.
    #[serde(default, skip_serializing)]
    pub references: References,
    /// Why it matters: whole sentences.
    #[serde(default, skip_serializing)]
    pub why: String,
    /// The change that repairs it: whole sentences.
    #[serde(default, skip_serializing)]
    pub how_to_fix: String,
    /// Its tests and its documentation.
    #[serde(default, skip_serializing)]
    pub examples: Vec<Example>,
}

/// How often a finding is right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Right unless something outside the manifest says otherwise.
    Medium,
    /// The manifest alone proves it.
    #[default]
    High,
}

/// Where clusters run, as far as rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Azure Kubernetes Service.
    Aks,
}

/// Target versions from `from` up to, but not including, `until`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionRange {
    /// First minor.
    #[serde(default)]
    pub from: Option<Minor>,
    /// First minor no longer in the range.
    #[serde(default)]
    pub until: Option<Minor>,
}

impl VersionRange {
    /// Whether `target` lies in the range.
    pub fn holds(self, target: Minor) -> bool {
        self.from.is_none_or(|from| from <= target) && self.until.is_none_or(|until| target < until)
    }
}

/// A setting of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What it does, one sentence.
    pub about: String,
    /// Its value when the user sets none; also fixes its type.
    pub default: Literals,
}
