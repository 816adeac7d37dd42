//! The patches of kustomizations that could not be built: judged for what they set.

use std::collections::BTreeSet;

use super::{Judged, Plan, finish::finish, judge::judge_object, rendered::Rendered, roots::Kustomizations};
use crate::{
    base::{Diagnostic, SourceId},
    kube,
    render::kustomize::{Store, partial_objects},
    yaml::Desk,
};

/// What is found in the patches of the kustomizations that `rendered` says were not built: those that are written in
/// place, and JSON patches. A file with a partial object is judged as a file.
pub(super) fn judge_partials<'s, 'p, 'r: 'p>(
    store: &'s Store<'s>,
    all: &'s Kustomizations<'_>,
    rendered: &Rendered,
    plan_of: &dyn Fn(SourceId) -> Option<&'p Plan<'r>>,
) -> Vec<Diagnostic> {
    let is_unbuilt = |file| rendered.unbuilt.contains(&file);
    let is_overlay = |object| rendered.unbuilt_overlays.contains(&object);
    let mut found: Vec<Diagnostic> = Vec::new();
    for (folder, file, root) in all.patching(store, is_unbuilt, is_overlay) {
        let Some(plan) = plan_of(file) else { continue };
        let mut judged = Judged::default();
        // Without texts nobody offers to repair a part of what is not known whole.
        let desk = Desk::new(&());
        for tree in partial_objects(store, folder, root) {
            for object in kube::objects(tree.node()) {
                judge_object(object, plan, &desk, &mut judged);
            }
        }
        judged.findings.retain(|finding| !finding.absence);
        finish(&mut judged.findings, plan.rules().iter().map(|compiled| compiled.rule));
        found.extend(judged.findings);
    }
    // Several kustomizations may lay one file over objects of theirs.
    let mut seen = BTreeSet::new();
    found.retain(|finding| {
        let container = finding.subject.as_ref().and_then(|subject| subject.container.clone());
        seen.insert((finding.primary.span, finding.rule.clone(), container))
    });
    found
}
