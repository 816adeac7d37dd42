//! What a rule is: its file, its registry, its match language. Knows no single rule.

mod compiled;
mod condition;
mod context;
mod embedded;
mod file;
mod grants;
mod matcher;
mod params;
mod pattern;
mod peers;
mod registry;
mod remedy;

pub use compiled::{CompileError, Compiled, Native};
pub use context::{Context, DocumentContext, Examined, IndexContext, Target};
pub use file::{
    AddItem, Check, Clause, Confidence, ContainerList, Data, Example, Exempt, Grant, Literal, Literals,
    Missing, MoveField, Named, On, Param, Platform, Pss, PssLevel, QuoteField, References, RemoveField,
    RemoveItem, RenameField, Repair, ReplaceText, RuleFile, SetField, VersionRange,
};
pub use params::Params;
pub use peers::{covering, covering_all, covering_any};
pub use registry::{Profile, Prose, Registry, Rule, RuleError};
pub use remedy::Step;
