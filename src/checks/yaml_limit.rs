use crate::{
    rule::{DocumentContext, Native},
    yaml::SyntaxErrorKind,
};

pub(crate) const CHECK: Native = Native::Document(check);

/// Reports a document that would cost more to read than the limits allow.
fn check(context: &mut DocumentContext<'_, '_>) {
    super::report_error(context, SyntaxErrorKind::Limit);
}
