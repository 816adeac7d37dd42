//! The rules that plimsoll ships: checked and embedded by the build script.

use std::borrow::Cow;

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
    /// Every shipped rule. Costs a parse of what runs, not of what is only read.
    ///
    /// # Errors
    /// [`RuleError::Embedded`], which would be a bug of the build.
    pub fn embedded() -> Result<Self, RuleError> {
        let files: Vec<RuleFile> = serde_json::from_str(table::RULES).map_err(RuleError::Embedded)?;
        let rules = files
            .into_iter()
            .zip(table::TEXTS)
            .map(|(file, (family, text))| Rule::new(family, file, Cow::Borrowed(*text)));
        let profiles: Vec<Profile> = serde_json::from_str(table::PROFILES).map_err(RuleError::Embedded)?;
        Ok(Registry::new(rules.collect(), profiles))
    }
}
