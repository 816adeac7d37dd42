//! Image overrides as Argo CD writes them, and `kustomize edit set image` reads them.

use crate::{
    base::Span,
    yaml::{Node, Tree, Value},
};

/// The list of `images` that a list of texts stands for.
pub(super) fn images(list: Node<'_>) -> Tree<'static> {
    let items = list.items().filter_map(|item| Some(image(item.text()?.trim(), item.span())));
    Tree::Sequence(items.collect(), list.span())
}

/// `name=new/name:tag`, `name:tag`, `name@digest`, each part at `span`.
fn image(text: &str, span: Span) -> Tree<'static> {
    let (old, new) = text.split_once('=').map_or((None, text), |(old, new)| (Some(old), new));
    let (new, digest) = new.split_once('@').map_or((new, None), |(new, digest)| (new, Some(digest)));
    // A colon before the last slash is a port.
    let name_at = new.rfind('/').map_or(0, |slash| slash + 1);
    let (new, tag) = match new[name_at..].find(':').map(|colon| name_at + colon) {
        Some(colon) => (&new[..colon], Some(&new[colon + 1..])),
        None => (new, None),
    };
    let new_name = old.and(Some(new)).filter(|new| *new != "*");
    let parts =
        [("name", Some(old.unwrap_or(new))), ("newName", new_name), ("newTag", tag), ("digest", digest)];
    let entries = parts
        .into_iter()
        .filter_map(|(key, part)| Some((Value::plain(key, span), Tree::text(part?.to_owned(), span))));
    Tree::Mapping(entries.collect(), span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SourceId;

    #[test]
    fn an_override_is_taken_apart_as_kustomize_does() {
        for (text, expected) in [
            ("nginx:1.27", "name=nginx newTag=1.27"),
            ("nginx=registry:5000/a/nginx:1", "name=nginx newName=registry:5000/a/nginx newTag=1"),
            ("registry:5000/nginx", "name=registry:5000/nginx"),
            ("nginx@sha256:ab", "name=nginx digest=sha256:ab"),
            ("a/b=c/d@sha256:ab", "name=a/b newName=c/d digest=sha256:ab"),
            ("nginx=*:2", "name=nginx newTag=2"),
        ] {
            let tree = image(text, Span::at(SourceId(0), 0));
            let fields = tree.node().fields();
            let shown: Vec<String> = fields
                .iter()
                .map(|it| format!("{}={}", it.key.text().unwrap(), it.value.text().unwrap()))
                .collect();
            assert_eq!(shown.join(" "), expected, "{text}");
        }
    }
}
