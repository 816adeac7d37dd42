//! What belongs together, as far as paths tell: of two things with one name, a reference means the nearer one,
//! and none at all when two are equally near.

use std::collections::BTreeMap;

use crate::{base::SourceId, kube::is_placeholder};

/// How near two sources are; the bigger, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// In different directories that share this many leading ones.
    Shared(usize),
    /// In one directory.
    Directory,
    /// In one file.
    File,
}

/// How well two namespaces fit; the bigger, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Two different ones.
    No,
    /// One of them is for somebody else to set.
    Open,
    /// The same, or both for somebody else to set.
    Same,
}

/// Compares the namespaces of two objects; `None` is one that the manifest leaves open.
pub(super) fn fit(a: Option<&str>, b: Option<&str>) -> Fit {
    match (a, b) {
        (a, b) if a == b => Fit::Same,
        (Some(a), Some(b)) if !is_placeholder(a) && !is_placeholder(b) => Fit::No,
        _ => Fit::Open,
    }
}

/// Something that a reference may mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<T> {
    pub(super) is: T,
    pub(super) at: SourceId,
    pub(super) fit: Fit,
}

/// The directories of all sources that hold facts.
#[derive(Debug, Default)]
pub(super) struct Units {
    directories: BTreeMap<SourceId, Box<[Box<str>]>>,
}

impl Units {
    pub(super) fn new<'p>(
        sources: impl Iterator<Item = SourceId>,
        path_of: &dyn Fn(SourceId) -> &'p str,
    ) -> Self {
        let mut directories = BTreeMap::new();
        for source in sources {
            directories.entry(source).or_insert_with(|| directory(path_of(source)));
        }
        Self { directories }
    }

    pub(super) fn nearness(&self, a: SourceId, b: SourceId) -> Nearness {
        if a == b {
            return Nearness::File;
        }
        let of = |source| self.directories.get(&source).map_or(&[][..], |steps| &**steps);
        let (a, b) = (of(a), of(b));
        if a == b {
            return Nearness::Directory;
        }
        Nearness::Shared(a.iter().zip(b).take_while(|(a, b)| a == b).count())
    }

    /// The candidate that a reference at `from` means: the nearest one, at equal distance the one whose
    /// namespace is the same; `None` when that still leaves two.
    pub(super) fn nearest<T>(
        &self,
        from: SourceId,
        candidates: impl Iterator<Item = Candidate<T>>,
    ) -> Option<T> {
        let mut best: Option<(Nearness, Fit)> = None;
        let mut found = None;
        for candidate in candidates.filter(|candidate| candidate.fit != Fit::No) {
            let rank = (self.nearness(from, candidate.at), candidate.fit);
            match best {
                Some(own) if own > rank => {}
                Some(own) if own == rank => found = None,
                _ => (best, found) = (Some(rank), Some(candidate.is)),
            }
        }
        found
    }
}

fn directory(path: &str) -> Box<[Box<str>]> {
    let mut steps: Vec<Box<str>> =
        path.split(['/', '\\']).filter(|step| !matches!(*step, "" | ".")).map(Box::from).collect();
    steps.pop();
    steps.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATHS: [&str; 5] = [
        "apps/a/role.yaml",
        "apps/a/binding.yaml",
        "apps/b/role.yaml",
        "infra/role.yaml",
        "./apps/a/more.yaml",
    ];

    fn units() -> Units {
        Units::new((0..5).map(SourceId), &|source| PATHS[source.0 as usize])
    }

    #[test]
    fn one_file_is_nearer_than_one_directory_and_that_than_a_shared_parent() {
        let units = units();
        let near = |a, b| units.nearness(SourceId(a), SourceId(b));
        assert_eq!(near(0, 0), Nearness::File);
        assert_eq!((near(0, 1), near(0, 4)), (Nearness::Directory, Nearness::Directory));
        assert_eq!((near(1, 2), near(1, 3)), (Nearness::Shared(1), Nearness::Shared(0)));
        assert!(Nearness::File > Nearness::Directory && Nearness::Directory > Nearness::Shared(9));
    }

    #[test]
    fn the_nearest_candidate_wins_and_two_equals_are_nobody() {
        let units = units();
        let pick = |candidates: &[(u32, Fit)]| {
            let all = candidates.iter().map(|(at, fit)| Candidate { is: *at, at: SourceId(*at), fit: *fit });
            units.nearest(SourceId(1), all)
        };
        assert_eq!(pick(&[(2, Fit::Same), (0, Fit::Open)]), Some(0), "nearness before fit");
        assert_eq!(pick(&[(0, Fit::Open), (4, Fit::Same)]), Some(4), "fit among equals");
        assert_eq!(pick(&[(0, Fit::Same), (4, Fit::Same)]), None, "two equals");
        assert_eq!(pick(&[(0, Fit::Same), (4, Fit::Same), (1, Fit::Open)]), Some(1), "a nearer one ends it");
        assert_eq!(pick(&[(0, Fit::No), (2, Fit::Same)]), Some(2), "another namespace is no candidate");
        assert_eq!(pick(&[(0, Fit::No)]), None);
    }

    #[test]
    fn namespaces_fit_by_what_is_known() {
        let cases = [
            (None, None, Fit::Same),
            (Some("a"), Some("a"), Fit::Same),
            (Some("a"), Some("b"), Fit::No),
            (None, Some("a"), Fit::Open),
            (Some("${NS}"), Some("a"), Fit::Open),
            (Some("${NS}"), Some("${NS}"), Fit::Same),
        ];
        for (a, b, expected) in cases {
            assert_eq!(fit(a, b), expected, "{a:?} {b:?}");
            assert_eq!(fit(b, a), expected, "{b:?} {a:?}");
        }
    }
}
