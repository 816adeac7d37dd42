//! Which configuration holds for a file: the one in the nearest folder above it, within its Git repository.

use std::{
    collections::HashMap,
    ffi::OsString,
    path::{Component, Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Broken, Config, Overrides, Settings, extend::read_all};
use crate::{rule::Registry, walk};

/// The names a configuration may have, the stronger first.
pub const FILE_NAMES: [&str; 2] = [".plimsoll.yaml", ".plimsoll.yml"];

/// Finds, reads and remembers configurations. Shared by all threads of a run.
#[derive(Debug)]
pub struct Resolver<'r> {
    registry: &'r Registry,
    overrides: Overrides,
    /// What holds where no file says anything; everywhere, if `fixed`.
    fallback: Place,
    /// Configurations in folders do not count.
    fixed: bool,
    /// Some configuration excludes something.
    has_exclusions: AtomicBool,
    places: Mutex<HashMap<PathBuf, Place>>,
    /// Set where a configuration that cannot be used does not stand in the way.
    forgiving: Option<Forgiving>,
}

/// Configurations that could be used, by their folders, or by their files where one holds everywhere: what holds while
/// one cannot. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct LastGood(Arc<Mutex<HashMap<PathBuf, Arc<Scope>>>>);

impl LastGood {
    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<Scope>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Forgiving {
    last: LastGood,
    mistakes: Mutex<Vec<Arc<Broken>>>,
}

/// What holds in one folder, and the way to it from the folder of its configuration.
#[derive(Debug, Clone)]
struct Place {
    scope: Result<Arc<Scope>, Arc<Broken>>,
    way: PathBuf,
}

/// One configuration, ready to use.
#[derive(Debug)]
struct Scope {
    config: Arc<Config>,
    settings: Arc<Settings>,
}

impl<'r> Resolver<'r> {
    /// A resolver that looks for configurations above each file.
    pub fn new(registry: &'r Registry, overrides: Overrides) -> Self {
        let fallback = place_of(Ok(Config::default()), registry, &overrides);
        let has_exclusions = AtomicBool::new(false);
        Self {
            registry,
            overrides,
            fallback,
            fixed: false,
            has_exclusions,
            places: Mutex::default(),
            forgiving: None,
        }
    }

    /// A resolver that reads no configuration at all.
    pub fn isolated(registry: &'r Registry, overrides: Overrides) -> Self {
        Self { fixed: true, ..Self::new(registry, overrides) }
    }

    /// A resolver for which one file holds everywhere. Its globs begin at the file's own folder.
    ///
    /// # Errors
    /// [`Broken`] when the file cannot be used.
    pub fn with_config(
        registry: &'r Registry,
        overrides: Overrides,
        file: &Path,
    ) -> Result<Self, Arc<Broken>> {
        let scope = place_of(read_all(file, registry, true), registry, &overrides).scope?;
        Ok(Self::everywhere(registry, overrides, file, scope))
    }

    /// A resolver by which `scope`, the word of `file`, holds for everything.
    fn everywhere(registry: &'r Registry, overrides: Overrides, file: &Path, scope: Arc<Scope>) -> Self {
        let fallback = Place { scope: Ok(scope), way: canonical(folder_of(file)).unwrap_or_default() };
        Self {
            registry,
            overrides,
            has_exclusions: AtomicBool::new(fallback.excludes()),
            fallback,
            fixed: true,
            places: Mutex::default(),
            forgiving: None,
        }
    }

    /// As [`Self::with_config`]; where the file cannot be used, what was good in it before holds, by the word of `last`,
    /// or what holds without any. With it comes what is wrong.
    pub fn with_config_or_last(
        registry: &'r Registry,
        overrides: Overrides,
        file: &Path,
        last: &LastGood,
    ) -> (Self, Option<Arc<Broken>>) {
        match Self::with_config(registry, overrides.clone(), file) {
            Ok(resolver) => {
                if let Ok(scope) = &resolver.fallback.scope {
                    last.lock().insert(file.to_path_buf(), Arc::clone(scope));
                }
                (resolver, None)
            }
            Err(broken) => {
                let resolver = match last.lock().get(file) {
                    Some(scope) => Self::everywhere(registry, overrides, file, Arc::clone(scope)),
                    None => Self::isolated(registry, overrides),
                };
                (resolver, Some(broken))
            }
        }
    }

    /// The same, except that a configuration that cannot be used fails nothing: what was good there before holds, by
    /// the word of `last`, or what holds without any. [`Self::mistakes`] has what is wrong.
    #[must_use]
    pub fn forgiving(self, last: &LastGood) -> Self {
        Self { forgiving: Some(Forgiving { last: last.clone(), mistakes: Mutex::default() }), ..self }
    }

    /// The unusable configurations that were forgiven so far, sorted by path.
    pub fn mistakes(&self) -> Vec<Arc<Broken>> {
        let Some(forgiving) = &self.forgiving else { return Vec::new() };
        let mut mistakes = forgiving.mistakes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        mistakes.sort_by(|a, b| a.source.path.cmp(&b.source.path));
        mistakes.dedup_by(|a, b| a.source.path == b.source.path && a.errors == b.errors);
        mistakes
    }

    /// What holds for the file at `path`.
    ///
    /// # Errors
    /// The configuration that should hold, if it cannot be used.
    pub fn settings_for(&self, path: &Path) -> Result<Arc<Settings>, Arc<Broken>> {
        self.scope(path).map(|scope| Arc::clone(&scope.settings))
    }

    /// The configuration that holds for the file at `path`; one that says nothing where there is none.
    ///
    /// # Errors
    /// As [`Self::settings_for`].
    pub fn config_for(&self, path: &Path) -> Result<Arc<Config>, Arc<Broken>> {
        self.scope(path).map(|scope| Arc::clone(&scope.config))
    }

    fn scope(&self, path: &Path) -> Result<Arc<Scope>, Arc<Broken>> {
        if self.fixed { self.fallback.scope.clone() } else { self.place(folder_of(path), None).scope }
    }

    /// The way to the file at `path` from the folder of the configuration that holds for it.
    pub fn way(&self, path: &Path) -> PathBuf {
        self.place(folder_of(path), None).way.join(path.file_name().unwrap_or_default())
    }

    /// Every unusable configuration met so far, sorted by path.
    pub fn broken(&self) -> Vec<Arc<Broken>> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let mut broken: Vec<_> =
            places.values().filter_map(|place| place.scope.as_ref().err().cloned()).collect();
        broken.sort_by(|a, b| a.source.path.cmp(&b.source.path));
        // Several configurations may extend the same one.
        broken.dedup_by(|a, b| a.source.path == b.source.path && a.errors == b.errors);
        broken
    }

    /// What holds in `folder`; `dotted` are the names in it that begin with a dot, where they are known.
    fn place(&self, folder: &Path, dotted: Option<&[OsString]>) -> Place {
        // Up to the folder that decides, then down again, remembering what was passed.
        let mut passed = Vec::new();
        let mut at = folder.to_path_buf();
        let mut place = loop {
            if let Some(known) = self.lock().get(&at) {
                break known.clone();
            }
            let dotted = dotted.filter(|_| passed.is_empty());
            if let Some(own) = self.own_place(&at, dotted) {
                break self.remember(at, own);
            }
            let Some((parent, name)) = parent_of(&at) else { break self.fallback.clone() };
            passed.push((std::mem::replace(&mut at, parent), name));
        };
        for (folder, name) in passed.into_iter().rev() {
            place.way.push(name);
            place = self.remember(folder, place);
        }
        place
    }

    /// What holds in `folder` because of what stands in it.
    fn own_place(&self, folder: &Path, dotted: Option<&[OsString]>) -> Option<Place> {
        if self.fixed {
            let own = canonical(folder).unwrap_or_default();
            let way = own.strip_prefix(&self.fallback.way).unwrap_or(folder).to_path_buf();
            return Some(Place { scope: self.fallback.scope.clone(), way });
        }
        let is_there = |name: &str| match dotted {
            Some(names) => names.iter().any(|own| own == name),
            None => folder.join(name).symlink_metadata().is_ok(),
        };
        if let Some(name) = FILE_NAMES.into_iter().find(|name| is_there(name)) {
            let config = read_all(&folder.join(name), self.registry, false);
            let place = place_of(config, self.registry, &self.overrides);
            return Some(match &self.forgiving {
                Some(forgiving) => forgiving.forgive(folder, place, &self.fallback),
                None => place,
            });
        }
        is_there(".git").then(|| self.fallback.clone())
    }

    /// Two threads may have made the same place: the first one stays, so that each mistake is told once.
    fn remember(&self, folder: PathBuf, place: Place) -> Place {
        if place.excludes() {
            self.has_exclusions.store(true, Ordering::Relaxed);
        }
        self.lock().entry(folder).or_insert(place).clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Place>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl walk::Filter for Resolver<'_> {
    fn enter(&self, folder: &Path, dotted: &[OsString]) {
        if !self.fixed {
            self.place(folder, Some(dotted));
        }
    }

    fn excludes(&self, path: &Path) -> bool {
        // Most repositories exclude nothing, and this is asked for every file.
        self.has_exclusions.load(Ordering::Relaxed) && self.excludes_named(path)
    }

    fn excludes_named(&self, path: &Path) -> bool {
        let place = self.place(folder_of(path), None);
        let Some(name) = path.file_name() else { return false };
        place.scope.is_ok_and(|scope| scope.config.exclude.covers(&place.way.join(name)))
    }
}

impl Forgiving {
    fn forgive(&self, folder: &Path, place: Place, fallback: &Place) -> Place {
        let folder = canonical(folder).unwrap_or_else(|| folder.to_path_buf());
        let mut last = self.last.lock();
        match &place.scope {
            Ok(scope) => {
                last.insert(folder, Arc::clone(scope));
                place
            }
            Err(broken) => {
                self.mistakes.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(broken));
                let scope = last.get(&folder).map_or_else(|| fallback.scope.clone(), |it| Ok(Arc::clone(it)));
                Place { scope, ..place }
            }
        }
    }
}

impl Place {
    fn excludes(&self) -> bool {
        self.scope.as_ref().is_ok_and(|scope| !scope.config.exclude.is_empty())
    }
}

fn place_of(config: Result<Config, Arc<Broken>>, registry: &Registry, overrides: &Overrides) -> Place {
    let scope = config.map(|config| {
        let settings = Arc::new(config.settings(registry, overrides));
        Arc::new(Scope { config: Arc::new(config), settings })
    });
    Place { scope, way: PathBuf::new() }
}

/// The folder that `folder` lies in, and its name there. Where the path as given ends, the system is asked.
fn parent_of(folder: &Path) -> Option<(PathBuf, OsString)> {
    if let (Some(Component::Normal(name)), Some(parent)) = (folder.components().next_back(), folder.parent())
    {
        return Some((parent.to_path_buf(), name.to_owned()));
    }
    let own = canonical(folder)?;
    Some((own.parent()?.to_path_buf(), own.file_name()?.to_owned()))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

fn canonical(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    folder.canonicalize().ok()
}
