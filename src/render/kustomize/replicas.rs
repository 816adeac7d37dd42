//! `replicas`.

use super::{
    BuildError, FieldSpecs, ResId,
    accumulator::Accumulator,
    error::Errors,
    field_spec::Make,
    kustomization::{field, word},
    transform::{misfit, setter},
};
use crate::yaml::{Node, Tree, Value};

/// Sets the number of pods of the objects that `entry` names.
pub(super) fn run<'a>(
    entry: Node<'a>,
    specs: FieldSpecs<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let name = word(entry, "name");
    let asked = name.as_ref().map(|it| it.text.clone()).unwrap_or_default();
    let span = name.map_or(entry.head(), |it| it.span);
    let count = field(entry, "count").map_or_else(|| Value::plain("0", entry.head()), Value::of);
    let mut found = false;
    for spec in specs {
        for resource in &mut accumulator.resources {
            let fits = |id: &ResId| id.name == asked && id.gvk.is_selected(&spec.gvk);
            if !fits(&resource.id) && !resource.previous.iter().any(fits) {
                continue;
            }
            found = true;
            let mut set = setter(Tree::Scalar(count.clone()));
            spec.apply(resource, Make::Scalar, count.span, &mut set)
                .map_err(|it| misfit(&it, resource, span))?;
        }
    }
    if found {
        Ok(())
    } else {
        Err(BuildError::invalid(span, format!("nothing with replicas is called `{asked}`")).into())
    }
}
