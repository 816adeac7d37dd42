//! Volumes from sources that the restricted standard does not let a pod use.

use crate::{
    kube::{Place, Value, value},
    rule::{Context, Native},
    yaml::{Node, Path},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Sources that are let through. Source: Pod Security Standards, Volume Types.
const ALLOWED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

/// The other sources that the API knows. A key that it does not know is dropped, and a volume without a source
/// is an `emptyDir`. Source: `Volume` in the Kubernetes API reference.
const REFUSED: &[&str] = &[
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "iscsi",
    "nfs",
    "photonPersistentDisk",
    "portworxVolume",
    "quobyte",
    "rbd",
    "scaleIO",
    "storageos",
    "vsphereVolume",
];

fn check(ctx: &mut Context<'_, '_>) {
    let Some(pod) = ctx.pod() else { return };
    for (index, volume) in pod.spec.get("volumes").into_iter().flat_map(Node::items).enumerate() {
        let read = |source: &str| volume.get(source).map_or(Value::Null, value);
        if ALLOWED.iter().any(|source| read(source) != Value::Null) {
            continue;
        }
        let Some(source) = REFUSED.iter().find(|source| read(source) == Value::Mapping) else { continue };
        // All that is said of a hostPath volume is said at its path, so that one place gets one finding.
        let keys: &[&str] = if *source == "hostPath" { &["hostPath", "path"] } else { &[source] };
        let prefix = format!("{}.volumes[{index}]", pod.path());
        let place = Place::find(&prefix, volume, &Path::of(keys), volume.head());
        let name = volume.get("name").and_then(Node::text).unwrap_or_default();
        ctx.report(
            place,
            &format!("volume `{name}` is of the type `{source}`, which the restricted standard refuses"),
        );
    }
}
