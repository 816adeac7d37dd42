//! Texts inside texts: patches that are written in place. They are read where they stand, so that what they set and
//! their comments have places in the outer text.

use super::kustomization::patch_texts;
use crate::{
    base::Span,
    yaml::{Limits, Node, Parsed, Style, Written, parse, parse_part},
};

/// What turns the places of a text into those of the text that holds it.
pub type Place<'p> = &'p dyn Fn(Span) -> Span;

/// Gives `hear` every patch that is written in place in a text, with what turns the patch's own places into those of
/// the text. Where the two cannot be compared, everything stands at the patch as a whole.
pub fn each_inline_patch(parsed: &Parsed<'_>, hear: &mut dyn FnMut(&Parsed<'_>, Place<'_>)) {
    let limits = Limits::default();
    let roots = parsed.documents().iter().filter_map(|document| parsed.root(document));
    for node in roots.flat_map(patch_texts) {
        let Some(word) = node.text() else { continue };
        if let Some(inner) = in_place(parsed.text(), node, &word, &limits) {
            hear(&inner, &|span| span);
            continue;
        }
        let inner = parse(parsed.source(), &word, &limits);
        hear(&inner, &place(Some(parsed.text()), node, &word));
    }
}

/// The scalars of a text that hold its inline patches.
pub fn inline_patches<'a>(parsed: &'a Parsed<'a>) -> impl Iterator<Item = Node<'a>> {
    parsed.documents().iter().filter_map(|document| parsed.root(document)).flat_map(patch_texts)
}

/// The scalar `node` of `text`, which says `word`, read where it stands, if it can be: its spans are exact.
pub(super) fn in_place<'t>(text: &'t str, node: Node<'_>, word: &str, limits: &Limits) -> Option<Parsed<'t>> {
    if node.via().is_some() || word.starts_with("---") || word.contains("\n---") {
        return None;
    }
    let span = node.span();
    let (start, end) = (span.start as usize, span.end as usize);
    let raw = text.get(start..end)?;
    let range = match node.style() {
        Style::Literal => {
            let header = raw.find('\n')?;
            // A number there says how much of the indentation is text.
            if raw[..header].contains(|c: char| c.is_ascii_digit()) {
                return None;
            }
            start + header + 1..end
        }
        Style::SingleQuoted | Style::DoubleQuoted if raw.len() == word.len() + 2 => start + 1..end - 1,
        _ => return None,
    };
    let parsed = parse_part(span.source, text, range, limits);
    let is_whole = parsed.documents().iter().all(|document| document.error.is_none());
    is_whole.then_some(parsed)
}

/// What turns the places of `word`, read by itself, into those of the scalar `node` of `text` that says it.
pub(super) fn place(text: Option<&str>, node: Node<'_>, word: &str) -> impl Fn(Span) -> Span + use<> {
    let whole = node.span();
    let raw = text.and_then(|text| text.get(whole.range())).filter(|_| node.via().is_none());
    let written = raw.and_then(|raw| Written::find(raw, word));
    move |span| {
        let Some(written) = &written else { return whole };
        let part = written.range(span.range());
        Span::new(whole.source, whole.start + part.start as u32, whole.start + part.end as u32)
    }
}
