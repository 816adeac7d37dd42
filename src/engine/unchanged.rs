//! Objects that kustomizations take as they were read: each is judged once by a plan, however many roots take it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Judged, Plan, judge::judge_object, suppress::Silence};
use crate::{
    base::{Diagnostic, ObjectId, Span},
    index::ObjectFacts,
    kube,
    render::kustomize::Resource,
    yaml::{Desk, Texts},
};

/// What is known of unchanged objects. Threads may share it.
#[derive(Debug, Default)]
pub(super) struct Unchanged {
    /// By the address of the plan, and the place of the document.
    known: Mutex<HashMap<(usize, Span), Arc<Known>>>,
}

/// What was found in the objects of one document.
#[derive(Debug)]
struct Known {
    objects: usize,
    ids: Vec<Arc<ObjectId>>,
    findings: Vec<Diagnostic>,
    facts: Vec<ObjectFacts>,
    silences: Vec<Silence>,
}

impl Unchanged {
    /// Judges `resource` as [`judge_object`] does each of its objects, unless that is done. Gives what they are called.
    pub(super) fn judge(
        &self,
        resource: &Resource<'_>,
        plan: &Plan<'_>,
        (texts, desk): (&dyn Texts, &Desk<'_>),
        judged: &mut Judged,
    ) -> Vec<Arc<ObjectId>> {
        let Some(place) = resource.place_if_unchanged() else {
            let objects = kube::objects(resource.node()).into_iter();
            return objects.map(|object| judge_object(object, plan, desk, judged)).collect();
        };
        let key = (std::ptr::from_ref(plan).addr(), place);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let known = known.unwrap_or_else(|| {
            let known = Arc::new(Known::of(resource, plan, texts));
            let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have been faster; whoever was, both say the same.
            Arc::clone(all.entry(key).or_insert(known))
        });
        judged.objects += known.objects;
        judged.findings.extend_from_slice(&known.findings);
        judged.facts.extend_from_slice(&known.facts);
        judged.silences.extend_from_slice(&known.silences);
        known.ids.clone()
    }
}

impl Known {
    fn of(resource: &Resource<'_>, plan: &Plan<'_>, texts: &dyn Texts) -> Self {
        // One of its own: which root comes first is chance, and no root's may be spent for the others.
        let desk = Desk::new(texts);
        let mut judged = Judged::default();
        let objects = kube::objects(resource.node()).into_iter();
        let ids = objects.map(|object| judge_object(object, plan, &desk, &mut judged)).collect();
        let Judged { objects, findings, facts, silences, .. } = judged;
        Self { objects, ids, findings, facts, silences }
    }
}
