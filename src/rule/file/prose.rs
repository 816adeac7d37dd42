//! What a rule file says to readers: where the rule comes from, and its examples.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Literals, Platform};
use crate::base::Minor;

/// Where a rule comes from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct References {
    /// Pod Security Standards: level and control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pss: Option<Pss>,
    /// CIS Kubernetes Benchmark section numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cis: Vec<String>,
    /// Headings of the NSA/CISA Kubernetes Hardening Guide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nsa: Vec<String>,
    /// Rows of the AKS practices: `POD-2`, `S16`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aks: Vec<String>,
    /// Built-in Azure Policy definitions, by display name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub azure_policy: Vec<String>,
    /// CWE numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<u16>,
    /// Rules of other tools that it covers, by tool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub peers: BTreeMap<String, Vec<String>>,
    /// Pages worth reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// A control of the Pod Security Standards.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pss {
    /// The lowest level that has the control.
    pub level: PssLevel,
    /// Its name on the standards' page.
    pub control: String,
}

/// A level of the Pod Security Standards that forbids something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PssLevel {
    /// Known privilege escalations.
    Baseline,
    /// Current hardening practice.
    Restricted,
}

/// A manifest with its expected findings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Example {
    /// What it shows, a short sentence without period.
    pub name: String,
    /// The text. A line that ends in `# finding` gets one finding, in `# 2 findings` two; no other line gets any.
    pub yaml: String,
    /// The exact text of each finding's place, in order; checked where given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<String>,
    /// The target version, the newest when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<Minor>,
    /// The platform, none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Parameters set for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Literals>,
    /// The kinds to which the example may be moved; every workload kind when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}
