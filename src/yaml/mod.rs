//! Text to span tree: plimsoll's own YAML reader. It accepts what go-yaml (and so kubectl) accepts,
//! and gives every node, key and comment its exact bytes. Knows no field name of Kubernetes.

mod cook;
mod duplicate;
mod edit;
mod events;
mod limits;
mod node;
mod parse;
mod path;
mod referee;
mod scalar;
mod split;
mod tape;
mod tape_node;
mod tree;
mod written;

pub use duplicate::duplicate_keys;
pub use edit::{Change, Desk, Draft, Edited, Leg, Texts, change};
pub use events::events;
pub use limits::Limits;
pub use node::{Entries, Entry, Items, Kind, Node};
pub use parse::{parse, parse_filtered, parse_part};
pub use path::{Hit, ParsePathError, Path, Step, push_key};
pub use referee::{Refusal, refusal};
pub use scalar::Scalar;
pub use split::split_documents;
pub use tape::{Comment, Document, Parsed, Style, SyntaxError, SyntaxErrorKind};
pub use tree::{Tree, Value};
pub use written::Written;
