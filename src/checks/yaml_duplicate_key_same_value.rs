use crate::rule::{DocumentContext, Native};

pub(crate) const CHECK: Native = Native::Document(check);

/// Reports each key that a mapping of a manifest holds for the second time, with the value that it has already.
fn check(context: &mut DocumentContext<'_, '_>) {
    super::duplicate::report(context, true, "with the same value");
}
