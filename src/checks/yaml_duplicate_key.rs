use crate::rule::{DocumentContext, Native};

pub(crate) const CHECK: Native = Native::Document(check);

/// Reports each key that a mapping of a manifest holds for the second time, with another value.
fn check(context: &mut DocumentContext<'_, '_>) {
    super::duplicate::report(context, false, "and readers disagree about which of its values counts");
}
