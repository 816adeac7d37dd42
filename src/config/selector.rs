//! How rules are named wherever a user chooses some: a rule's name, `family/*`, or `*`.

use crate::{
    base::did_you_mean,
    rule::{Registry, Rule},
};

/// A choice of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// `*`
    All,
    /// `family/*`; the family's name.
    Family(String),
    /// One rule, by its index in [`Registry::rules`].
    Rule(usize),
}

/// A name that means nothing here. The user's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unknown {
    /// The fact, lower case, no period.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Selector {
    /// Reads a selector as the user wrote it.
    ///
    /// # Errors
    /// [`Unknown`] when no rule and no family has that name.
    pub fn parse(text: &str, registry: &Registry) -> Result<Self, Unknown> {
        if text == "*" {
            return Ok(Self::All);
        }
        if let Some(family) = text.strip_suffix("/*") {
            return known_family(family, registry).map(Self::Family);
        }
        match registry.rules().iter().position(|rule| rule.id.as_str() == text) {
            Some(index) => Ok(Self::Rule(index)),
            None => Err(unknown_rule(text, registry)),
        }
    }

    /// Whether it chooses the rule that stands at `index`.
    pub fn chooses(&self, index: usize, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Family(family) => *family == rule.family,
            Self::Rule(own) => *own == index,
        }
    }

    /// Whether it names the rule that stands at `index`, and no other.
    pub fn names(&self, index: usize) -> bool {
        *self == Self::Rule(index)
    }
}

/// The message for a name that is no rule's.
pub(super) fn unknown_rule(text: &str, registry: &Registry) -> Unknown {
    let has_family = |name: &str| registry.rules().iter().any(|rule| rule.family == name);
    if has_family(text.trim_end_matches('/')) {
        let family = text.trim_end_matches('/');
        return Unknown {
            message: format!("`{text}` is a family, not a rule"),
            help: Some(format!("write `{family}/*` for all of its rules")),
        };
    }
    let name = text.rsplit('/').next().unwrap_or_default();
    let near = did_you_mean(name, registry.rules().iter().map(|rule| rule.id.as_str()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`plimsoll rules` lists them all".to_owned(),
    };
    Unknown { message: format!("unknown rule `{text}`"), help: Some(help) }
}

fn known_family(family: &str, registry: &Registry) -> Result<String, Unknown> {
    let families = || registry.rules().iter().map(|rule| rule.family.as_str());
    if families().any(|known| known == family) {
        return Ok(family.to_owned());
    }
    let help = did_you_mean(family, families()).map(|near| format!("did you mean `{near}/*`?"));
    Err(Unknown { message: format!("unknown family `{family}`"), help })
}

/// The name of a profile, checked.
///
/// # Errors
/// [`Unknown`] when there is no such profile.
pub fn known_profile(name: &str, registry: &Registry) -> Result<String, Unknown> {
    let names = || registry.profiles().iter().map(|profile| profile.name.as_str());
    if names().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let help = did_you_mean(name, names()).map_or_else(
        || format!("the profiles are {}", names().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Unknown { message: format!("unknown profile `{name}`"), help: Some(help) })
}
