//! The objects of a kustomization while it is being built.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    BuildError, ResId, Resource,
    config::Config,
    error::{Distinct, Errors},
    resource::Step,
};
use crate::{
    base::Span,
    render::patch::{Schemas, Var},
};

/// Something worth knowing that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    /// The fact, in one line.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Objects that one kustomization may build: bases that are taken twice, and again by the next layer, double each time.
const MOST_RESOURCES: usize = 5_000;

fn there_twice(resource: &Resource<'_>, twin: &Resource<'_>, entry: Span) -> BuildError {
    BuildError::invalid(entry, format!("{} is there twice", resource.id))
        .relate(twin.head(), "it is defined here")
        .relate(resource.head(), "and here")
}

/// What a kustomization has gathered so far.
#[derive(Debug, Clone)]
pub(super) struct Accumulator<'a> {
    pub(super) resources: Vec<Resource<'a>>,
    pub(super) config: Arc<Config>,
    pub(super) vars: Vec<Var>,
    pub(super) notes: Vec<Note>,
    /// Components that have worked on it.
    pub(super) components: usize,
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
            components: 0,
            schemas,
        }
    }

    /// Adds an object; `entry` is what asked for it.
    pub(super) fn append(&mut self, resource: Resource<'a>, entry: Span) -> Result<(), BuildError> {
        if let Some(twin) = self.resources.iter().find(|own| own.id.same(&resource.id)) {
            return Err(there_twice(&resource, twin, entry));
        }
        self.check_room(1, entry)?;
        self.resources.push(resource);
        Ok(())
    }

    /// Whether `more` objects may be added.
    pub(super) fn check_room(&self, more: usize, entry: Span) -> Result<(), BuildError> {
        if self.resources.len() + more <= MOST_RESOURCES {
            return Ok(());
        }
        Err(BuildError::invalid(entry, format!("more than {MOST_RESOURCES} objects are built here")))
    }

    /// Whether all names are still different.
    pub(super) fn check_names(&self) -> Result<(), BuildError> {
        let mut by_name: HashMap<&str, Vec<&Resource<'_>>> = HashMap::with_capacity(self.resources.len());
        for own in &self.resources {
            let others = by_name.entry(&own.id.name).or_default();
            if let Some(twin) = others.iter().find(|other| other.id.same(&own.id)) {
                let message = format!("two objects become {}", own.id);
                return Err(BuildError::invalid(own.head(), message).relate(twin.head(), "the other"));
            }
            others.push(own);
        }
        Ok(())
    }

    /// Adds a finished base.
    pub(super) fn merge(&mut self, other: Accumulator<'a>, entry: Span) -> Result<(), Errors> {
        let mut errors = Distinct::default();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, own) in self.resources.iter().enumerate() {
            by_name.entry(own.id.name.clone()).or_default().push(index);
        }
        for resource in other.resources {
            let others = by_name.entry(resource.id.name.clone()).or_default();
            let mut twins = others.iter().map(|index| &self.resources[*index]);
            if let Some(twin) = twins.find(|own| own.id.same(&resource.id)) {
                errors.extend([there_twice(&resource, twin, entry)]);
            } else {
                others.push(self.resources.len());
                self.resources.push(resource);
            }
            if errors.is_full() {
                break;
            }
        }
        self.merge_config(&other.config, entry)?;
        errors.extend(super::vars::merge(&mut self.vars, other.vars).err());
        self.note(&other.notes);
        self.schemas = self.schemas.take().or(other.schemas);
        errors.result()
    }

    /// Adds notes, each once: a base may be taken several times.
    fn note(&mut self, more: &[Note]) {
        if more.is_empty() {
            return;
        }
        let known: HashSet<&Note> = self.notes.iter().collect();
        let new: Vec<Note> = more.iter().filter(|note| !known.contains(note)).cloned().collect();
        self.notes.extend(new);
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
