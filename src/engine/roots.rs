//! Which kustomizations are applied as they stand, and by whom.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use crate::{
    base::{SourceId, Span},
    render::{
        gitops::Applied,
        kustomize::{BuildError, Builder, Built, Member, Store, members, overlay_member},
    },
    yaml::Node,
};

/// The kustomizations of a run.
#[derive(Debug)]
pub(super) struct Kustomizations<'a> {
    /// Those of files.
    members: Vec<Member>,
    /// Which of them lies in a folder.
    by_folder: HashMap<OsString, usize>,
    /// What GitOps objects apply, each with what it names itself.
    applied: Vec<(&'a Applied, Member)>,
}

/// Something that is applied as it stands.
#[derive(Debug)]
pub(super) struct Root<'m> {
    pub(super) member: &'m Member,
    /// Its folder, as shown; or the GitOps objects that apply it.
    pub(super) labels: Vec<String>,
    applied: Option<&'m Applied>,
}

/// The folders that were reached, and in which order.
#[derive(Debug, Default)]
struct Reached<'m> {
    folders: HashSet<&'m OsStr>,
    order: Vec<&'m PathBuf>,
}

impl<'a> Kustomizations<'a> {
    /// Those in `folders`, real paths that were given to [`crate::render::kustomize::gather_all`] with the overlays of
    /// `applied`.
    pub(super) fn new(store: &Store<'_>, folders: &[PathBuf], applied: &'a [Applied]) -> Self {
        // The order in which they were found is the order of their files.
        let edited = applied.iter().filter(|it| it.overlay.edits).map(|it| &it.overlay.folder);
        let mut seen = HashSet::new();
        let all: Vec<PathBuf> =
            folders.iter().chain(edited).filter(|it| seen.insert(it.as_os_str())).cloned().collect();
        let members = members(store, &all);
        let folders =
            members.iter().enumerate().map(|(at, member)| (member.folder.clone().into_os_string(), at));
        Self {
            by_folder: folders.collect(),
            members,
            applied: applied.iter().map(|it| (it, overlay_member(store, &it.overlay))).collect(),
        }
    }

    /// What GitOps objects apply, and the kustomizations that no other one and no GitOps object uses; of those that
    /// use each other in a circle, all. Components are no roots. `label` names a kustomization; one without a name
    /// is no root.
    pub(super) fn roots(&self, label: &dyn Fn(&Member) -> Option<String>) -> Vec<Root<'_>> {
        let mut roots: Vec<Root<'_>> = Vec::new();
        let mut reached = Reached::default();
        for (applied, member) in &self.applied {
            self.reach(member, &mut reached);
            roots.push(Root { member, labels: applied.labels.clone(), applied: Some(applied) });
        }
        let named = |member| Some(Root { member, labels: vec![label(member)?], applied: None });
        let gitops = self.applied.iter().map(|(_, member)| member);
        let used: HashSet<&OsStr> =
            gitops.chain(&self.members).flat_map(|member| &member.uses).map(|it| it.as_os_str()).collect();
        for member in
            self.members.iter().filter(|it| !it.is_component && !used.contains(it.folder.as_os_str()))
        {
            self.reach(member, &mut reached);
            roots.extend(named(member));
        }
        let unreached = self
            .members
            .iter()
            .filter(|it| !it.is_component && !reached.folders.contains(it.folder.as_os_str()));
        roots.extend(unreached.filter_map(named));
        roots
    }

    fn member(&self, folder: &Path) -> Option<&Member> {
        self.members.get(*self.by_folder.get(folder.as_os_str())?)
    }

    fn reach<'m>(&'m self, from: &'m Member, reached: &mut Reached<'m>) {
        let mut to_do: Vec<&PathBuf> = from.uses.iter().collect();
        if self.member(&from.folder).is_some_and(|member| std::ptr::eq(member, from)) {
            to_do.push(&from.folder);
        }
        while let Some(folder) = to_do.pop() {
            if reached.folders.insert(folder.as_os_str()) {
                reached.order.push(folder);
                to_do.extend(self.member(folder).into_iter().flat_map(|member| &member.uses));
            }
        }
    }

    /// The files that `root` and all below it read.
    pub(super) fn files_below(&self, root: &Root<'_>) -> BTreeSet<SourceId> {
        let mut reached = Reached::default();
        self.reach(root.member, &mut reached);
        let below = reached.order.into_iter().filter_map(|folder| self.member(folder));
        below.chain([root.member]).flat_map(|member| member.files.iter().copied()).collect()
    }

    /// The folder and the fields of every kustomization for whose file `of_file` says yes, and for whose GitOps object
    /// `of_object` does, with the file in which they are written.
    pub(super) fn patching<'s>(
        &'s self,
        store: &'s Store<'s>,
        of_file: impl Fn(SourceId) -> bool,
        of_object: impl Fn(Span) -> bool,
    ) -> Vec<(&'s Path, SourceId, Node<'s>)> {
        let members = self.members.iter().filter(|member| of_file(member.file)).filter_map(|member| {
            let (_, parsed) = store.parsed(member.file)?;
            let root = parsed.root(parsed.documents().first()?)?;
            Some((member.folder.as_path(), member.file, root))
        });
        let applied = self.applied.iter().filter(|(applied, _)| of_object(applied.object));
        let applied = applied.map(|(it, _)| (&*it.overlay.folder, it.overlay.file, it.overlay.fields.node()));
        members.chain(applied).collect()
    }

    /// The files of the kustomizations that name a path that is not there and of which `is_gone` is true.
    pub(super) fn naming(&self, is_gone: &dyn Fn(&Path) -> bool) -> impl Iterator<Item = SourceId> {
        let members = self.members.iter().chain(self.applied.iter().map(|(_, member)| member));
        members.filter(|member| member.missing.iter().any(|path| is_gone(path))).map(|member| member.file)
    }

    /// The files that any kustomization of a file reads.
    pub(super) fn files(&self) -> impl Iterator<Item = SourceId> {
        self.members.iter().flat_map(|member| member.files.iter().copied())
    }
}

impl Root<'_> {
    /// Builds it.
    ///
    /// # Errors
    /// Every reason found why it has no result; never empty.
    pub(super) fn build<'a>(&self, builder: &Builder<'a>) -> Result<Built<'a>, Vec<BuildError>> {
        match self.applied {
            Some(applied) => applied.build(builder),
            None => builder.build(&self.member.folder),
        }
    }

    /// The files besides those below it in which something stands that it brings about.
    pub(super) fn sources(&self) -> BTreeSet<SourceId> {
        self.applied.map(Applied::sources).unwrap_or_default()
    }

    /// What to point at to show it.
    pub(super) fn head(&self) -> Span {
        self.applied.map_or(Span::at(self.member.file, 0), |applied| applied.object)
    }

    /// Whether more may be changed in it than is known.
    pub(super) fn is_open(&self) -> bool {
        self.applied.is_some_and(|applied| applied.is_open)
    }

    /// The GitOps object that applies it.
    pub(super) fn overlay(&self) -> Option<Span> {
        self.applied.map(|applied| applied.object)
    }

    /// What it is, with its verb.
    pub(super) fn builds(&self) -> &'static str {
        if self.applied.is_some() { "applied by this object" } else { "built by this kustomization" }
    }

    /// Whether its own files are all part of the result; else only those are that an object of it was written in.
    pub(super) fn takes_up_all(&self) -> bool {
        self.applied.is_none_or(|applied| applied.overlay.edits)
    }
}
