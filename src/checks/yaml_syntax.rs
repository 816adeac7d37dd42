use crate::{
    rule::{DocumentContext, Native},
    yaml::SyntaxErrorKind,
};

pub(crate) const CHECK: Native = Native::Document(check);

/// Reports where a document stopped being YAML.
fn check(context: &mut DocumentContext<'_, '_>) {
    super::report_error(context, SyntaxErrorKind::Syntax);
}
