//! Texts inside a kustomization: patches and plugin configurations written in place.

use super::{BuildError, Store, error::Errors, kustomization::Word, trees::owned};
use crate::{
    base::SourceId,
    render::inline::{in_place, place},
    yaml::{Node, Parsed, Tree, parse},
};

/// The documents of the text that `word` holds, at the places where they are written; where that cannot be told, at
/// the word's own.
pub(super) fn documents<'a>(store: &'a Store<'a>, word: &Word<'a>) -> Result<Vec<Node<'a>>, Errors> {
    let text = store.text_by_id(word.span.source);
    if let Some(parsed) = text.and_then(|text| in_place(text, word.node, &word.text, store.limits())) {
        return Ok(roots(store.keep_parsed(parsed)));
    }
    let parsed = parse(SourceId(0), &word.text, store.limits());
    let place = place(text, word.node, &word.text);
    if let Some(error) = parsed.documents().iter().find_map(|document| document.error.as_ref()) {
        return Err(BuildError::invalid(place(error.span), error.message.clone()).into());
    }
    let trees: Vec<Tree<'a>> = roots(&parsed).into_iter().map(|root| owned(root, &place)).collect();
    Ok(trees.into_iter().map(|tree| store.keep_tree(tree).node()).collect())
}

fn roots<'a>(parsed: &'a Parsed<'a>) -> Vec<Node<'a>> {
    parsed.documents().iter().filter_map(|document| parsed.root(document)).collect()
}
