use crate::{
    rule::{DocumentContext, Native},
    yaml::duplicate_keys,
};

pub(crate) const CHECK: Native = Native::Document(check);

/// Reports each key that a mapping of a manifest holds for the second time.
fn check(context: &mut DocumentContext<'_, '_>) {
    if !context.holds_objects {
        return;
    }
    let Some(root) = context.parsed.root(context.document) else { return };
    for (first, again) in duplicate_keys(root) {
        let key = again.text().unwrap_or_default().into_owned();
        context
            .report(again.span(), format!("the key `{key}` stands twice in this mapping, and only the last one counts"))
            .relate(first.span(), "it stands here first");
    }
}
