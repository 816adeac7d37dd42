//! A rule made ready for a run: paths parsed, parameters put in, native checks found.

use std::collections::BTreeMap;

use super::{
    Rule,
    condition::Condition,
    context::{Context, DocumentContext, IndexContext},
    file::{Check, ContainerList, Exempt, Grant, Literals, Missing, On, VersionRange},
    params::Params,
    remedy::Remedy,
};
use crate::{
    base::Severity,
    yaml::{ParsePathError, Path},
};

/// A check written in Rust, by what it looks at.
#[derive(Debug, Clone, Copy)]
pub enum Native {
    /// Each object of the rule's kinds.
    Object(fn(&mut Context<'_, '_>)),
    /// Each document of each text, whether it parses or not.
    Document(fn(&mut DocumentContext<'_, '_>)),
    /// All objects together, once, after every file was read.
    Index(fn(&mut IndexContext<'_>)),
    /// What the engine meets while it builds kustomizations.
    Build,
    /// What the engine meets among the comments and annotations that silence findings.
    Silences,
}

/// A rule that cannot run. The rule author's fault.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A path does not parse.
    #[error(transparent)]
    Path(#[from] ParsePathError),
    /// A regular expression does not parse.
    #[error(transparent)]
    Regex(#[from] Box<regex::Error>),
    /// A path starts at a root that there is not.
    #[error(
        "`{0}` starts nowhere: use `$pod`, `$object` or `$volume`, in a fix `$value` and `$metadata`, too"
    )]
    Root(String),
    /// No such parameter, or one of another type.
    #[error("`{0}` is no parameter of this rule, or not of the type that is needed here")]
    Param(String),
    /// A bound that is no number.
    #[error("{0} is not a number")]
    NotANumber(String),
    /// The check names no subject.
    #[error("a check needs `native` or `on`")]
    NoSubject,
    /// No native check of that name.
    #[error("there is no native check `{0}`")]
    NoNative(String),
}

impl From<regex::Error> for CompileError {
    fn from(error: regex::Error) -> Self {
        CompileError::Regex(Box::new(error))
    }
}

/// A selected rule, ready to run.
#[derive(Debug)]
pub struct Compiled<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// Its severity after configuration.
    pub severity: Severity,
    /// Its parameters.
    pub params: Params<'r>,
    pub(super) matches: Vec<Match>,
    /// Its native checks.
    pub natives: Vec<Native>,
    /// How the findings of its native checks are repaired, where its file says so.
    pub(super) remedies: Vec<Remedy>,
}

/// A declarative check.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) on: On,
    pub(super) containers: Vec<ContainerList>,
    pub(super) filter: Vec<Condition>,
    pub(super) unless: Vec<Condition>,
    pub(super) exempt: Exempt,
    pub(super) kubernetes: VersionRange,
    pub(super) path: Path,
    pub(super) inherit: bool,
    pub(super) when: Option<Condition>,
    pub(super) missing: Missing,
    pub(super) grants: Vec<Grant>,
    pub(super) together: bool,
    pub(super) say: String,
    pub(super) say_missing: Option<String>,
    pub(super) remedies: Vec<Remedy>,
}

impl<'r> Compiled<'r> {
    /// Makes `rule` ready. `find_native` knows the native checks by name.
    ///
    /// # Errors
    /// [`CompileError`] for what the rule's author got wrong.
    pub fn new(
        rule: &'r Rule,
        severity: Severity,
        set: &'r BTreeMap<String, Literals>,
        find_native: impl Fn(&str) -> Option<Native>,
    ) -> Result<Self, CompileError> {
        let params = Params::new(rule, set);
        let (matches, natives, remedies) = (Vec::new(), Vec::new(), Vec::new());
        let mut compiled = Self { rule, severity, params, matches, natives, remedies };
        for check in rule.checks() {
            match &check.native {
                Some(name) => {
                    let native = find_native(name).ok_or_else(|| CompileError::NoNative(name.clone()))?;
                    compiled.natives.push(native);
                    compiled.remedies = remedies_of(rule, check, &params)?;
                }
                None => compiled.matches.push(Match::compile(rule, check, &params)?),
            }
        }
        Ok(compiled)
    }

    /// The first regular expression of its rule file that does not compile. They are compiled when first used; this is
    /// for whoever loads a rule that nobody has tested.
    pub fn broken_pattern(&self) -> Option<&str> {
        self.matches.iter().flat_map(Match::conditions).find_map(Condition::broken_pattern)
    }

    /// Whether it has something to say about single objects.
    pub fn looks_at_objects(&self) -> bool {
        !self.matches.is_empty() || self.natives.iter().any(|native| matches!(native, Native::Object(_)))
    }
}

impl Match {
    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.filter.iter().chain(&self.unless).chain(&self.when)
    }

    fn compile(rule: &Rule, check: &Check, params: &Params<'_>) -> Result<Self, CompileError> {
        let conditions = |clauses: &[super::Clause]| {
            clauses.iter().map(|clause| Condition::compile(clause, params)).collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            on: check.on.ok_or(CompileError::NoSubject)?,
            containers: check.containers.clone(),
            filter: conditions(&check.filter)?,
            unless: conditions(&check.unless)?,
            exempt: check.exempt.unwrap_or_default(),
            kubernetes: check.kubernetes.unwrap_or_default(),
            path: Path::parse(&check.path)?,
            inherit: check.inherit,
            when: check.when.as_ref().map(|clause| Condition::compile(clause, params)).transpose()?,
            missing: check.missing,
            grants: check.grants.iter().map(|grant| filled(grant, params)).collect::<Result<_, _>>()?,
            together: check.together,
            say: check.say.clone(),
            say_missing: check.say_missing.clone(),
            remedies: remedies_of(rule, check, params)?,
        })
    }
}

/// The fixes of `check`, else those of its rule.
fn remedies_of(rule: &Rule, check: &Check, params: &Params<'_>) -> Result<Vec<Remedy>, CompileError> {
    let repairs = if check.fix.is_empty() { rule.repairs() } else { &check.fix };
    let declared = repairs.iter().filter(|repair| !repair.native);
    declared.map(|repair| Remedy::compile(repair, params)).collect()
}

/// `grant` with the parameters put in.
fn filled(grant: &Grant, params: &Params<'_>) -> Result<Grant, CompileError> {
    Ok(Grant {
        groups: params.words(&grant.groups)?,
        resources: params.words(&grant.resources)?,
        verbs: params.words(&grant.verbs)?,
        named: grant.named,
        names: params.words(&grant.names)?,
    })
}
