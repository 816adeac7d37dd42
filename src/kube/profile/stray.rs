//! Metadata of an object that no pod of it gets.

use crate::{
    kube::{Object, Value, is_workload, value},
    yaml::{Node, Path},
};

/// The metadata, with its path, whose annotations never reach a pod: the object's own unless it is a Pod, and
/// that of a CronJob's job template. Empty for kinds that an operator may make pods from in its own way.
pub fn stray_metadata<'a>(object: &Object<'a>) -> Vec<(&'static str, Node<'a>)> {
    let (group, kind) = (object.group(), object.kind());
    let is_built_in = !group.contains('.') || group.ends_with(".k8s.io");
    if object.is("", "Pod") || !is_built_in && !is_workload(group, kind) {
        return Vec::new();
    }
    let mut places = vec![("metadata", Path::of(&["metadata"]))];
    if kind == "CronJob" {
        places.push(("spec.jobTemplate.metadata", Path::of(&["spec", "jobTemplate", "metadata"])));
    }
    let found = places.into_iter().filter_map(|(path, steps)| Some((path, steps.find(object.root())?)));
    found.filter(|(_, metadata)| value(*metadata) == Value::Mapping).collect()
}
