//! Labels and annotations: pairs put into maps.

use super::{
    accumulator::Accumulator,
    error::Errors,
    field_spec::{FieldSpec, Make, Misfit},
    shared,
    transform::{misfit, text_of},
};
use crate::yaml::{Entry, Kind, Node, Tree, Value};

/// Puts `pairs` into the maps that `specs` name, in every object.
pub(super) fn run<'a>(
    pairs: Node<'a>,
    specs: &[FieldSpec],
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let mut pairs_of = pairs.fields();
    pairs_of.sort_by(|a, b| a.key.text().cmp(&b.key.text()));
    if pairs_of.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = pairs_of.iter().filter_map(|pair| pair.key.text()).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    for resource in &mut accumulator.resources {
        let before = shared::places(resource, specs, &names);
        for spec in specs {
            let mut set = |tree: &mut Tree<'a>| put(tree, &pairs_of);
            let done = spec.apply(resource, Make::Mapping, pairs.span(), &mut set);
            done.map_err(|it| misfit(&it, resource, pairs.head()))?;
        }
        shared::spread(resource);
        let after = shared::places(resource, specs, &names);
        shared::note(resource, &before, &after, &names);
        resource.renamed();
    }
    Ok(())
}

fn put<'a>(tree: &mut Tree<'a>, pairs: &[Entry<'a>]) -> Result<(), Misfit> {
    if tree.kind() != Kind::Mapping {
        if tree.as_text().is_some_and(|text| matches!(&*text, "" | "~" | "null")) {
            *tree = Tree::Mapping(Vec::new(), tree.span());
        } else {
            let message = "there is no mapping in the field".to_owned();
            return Err(Misfit { message, span: tree.span() });
        }
    }
    for pair in pairs {
        tree.set(Value::of(pair.key), text_of(pair.value));
    }
    Ok(())
}
