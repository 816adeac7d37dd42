//! What kind of patch a text holds.

use super::PatchError;
use crate::{
    base::Span,
    yaml::{Kind, Node},
};

/// The documents of a patch file, or of a patch written in place.
#[derive(Debug, Clone)]
pub enum PatchBody<'a> {
    /// Partial objects, one for each.
    Merge(Vec<Node<'a>>),
    /// A list of JSON patch operations.
    Json6902(Node<'a>),
}

impl<'a> PatchBody<'a> {
    /// Tells from the roots of a text's documents, of which the empty ones do not count; `place` is what to point at
    /// when there is nothing else.
    ///
    /// # Errors
    /// [`PatchError`] when the text is neither kind, as kustomize refuses it.
    pub fn read(roots: &[Node<'a>], place: Span) -> Result<Self, PatchError> {
        let roots: Vec<Node<'a>> = roots.iter().copied().filter(|root| !super::smp::is_null(*root)).collect();
        let Some(first) = roots.first() else { return Err(PatchError::new("the patch is empty", place)) };
        if first.kind() == Kind::Sequence && roots.len() == 1 {
            return Self::json6902(*first);
        }
        for root in &roots {
            let has =
                |key: &str| root.get(key).is_some_and(|it| it.text().is_some_and(|text| !text.is_empty()));
            if root.kind() != Kind::Mapping {
                let message = "the patch is neither a partial object nor a list of JSON patch operations";
                return Err(PatchError::new(message, root.head()));
            }
            if !has("kind") {
                return Err(PatchError::new("the patch has no `kind`", root.head()));
            }
            let name = root.get("metadata").and_then(|it| it.get("name")).and_then(Node::text);
            if name.is_none_or(|name| name.is_empty()) {
                return Err(PatchError::new("the patch has no `metadata.name`", root.head()));
            }
        }
        Ok(Self::Merge(roots))
    }

    fn json6902(root: Node<'a>) -> Result<Self, PatchError> {
        match root.items().find(|item| item.kind() != Kind::Mapping) {
            Some(item) => Err(PatchError::new("a JSON patch operation is not a mapping", item.head())),
            None => Ok(Self::Json6902(root)),
        }
    }
}
