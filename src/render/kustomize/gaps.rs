//! What a build goes on without when it is for judging: files that are made before the real build, or kept out of the
//! repository, such as `.env`.

use std::sync::{Mutex, PoisonError};

use super::{
    BuildError, Builder, Store,
    kustomization::{Kustomization, Word},
};

/// What was missing so far.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Whether a build goes on.
    pub(super) goes_on: bool,
    found: Mutex<Vec<BuildError>>,
}

impl<'a> Builder<'a> {
    /// A builder for `store` that goes on without the input of generators that is not there: what they make lacks it.
    pub fn going_on(store: &'a Store<'a>) -> Self {
        let mut builder = Self::new(store);
        builder.gaps.goes_on = true;
        builder
    }

    /// What all builds so far went on without, in the order of the places; each of kind
    /// [`super::BuildErrorKind::Offline`].
    pub fn gaps(&self) -> Vec<BuildError> {
        let mut gaps = self.gaps.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        gaps.sort_by_key(|gap| gap.span);
        gaps.dedup_by_key(|gap| gap.span);
        gaps
    }

    /// Whether the build goes on without `file`, the input of a generator of `own`.
    pub(super) fn does_without(&self, own: &Kustomization<'a>, file: &Word<'a>) -> bool {
        if !self.gaps.goes_on || file.text.is_empty() || self.store.look(&own.folder, &file.text).is_some() {
            return false;
        }
        let gap = BuildError::offline(file.span, format!("`{}` is not in the repository", file.text));
        self.gaps.found.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
        true
    }
}
