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
    /// Tells from the roots of a text's documents, of which the empty ones do not count; `place` is what to
    /// point at when there is nothing else.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::testing::parsed;

    fn read(text: &str) -> Result<String, String> {
        let parsed = parsed(0, text);
        let roots: Vec<_> = parsed.documents().iter().filter_map(|document| parsed.root(document)).collect();
        match PatchBody::read(&roots, Span::at(crate::base::SourceId(0), 0)) {
            Ok(PatchBody::Merge(roots)) => Ok(format!("{} objects", roots.len())),
            Ok(PatchBody::Json6902(_)) => Ok("operations".to_owned()),
            Err(error) => Err(error.message),
        }
    }

    #[test]
    fn a_patch_is_told_by_its_shape() {
        let object = "kind: Pod\nmetadata: {name: a}\n";
        assert_eq!(read(object).unwrap(), "1 objects");
        assert_eq!(read(&format!("---\n{object}---\n# nothing\n---\n{object}")).unwrap(), "2 objects");
        assert_eq!(read("- {op: remove, path: /a}\n").unwrap(), "operations");
        assert_eq!(read("metadata: {name: a}\n").unwrap_err(), "the patch has no `kind`");
        assert_eq!(read("kind: Pod\n").unwrap_err(), "the patch has no `metadata.name`");
        assert_eq!(read("- foo\n").unwrap_err(), "a JSON patch operation is not a mapping");
        assert_eq!(read("# nothing\n").unwrap_err(), "the patch is empty");
        assert!(read("just words\n").unwrap_err().starts_with("the patch is neither"));
        assert!(read("- {op: remove, path: /a}\n---\n- {op: remove, path: /b}\n").is_err());
    }
}
