//! Texts inside a kustomization: patches and plugin configurations written in place.

use super::{BuildError, Store, error::Errors, kustomization::Word, trees::owned};
use crate::{
    base::{SourceId, Span},
    yaml::{Node, Parsed, Style, Tree, parse, parse_part},
};

/// The documents of the text that `word` holds. Their spans are exact where the text stands as it is; where quotes
/// or folding change it, everything is written at the word's own place.
pub(super) fn documents<'a>(store: &'a Store<'a>, word: &Word<'a>) -> Result<Vec<Node<'a>>, Errors> {
    if let Some(parsed) = in_place(store, word) {
        return Ok(roots(store.keep_parsed(parsed)));
    }
    let parsed = parse(SourceId(0), &word.text, store.limits());
    if let Some(error) = parsed.documents().iter().find_map(|document| document.error.as_ref()) {
        return Err(BuildError::invalid(word.span, error.message.clone()).into());
    }
    let place = |_: Span| word.span;
    let trees: Vec<Tree<'a>> = roots(&parsed).into_iter().map(|root| owned(root, &place)).collect();
    Ok(trees.into_iter().map(|tree| store.keep_tree(tree).node()).collect())
}

fn roots<'a>(parsed: &'a Parsed<'a>) -> Vec<Node<'a>> {
    parsed.documents().iter().filter_map(|document| parsed.root(document)).collect()
}

/// The text parsed where it stands, if it can be.
fn in_place<'a>(store: &'a Store<'a>, word: &Word<'a>) -> Option<Parsed<'a>> {
    if word.node.via().is_some() || word.text.starts_with("---") || word.text.contains("\n---") {
        return None;
    }
    let text = store.text_by_id(word.span.source)?;
    let (start, end) = (word.span.start as usize, word.span.end as usize);
    let raw = text.get(start..end)?;
    let range = match word.node.style() {
        Style::Literal => {
            let header = raw.find('\n')?;
            // A number there says how much of the indentation is text.
            if raw[..header].contains(|c: char| c.is_ascii_digit()) {
                return None;
            }
            start + header + 1..end
        }
        Style::SingleQuoted | Style::DoubleQuoted if raw.len() == word.text.len() + 2 => start + 1..end - 1,
        _ => return None,
    };
    let parsed = parse_part(word.span.source, text, range, store.limits());
    let is_whole = parsed.documents().iter().all(|document| document.error.is_none());
    is_whole.then_some(parsed)
}
