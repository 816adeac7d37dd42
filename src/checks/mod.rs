//! What the match language cannot say: one native check a file, joined to its rule by the file's name. Each file
//! has a `CHECK`; the build script lists them.

use crate::rule::Native;

include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// The native check that rule files call `name`.
pub fn find(name: &str) -> Option<Native> {
    NATIVES.iter().find(|(known, _)| *known == name).map(|(_, native)| *native)
}
