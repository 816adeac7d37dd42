//! What every rule produces and every report prints.

use std::{fmt, sync::Arc};

use super::{Fix, Severity, Span};

/// A rule's kebab-case name; cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Wraps `name`; whether such a rule exists is the registry's to know.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A place with a word about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What the place has to do with the finding; short, lower case.
    pub text: String,
}

/// Which object a finding is about: what it is called in the cluster, not where it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// As written, with the group: `apps/v1`.
    pub api_version: String,
    /// As written: `Deployment`.
    pub kind: String,
    /// `None` when the manifest leaves it to whoever applies it.
    pub namespace: Option<String>,
    /// Name, or `generateName` followed by `*`; empty when there is neither.
    pub name: String,
}

impl fmt::Display for ObjectId {
    /// `Deployment shop/web`, or `Deployment web` without a namespace.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.kind.is_empty() { "object" } else { &self.kind };
        let name = if self.name.is_empty() { "(no name)" } else { &self.name };
        match &self.namespace {
            Some(namespace) => write!(f, "{kind} {namespace}/{name}"),
            None => write!(f, "{kind} {name}"),
        }
    }
}

/// What a finding is about, in the cluster's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The object, shared by all its findings.
    pub object: Arc<ObjectId>,
    /// The container's name, where it is about one.
    pub container: Option<String>,
    /// Field path from the object's root: `spec.template.spec.hostNetwork`; empty for the object itself.
    pub path: String,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which rule.
    pub rule: RuleId,
    /// How bad, after the user's configuration.
    pub severity: Severity,
    /// One line: object, container, field and what is wrong; no closing period.
    pub message: String,
    /// The deciding value, or for something missing the deepest thing that exists.
    pub primary: Label,
    /// Other places that belong to it, in reading order.
    pub related: Vec<Label>,
    /// It is about something that is not there: a patch, or a base whose overlay is unknown, may yet bring it.
    pub absence: bool,
    /// Absent for a text that holds no object, such as a broken document.
    pub subject: Option<Subject>,
    /// What to change here, where that is more than the rule's own text.
    pub help: Option<String>,
    /// Repairs, the best first.
    pub fixes: Vec<Fix>,
    /// The kustomizations in whose result it was found; empty for a plain file.
    pub overlays: Vec<String>,
    /// The kustomizations in whose result the same object is without it.
    pub spared: Vec<String>,
}

impl Diagnostic {
    /// Adds a related place.
    pub fn relate(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Says what to change here, in place of the rule's own text.
    pub fn advise(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// The order of output: place, then rule, then words.
    pub fn sort_key(&self) -> (Span, &RuleId, &str) {
        (self.primary.span, &self.rule, &self.message)
    }
}
