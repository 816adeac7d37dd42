//! `namePrefix` and `nameSuffix`.

use super::{
    FieldSpecs,
    accumulator::Accumulator,
    error::Errors,
    field_spec::{Make, Misfit},
    kustomization::Word,
    transform::misfit,
};
use crate::yaml::{Kind, Tree};

/// Where the text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// In front of the name.
    Prefix,
    /// Behind it.
    Suffix,
}

/// Bytes of a name; Kubernetes takes 253, and every object gets one of its own.
const LONGEST_NAME: usize = 4096;

/// Adds `word` to the names of all objects that may be renamed.
pub(super) fn run<'a>(
    side: Side,
    word: &Word<'a>,
    specs: FieldSpecs<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    for resource in &mut accumulator.resources {
        if keeps_its_name(&resource.original_id().gvk) {
            continue;
        }
        let original = resource.original_id().gvk.clone();
        for spec in specs.iter().filter(|spec| original.is_selected(&spec.gvk)) {
            if spec.path == "metadata/name" {
                let added = match side {
                    Side::Prefix => &mut resource.prefixes,
                    Side::Suffix => &mut resource.suffixes,
                };
                added.push(word.text.to_string());
                resource.remember_id();
            }
            let mut set = |tree: &mut Tree<'a>| add(tree, side, word);
            let done = spec.apply(resource, Make::Nothing, word.span, &mut set);
            done.map_err(|it| misfit(&it, resource, word.span))?;
        }
        resource.renamed();
    }
    Ok(())
}

fn add<'a>(tree: &mut Tree<'a>, side: Side, word: &Word<'a>) -> Result<(), Misfit> {
    if tree.kind() != Kind::Scalar {
        return Err(Misfit { message: "the field is no text".to_owned(), span: tree.span() });
    }
    let text = tree.as_text().unwrap_or_default();
    let text = match side {
        Side::Prefix => format!("{}{text}", word.text),
        Side::Suffix => format!("{text}{}", word.text),
    };
    if text.len() > LONGEST_NAME {
        let message = format!("the name grows longer than {LONGEST_NAME} bytes");
        return Err(Misfit { message, span: tree.span() });
    }
    *tree = Tree::text(text, tree.span());
    Ok(())
}

/// Kinds whose names mean something to others.
fn keeps_its_name(gvk: &super::Gvk) -> bool {
    match &*gvk.kind {
        "CustomResourceDefinition" | "Namespace" => true,
        "APIService" => gvk.group == "apiregistration.k8s.io",
        _ => false,
    }
}
