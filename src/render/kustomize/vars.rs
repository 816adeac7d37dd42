//! `vars`: `$(NAME)` stands for a field of some object.

use super::{
    BuildError,
    accumulator::Accumulator,
    error::Errors,
    field_spec::{Make, Misfit},
    kustomization::Kustomization,
    replacements::id,
    shared,
    transform::misfit,
};
use crate::{
    render::patch::{Var, VarValues},
    yaml::Tree,
};

/// Adds those of a base.
pub(super) fn merge(own: &mut Vec<Var>, more: Vec<Var>) -> Result<(), BuildError> {
    more.into_iter().try_for_each(|var| add(own, var))
}

fn add(own: &mut Vec<Var>, var: Var) -> Result<(), BuildError> {
    if let Some(first) = own.iter().find(|known| known.name == var.name) {
        let message = format!("the variable `{}` is there twice", var.name);
        return Err(BuildError::invalid(var.span, message).relate(first.span, "it is defined here first"));
    }
    own.push(var);
    Ok(())
}

/// Adds those of `own`, and notes which object each one means.
pub(super) fn read<'a>(own: &Kustomization<'a>, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
    for entry in own.items("vars") {
        let var = Var::read(entry).map_err(BuildError::from)?;
        let fits = |index: &usize| {
            let resource = &accumulator.resources[*index];
            [&resource.id].into_iter().chain(&resource.previous).any(|own| var.means(&id(own)))
        };
        let found: Vec<usize> = (0..accumulator.resources.len()).filter(fits).collect();
        if found.len() > 1 {
            let message = format!("the variable `{}` could mean {} objects", var.name, found.len());
            return Err(BuildError::invalid(var.span, message).into());
        }
        if let Some(index) = found.first() {
            accumulator.resources[*index].vars.push(var.name.clone());
        }
        add(&mut accumulator.vars, var)?;
    }
    Ok(())
}

/// Replaces them.
pub(super) fn resolve<'a>(accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
    if accumulator.vars.is_empty() {
        return Ok(());
    }
    let mut values = VarValues::default();
    for var in &accumulator.vars {
        let holder = accumulator.resources.iter().find(|it| it.vars.contains(&var.name));
        let Some(holder) = holder else {
            let message = format!("there is no object for the variable `{}`", var.name);
            return Err(BuildError::invalid(var.span, message).into());
        };
        values.add(var, &holder.tree).map_err(|error| BuildError::from(error).relate(var.span, "of this"))?;
    }
    let config = std::sync::Arc::clone(&accumulator.config);
    for resource in &mut accumulator.resources {
        for spec in &config.var_references {
            let mut set = |tree: &mut Tree<'a>| {
                let done = values.replace_in(tree);
                done.map_err(|error| Misfit { message: error.message, span: error.span })
            };
            let span = resource.origin;
            spec.apply(resource, Make::Nothing, span, &mut set)
                .map_err(|it| misfit(&it, resource, it.span))?;
        }
        shared::spread(resource);
        resource.renamed();
    }
    Ok(())
}
