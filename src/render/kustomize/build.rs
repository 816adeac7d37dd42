//! Building: a kustomization's resources, generators, components and transformers, in kustomize's order.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    BuildError, Resource, Store,
    accumulator::{Accumulator, Note},
    bases::Bases,
    chain::Chain,
    config, configurations,
    error::{Distinct, Errors},
    finish,
    gaps::Gaps,
    generator,
    kustomization::{Kustomization, Word},
    load, patches,
    store::Text,
    transform,
};
use crate::{
    base::{SourceId, Span},
    render::patch::Schemas,
};

/// Components that may work on one kustomization: those that name others twice, and these again, double.
const MOST_COMPONENTS: usize = 1_000;

/// Builds the kustomizations of a store; what several of them share is built once. Threads may share it.
#[derive(Debug)]
pub struct Builder<'a> {
    pub(super) store: &'a Store<'a>,
    bases: Bases<'a>,
    pub(super) gaps: Gaps,
}

/// A built kustomization.
#[derive(Debug, Clone)]
pub struct Built<'a> {
    /// Its objects, in the order of the output.
    pub resources: Vec<Resource<'a>>,
    /// What was left out or guessed.
    pub notes: Vec<Note>,
    /// The root's own kustomization file.
    pub root: SourceId,
    /// The folders, by real path, of all kustomizations that it was built from, its own among them.
    pub folders: Vec<PathBuf>,
}

impl<'a> Builder<'a> {
    /// What it builds from.
    pub fn store(&self) -> &'a Store<'a> {
        self.store
    }

    /// A builder for `store`.
    pub fn new(store: &'a Store<'a>) -> Self {
        Self { store, bases: Bases::default(), gaps: Gaps::default() }
    }

    /// Builds the kustomization in `folder`, as it was given to [`super::gather`].
    ///
    /// # Errors
    /// Every reason found why it has no result; never empty.
    pub fn build(&self, folder: &Path) -> Result<Built<'a>, Errors> {
        let found = self.store.look(Path::new(""), &folder.to_string_lossy());
        let real = found.map_or(folder, |found| found.real.as_path());
        self.build_own(&Kustomization::load(self.store, real, None)?)
    }

    /// Builds `own` as a root.
    pub(super) fn build_own(&self, own: &Kustomization<'a>) -> Result<Built<'a>, Errors> {
        let chain = Chain::new(&own.folder);
        let accumulated = self.accumulate(own, &chain, Accumulator::new(None))?;
        finish::finish(self, own, accumulated, chain.into_met().folders())
    }

    /// Builds one kustomization into `into`: an empty accumulator, or, for a component, that of its parent.
    fn accumulate(
        &self,
        own: &Kustomization<'a>,
        chain: &Chain<'_>,
        into: Accumulator<'a>,
    ) -> Result<Accumulator<'a>, Errors> {
        if own.is_empty() {
            return Err(BuildError::invalid(own.head(), "the kustomization is empty").into());
        }
        let mut accumulator = into;
        patches::read_schemas(self, own, &mut accumulator)?;
        self.resources(own, own.words("resources").chain(own.words("bases")), chain, &mut accumulator)?;
        configurations::merge(self, own, &mut accumulator)?;
        generator::run(self, own, chain, &mut accumulator)?;
        let mut accumulator = self.components(own, chain, accumulator)?;
        transform::run(self, own, chain, &mut accumulator)?;
        accumulator.notes.extend(own.words("validators").map(|validator| Note {
            message: format!(
                "the validator `{}` is not run",
                validator.text.lines().next().unwrap_or_default()
            ),
            span: validator.span,
        }));
        super::vars::read(own, &mut accumulator)?;
        Ok(accumulator)
    }

    /// Adds what `entries` name: files of objects, and folders of kustomizations.
    pub(super) fn resources(
        &self,
        own: &Kustomization<'a>,
        entries: impl Iterator<Item = Word<'a>>,
        chain: &Chain<'_>,
        accumulator: &mut Accumulator<'a>,
    ) -> Result<(), Errors> {
        let mut errors = Distinct::default();
        for entry in entries {
            errors.extend(self.resource(own, &entry, chain, accumulator).err().into_iter().flatten());
            // Where a cycle is met, it is met again by every other way that leads into it.
            if errors.are_of_way() || errors.is_full() {
                break;
            }
        }
        errors.result()
    }

    fn resource(
        &self,
        own: &Kustomization<'a>,
        entry: &Word<'a>,
        chain: &Chain<'_>,
        accumulator: &mut Accumulator<'a>,
    ) -> Result<(), Errors> {
        let found = load::find(self.store, own, entry, load::Wanted::Resource)?;
        if found.is_folder {
            let base = self.base(&found.real, entry, chain, accumulator.schemas.clone())?;
            accumulator.check_room(base.resources.len(), entry.span)?;
            let mut base = Accumulator::clone(&base);
            for resource in &mut base.resources {
                resource.trail.push(entry.span);
            }
            return accumulator.merge(base, entry.span);
        }
        let text = load::text(self.store, own, entry, found)?;
        for mut resource in load::objects(text, entry.span)? {
            resource.trail.push(entry.span);
            accumulator.append(resource, entry.span)?;
        }
        Ok(())
    }

    /// The finished base in `folder`.
    fn base(
        &self,
        folder: &Path,
        entry: &Word<'a>,
        chain: &Chain<'_>,
        schemas: Option<Arc<Schemas>>,
    ) -> Result<Arc<Accumulator<'a>>, Errors> {
        chain.check_cycle(folder, entry.span)?;
        if let Some(known) = self.bases.get(folder, schemas.as_ref(), chain) {
            return known.map_err(|errors| errors.iter().map(|it| reached(it.clone(), entry.span)).collect());
        }
        let own = Kustomization::load(self.store, folder, Some(entry.span))?;
        if own.is_component {
            let message = format!("`{}` is a Component: name it under `components`", entry.text);
            return Err(BuildError::invalid(entry.span, message).into());
        }
        let below = chain.below(folder, entry.span)?;
        let base = self.accumulate(&own, &below, Accumulator::new(schemas.clone())).map(Arc::new);
        let met = below.into_met();
        chain.takes(&met);
        self.bases.keep(folder, schemas, &base, met);
        base.map_err(|errors| errors.into_iter().map(|error| reached(error, entry.span)).collect())
    }

    /// Lets the components of `own` work on what it has gathered.
    fn components(
        &self,
        own: &Kustomization<'a>,
        chain: &Chain<'_>,
        mut accumulator: Accumulator<'a>,
    ) -> Result<Accumulator<'a>, Errors> {
        for entry in own.words("components") {
            let found = load::find(self.store, own, &entry, load::Wanted::Component)?;
            if !found.is_folder {
                let message = format!("`{}` is no folder: a component is one", entry.text);
                return Err(BuildError::invalid(entry.span, message).into());
            }
            chain.check_cycle(&found.real, entry.span)?;
            let component = Kustomization::load(self.store, &found.real, Some(entry.span))?;
            if !component.is_component {
                let message = format!("`{}` is no Component: name it under `resources`", entry.text);
                return Err(BuildError::invalid(entry.span, message)
                    .relate(component.head(), "its kind is not `Component`")
                    .into());
            }
            accumulator.components += 1;
            if accumulator.components > MOST_COMPONENTS {
                let message =
                    format!("more than {MOST_COMPONENTS} components work on one kustomization here");
                return Err(BuildError::invalid(entry.span, message).into());
            }
            let below = chain.below(&found.real, entry.span)?;
            let done = self.accumulate(&component, &below, accumulator);
            chain.takes(&below.into_met());
            accumulator = done.map_err(|errors| {
                errors.into_iter().map(|error| reached(error, entry.span)).collect::<Errors>()
            })?;
            for resource in &mut accumulator.resources {
                if resource.trail.last().is_none_or(|last| last.source != own.text.id) {
                    resource.trail.push(entry.span);
                }
            }
        }
        Ok(accumulator)
    }

    /// Text of a file of the store that `own` names.
    pub(super) fn text(&self, own: &Kustomization<'a>, entry: &Word<'a>) -> Result<Text<'a>, Errors> {
        let found = load::find(self.store, own, entry, load::Wanted::File)?;
        load::text(self.store, own, entry, found)
    }
}

/// Says through which entry the trouble was reached.
fn reached(error: BuildError, entry: Span) -> BuildError {
    error.relate(entry, "needed here")
}

/// The field specs of a kustomization without `configurations`.
pub(super) fn default_config() -> Arc<config::Config> {
    static SHARED: std::sync::LazyLock<Arc<config::Config>> =
        std::sync::LazyLock::new(|| Arc::new(config::DEFAULT.clone()));
    Arc::clone(&SHARED)
}
