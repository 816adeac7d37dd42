use crate::{
    base::Span,
    rule::{DocumentContext, Native},
    yaml::refusal,
};

pub(crate) const CHECK: Native = Native::Document(check);

/// Asks a strict YAML 1.2 reader about a document that was read by a leniency.
fn check(context: &mut DocumentContext<'_, '_>) {
    let document = context.document;
    if context.objects.is_empty() || !document.lenient || document.error.is_some() {
        return;
    }
    let text = context.parsed.text().get(document.start as usize..document.end as usize).unwrap_or_default();
    let Some(refusal) = refusal(text) else { return };
    let at = (document.start + refusal.offset).min(document.end);
    let span = Span::at(context.parsed.source(), at);
    context.report(span, format!("kubectl reads this, strict YAML 1.2 tools do not: {}", refusal.message));
}
