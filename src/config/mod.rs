//! What the user chose: `.plimsoll.yaml` and the options that beat it. Knows which rules there are, never how
//! they work.

mod account;
mod error;
mod exclude;
mod extend;
mod file;
mod foreign;
mod literal;
mod overrides;
mod reader;
mod resolver;
mod schema;
mod selector;
mod settings;
mod version;

pub use account::Fate;
pub use error::{Broken, ConfigError};
pub use file::{Config, RuleChoice, load};
pub use foreign::{FOREIGN_FILES, Foreign, ForeignTool};
pub use overrides::{Override, Said};
pub use resolver::{FILE_NAMES, LastGood, Resolver};
pub use schema::schema;
pub use selector::{Selector, Unknown, known_profile};
pub use settings::{Overrides, Selected, Settings};
