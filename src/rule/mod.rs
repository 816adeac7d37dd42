//! What a rule is: its file, its registry, its match language. Knows no single rule.

mod file;
mod registry;

pub use file::{
    Check, Clause, Confidence, ContainerList, Example, Exempt, Grant, Literal, Literals, Missing, Named, On,
    Param, Platform, Pss, PssLevel, References, RuleFile, VersionRange,
};
pub use registry::{Prose, Registry, Rule, RuleError};
