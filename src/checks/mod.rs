//! What the match language cannot say: one native check a file, joined to its rule by the file's name. Each file
//! has a `CHECK`; the build script lists them.

mod duplicate;
mod profile;
mod rbac_word;

use crate::{
    rule::{DocumentContext, Native},
    yaml::SyntaxErrorKind,
};

include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// The native check that rule files call `name`.
pub fn find(name: &str) -> Option<Native> {
    NATIVES.iter().find(|(known, _)| *known == name).map(|(_, native)| *native)
}

/// Reports the document's error if it is of this kind.
fn report_error(context: &mut DocumentContext<'_, '_>, kind: SyntaxErrorKind) {
    let Some(error) = context.document.error.as_ref().filter(|error| error.kind == kind) else { return };
    let diagnostic = context.report(error.span, error.message.clone());
    if let Some((span, text)) = &error.second {
        diagnostic.relate(*span, text.clone());
    }
}
