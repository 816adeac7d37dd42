//! The rules that plimsoll ships: checked and embedded by the build script.

use super::{Profile, Registry, Rule, RuleError, RuleFile};

/// A rule of another tool: the tool, the rule's id there, and the shipped rules that cover it.
pub(super) type Peer = (&'static str, &'static str, &'static [&'static str]);

/// Every rule of another tool that a shipped rule covers, by tool and id. Costs nothing: the build made it.
pub(super) fn peers() -> &'static [Peer] {
    table::PEERS
}

mod table {
    include!(concat!(env!("OUT_DIR"), "/rules.rs"));
}

impl Registry {
    /// Every shipped rule. Costs a parse of what tells whether a rule runs; the rest is read when it does.
    ///
    /// # Errors
    /// [`RuleError::Embedded`], which would be a bug of the build.
    pub fn embedded() -> Result<Self, RuleError> {
        let files: Vec<RuleFile> = serde_json::from_str(table::RULES).map_err(RuleError::Embedded)?;
        let rules = files
            .into_iter()
            .zip(table::TEXTS)
            .map(|(head, (family, body, text))| Rule::embedded(family, head, body, text));
        let profiles: Vec<Profile> = serde_json::from_str(table::PROFILES).map_err(RuleError::Embedded)?;
        Ok(Registry::new(rules.collect(), profiles))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_checks_once_it_is_asked_for_them() {
        for rule in Registry::embedded().unwrap().rules() {
            assert!(!rule.checks().is_empty(), "{}", rule.id);
        }
    }
}
