//! Names of capabilities in another form than the documented one.

use super::unknown_capability::listed;
use crate::{
    base::Safety,
    kube::capability,
    rule::{Context, Native, Step},
};

pub(crate) const CHECK: Native = Native::Object(check);

fn check(ctx: &mut Context<'_, '_>) {
    for word in listed(ctx) {
        let written = &*word.written;
        if !written.starts_with("CAP_") && !written.contains(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let say = format!(
            "`capabilities.{}` holds `{written}`: some runtimes and Pod Security only take capital letters without \
             `CAP_`",
            word.field
        );
        ctx.report(word.place, &say);
        let meant = capability(written);
        // Case makes no difference to the runtimes of today; behind `CAP_` something begins to be added or dropped.
        let is_same = meant.eq_ignore_ascii_case(written);
        let safety = if is_same { Safety::Safe } else { Safety::Unsafe };
        if meant != written {
            ctx.fix(safety, &format!("Write `{meant}`"), &[Step::set_text(word.node, &[], &meant)]);
        }
    }
}
