//! `images`: new names, tags and digests for container images.

use super::{
    FieldSpecs,
    accumulator::Accumulator,
    error::Errors,
    field_spec::{Make, Misfit},
    kustomization::{Word, word},
    transform::misfit,
};
use crate::{
    base::Span,
    yaml::{Kind, Node, Tree},
};

/// Applies one entry to every container of every object.
pub(super) fn run<'a>(
    entry: Node<'a>,
    specs: FieldSpecs<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let change = Change::new(entry);
    for resource in &mut accumulator.resources {
        if resource.gvk().kind == "CustomResourceDefinition" {
            continue;
        }
        if holds_match(resource.tree.node(), &change) {
            in_containers(&mut resource.tree, &change);
        }
        for spec in specs {
            let mut set = |tree: &mut Tree<'a>| change.apply_to_field(tree);
            spec.apply(resource, Make::Nothing, entry.head(), &mut set)
                .map_err(|it| misfit(&it, resource, entry.head()))?;
        }
    }
    Ok(())
}

/// How kustomize finds an image: it puts the name into a regular expression as it is, so a dot fits anything.
enum Pattern {
    /// The name is one without other signs of a regular expression.
    Name,
    Expression(regex::Regex),
    /// The name makes none.
    Exact,
}

struct Change<'a> {
    name: String,
    pattern: Pattern,
    new_name: Option<Word<'a>>,
    new_tag: Option<Word<'a>>,
    tag_suffix: Option<Word<'a>>,
    digest: Option<Word<'a>>,
}

/// The lists that hold containers, wherever in an object they stand.
const LISTS: [&str; 2] = ["containers", "initContainers"];

/// What may follow the name: a tag, then a digest.
const TAIL: &str = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$";

impl<'a> Change<'a> {
    fn new(entry: Node<'a>) -> Self {
        let name = word(entry, "name").map(|it| it.text.into_owned()).unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:".contains(&byte);
        let pattern = if name.bytes().all(is_plain) {
            Pattern::Name
        } else {
            let expression = regex::Regex::new(&format!("^{name}{TAIL}"));
            expression.map_or(Pattern::Exact, Pattern::Expression)
        };
        Self {
            name,
            pattern,
            new_name: word(entry, "newName"),
            new_tag: word(entry, "newTag"),
            tag_suffix: word(entry, "tagSuffix"),
            digest: word(entry, "digest"),
        }
    }

    fn fits(&self, image: &str) -> bool {
        match &self.pattern {
            Pattern::Name => fits(&self.name, image),
            Pattern::Expression(expression) => expression.is_match(image),
            Pattern::Exact => image == self.name,
        }
    }

    fn apply_to_field(&self, tree: &mut Tree<'a>) -> Result<(), Misfit> {
        if tree.kind() != Kind::Scalar {
            return Err(Misfit { message: "the image is no text".to_owned(), span: tree.span() });
        }
        self.apply(tree);
        Ok(())
    }

    fn apply(&self, tree: &mut Tree<'a>) {
        let Some(image) = tree.as_text().map(std::borrow::Cow::into_owned).filter(|image| self.fits(image))
        else {
            return;
        };
        let (name, tag, digest) = split(&image);
        let name = self.new_name.as_ref().map_or(name, |it| &it.text);
        let (tag, digest) = match (&self.new_tag, &self.digest, &self.tag_suffix) {
            (Some(tag), Some(digest), _) => (tag.text.to_string(), &*digest.text),
            (Some(tag), None, _) => (tag.text.to_string(), ""),
            (None, Some(digest), _) => (String::new(), &*digest.text),
            (None, None, Some(suffix)) => (format!("{tag}{}", suffix.text), ""),
            (None, None, None) => (tag.to_owned(), digest),
        };
        let mut text = name.to_owned();
        if !tag.is_empty() {
            text.push(':');
            text.push_str(&tag);
        }
        if !digest.is_empty() {
            text.push('@');
            text.push_str(digest);
        }
        let span = self.place().unwrap_or(tree.span());
        *tree = Tree::text(text, span);
    }

    /// Where the new value is written: the part that decides most.
    fn place(&self) -> Option<Span> {
        let parts = [&self.digest, &self.new_tag, &self.new_name, &self.tag_suffix];
        parts.into_iter().flatten().next().map(|word| word.span)
    }
}

/// Whether `image` is `name`, in which a dot is any character, with what [`TAIL`] allows behind it.
fn fits(name: &str, image: &str) -> bool {
    let mut rest = image.chars();
    for asked in name.chars() {
        if !rest.next().is_some_and(|own| own == asked || asked == '.' && own != '\n') {
            return false;
        }
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_.{}-".contains(c);
    let mut rest = rest.as_str();
    for mark in [":", "@sha256:"] {
        rest = rest.strip_prefix(mark).map_or(rest, |behind| behind.trim_start_matches(is_part));
    }
    rest.is_empty()
}

/// Name, tag and digest; a colon before the first slash belongs to a registry's port.
fn split(image: &str) -> (&str, &str, &str) {
    let host = image.find('/').unwrap_or(0);
    let at = image[host..].find('@').map(|at| at + host);
    let (front, digest) = at.map_or((image, ""), |at| (&image[..at], &image[at + 1..]));
    match front[host.min(front.len())..].find(':').map(|colon| colon + host) {
        Some(colon) => (&front[..colon], &front[colon + 1..], digest),
        None => (front, "", digest),
    }
}

/// Whether an image below `node` is meant, so that nothing is unfolded in vain.
fn holds_match(node: Node<'_>, change: &Change<'_>) -> bool {
    match node.kind() {
        Kind::Scalar => false,
        Kind::Sequence => node.items().any(|item| holds_match(item, change)),
        Kind::Mapping => node.fields().into_iter().any(|it| {
            let is_list = LISTS.iter().any(|list| it.key.is(list));
            is_list
                && it.value.items().any(|item| {
                    item.get("image").and_then(Node::text).is_some_and(|image| change.fits(&image))
                })
                || holds_match(it.value, change)
        }),
    }
}

fn in_containers<'a>(tree: &mut Tree<'a>, change: &Change<'a>) {
    match tree.kind() {
        Kind::Scalar => {}
        Kind::Sequence => {
            for item in tree.items_mut().into_iter().flatten().filter(|item| holds_match(item.node(), change))
            {
                in_containers(item, change);
            }
        }
        Kind::Mapping => {
            for (key, value) in tree.entries_mut().into_iter().flatten() {
                if LISTS.contains(&&*key.text) && value.kind() == Kind::Sequence {
                    in_list(value, change);
                }
                if holds_match(value.node(), change) {
                    in_containers(value, change);
                }
            }
        }
    }
}

fn in_list<'a>(list: &mut Tree<'a>, change: &Change<'a>) {
    for container in list.items_mut().into_iter().flatten() {
        let image = container.node().get("image").and_then(Node::text);
        if image.is_some_and(|image| change.fits(&image))
            && let Some(image) = container.get_mut("image")
        {
            change.apply(image);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_split_behind_its_registry() {
        for (image, parts) in [
            ("nginx", ("nginx", "", "")),
            ("nginx:1.7", ("nginx", "1.7", "")),
            ("localhost:5000/nginx", ("localhost:5000/nginx", "", "")),
            ("localhost:5000/nginx:1@sha256:ab", ("localhost:5000/nginx", "1", "sha256:ab")),
            ("a/b@sha256:ab", ("a/b", "", "sha256:ab")),
        ] {
            assert_eq!(split(image), parts, "{image}");
        }
    }

    #[test]
    fn an_image_fits_as_the_regular_expression_would() {
        let names = ["nginx", "a.b/c", "", "localhost:5000/nginx", "n"];
        let images = [
            "nginx",
            "nginx:1.7",
            "nginx@sha256:ab",
            "nginx:1@sha256:ab",
            "nginx@sha256:ab:1",
            "nginx:",
            "axb/c:{t}",
            "a.b/c",
            "a\nb/c",
            "aéb/c",
            "localhost:5000/nginx:1",
            "nginx2",
            "",
            ":1",
            "nginx:1 ",
            "nginx:a/b",
            "n",
            "nginx::1",
            "nginx:1\n",
        ];
        for name in names {
            let regex = regex::Regex::new(&format!("^{name}{TAIL}")).unwrap();
            for image in images {
                assert_eq!(fits(name, image), regex.is_match(image), "{name:?} {image:?}");
            }
        }
    }
}
