//! The objects of a kustomization while it is being built.

use std::{path::PathBuf, sync::Arc};

use super::{BuildError, ResId, Resource, config::Config, error::Errors, resource::Step};
use crate::{
    base::Span,
    render::patch::{Schemas, Var},
};

/// Something worth knowing that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The fact, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Objects that one kustomization may build: bases that are taken twice, and again by the next layer, double each time.
const MOST_RESOURCES: usize = 5_000;

/// Why no more objects are built.
fn too_many(entry: Span) -> BuildError {
    BuildError::invalid(entry, format!("more than {MOST_RESOURCES} objects are built here"))
}

/// What a kustomization has gathered so far.
#[derive(Debug, Clone)]
pub(super) struct Accumulator<'a> {
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) config: Arc<Config>,
    pub(super) vars: Vec<Var>,
    pub(super) notes: Vec<Note>,
    /// The folders of all kustomizations that were built into it.
    pub(super) folders: Vec<PathBuf>,
    /// How lists merge, where a kustomization says so: the first one that does says it for all that follow.
    pub(super) schemas: Option<Arc<Schemas>>,
}

impl<'a> Accumulator<'a> {
    /// An empty one; `schemas` are those in force.
    pub(super) fn new(schemas: Option<Arc<Schemas>>) -> Self {
        Self {
            resources: Vec::new(),
            config: Arc::new(Config::default()),
            vars: Vec::new(),
            notes: Vec::new(),
            folders: Vec::new(),
            schemas,
        }
    }

    /// Adds an object; `entry` is what asked for it.
    pub(super) fn append(&mut self, resource: Resource<'a>, entry: Span) -> Result<(), BuildError> {
        if let Some(twin) = self.resources.iter().find(|own| own.id.same(&resource.id)) {
            let message = format!("{} is there twice", resource.id);
            return Err(BuildError::invalid(entry, message)
                .relate(twin.head(), "it is defined here")
                .relate(resource.head(), "and here"));
        }
        if self.resources.len() >= MOST_RESOURCES {
            return Err(too_many(entry));
        }
        self.resources.push(resource);
        Ok(())
    }

    /// Whether all names are still different.
    pub(super) fn check_names(&self) -> Result<(), BuildError> {
        for (index, own) in self.resources.iter().enumerate() {
            if let Some(twin) = self.resources[..index].iter().find(|other| other.id.same(&own.id)) {
                let message = format!("two objects become {}", own.id);
                return Err(BuildError::invalid(own.head(), message).relate(twin.head(), "the other"));
            }
        }
        Ok(())
    }

    /// Adds a finished base.
    pub(super) fn merge(&mut self, other: Accumulator<'a>, entry: Span) -> Result<(), Errors> {
        let mut errors = Vec::new();
        for resource in other.resources {
            errors.extend(self.append(resource, entry).err());
        }
        self.merge_config(&other.config, entry)?;
        errors.extend(super::vars::merge(&mut self.vars, other.vars).err());
        self.notes.extend(other.notes);
        self.folders.extend(other.folders);
        self.schemas = self.schemas.take().or(other.schemas);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Adds field specs.
    pub(super) fn merge_config(&mut self, more: &Arc<Config>, entry: Span) -> Result<(), BuildError> {
        if Arc::ptr_eq(&self.config, more) {
            return Ok(());
        }
        if self.config.is_empty() {
            self.config = Arc::clone(more);
            return Ok(());
        }
        Arc::make_mut(&mut self.config).merge(more).map_err(|message| BuildError::invalid(entry, message))
    }

    /// The indices of the objects that are, or ever were, called `id`.
    pub(super) fn ever_called(&self, id: &ResId) -> Vec<usize> {
        let indices = 0..self.resources.len();
        indices.filter(|&index| self.resources[index].was_ever(id)).collect()
    }

    /// Notes that all objects went through a transformer.
    pub(super) fn passed(&mut self, step: Step<'a>) {
        for resource in &mut self.resources {
            resource.steps.push(step);
        }
    }

    /// Takes away what patches have emptied.
    pub(super) fn drop_gone(&mut self) {
        self.resources.retain(|resource| !resource.is_gone());
    }
}
