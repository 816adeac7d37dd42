//! Annotations whose key is nearly, but not quite, one that chooses an AppArmor or seccomp profile.

use super::profile;
use crate::{
    base::{Safety, did_you_mean},
    kube::{Confinement, Place, Pod, Profile, ProfileAnnotation, Scope},
    rule::{Context, Native},
    yaml::{Entry, Node},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// Keys of a `PodSecurityPolicy`: real ones, and the business of another rule.
const POLICY_DOMAINS: [&str; 2] =
    ["apparmor.security.beta.kubernetes.io", "seccomp.security.alpha.kubernetes.io"];
const POLICY_NAMES: [&str; 2] = ["allowedProfileNames", "defaultProfileName"];

fn check(context: &mut Context<'_, '_>) {
    let Some(pod) = context.pod() else { return };
    let Some(metadata) = pod.metadata else { return };
    for entry in metadata.get("annotations").map(Node::fields).unwrap_or_default() {
        let Some(key) = entry.key.text() else { continue };
        let Some(meant) = misspelt(&key) else { continue };
        let path = format!("{}.annotations[\"{key}\"]", pod.metadata_path());
        let place = Place::at(entry.key.span(), entry.key.via(), path);
        let say = format!("`{key}` is no annotation that Kubernetes knows, so it does nothing");
        context.report(place, &say).advise(format!("Write the key as `{meant}`."));
        write_well(context, pod, entry, &meant);
    }
}

/// Gives the last finding, about the annotation `entry` whose key was meant to be `meant`, its fix.
fn write_well<'a>(context: &mut Context<'_, 'a>, pod: Pod<'a>, entry: Entry<'a>, meant: &str) {
    for confinement in [Confinement::AppArmor, Confinement::Seccomp] {
        let scope = match meant.strip_prefix(confinement.container_prefix()) {
            _ if confinement.pod_key() == Some(meant) => Scope::Pod,
            Some(name) => Scope::Container(name.to_owned().into()),
            None => continue,
        };
        let annotation = ProfileAnnotation::meant(confinement, scope, entry, &pod.metadata_path());
        let (Some(annotation), Some(metadata)) = (annotation, pod.metadata) else { return };
        let is_for_one =
            annotation.scope == Scope::Pod || annotation.container(context.containers()).is_some();
        let Some(profile) = annotation.profile().filter(|_| is_for_one) else { return };
        if confinement.field_since() <= context.target.kubernetes {
            profile::by_field(context, metadata, &annotation, &profile, Safety::Unsafe);
        } else if profile != Profile::Unconfined {
            profile::rename(context, &annotation, meant);
        }
    }
}

/// The known form of a key that is about AppArmor or seccomp and is not known itself.
fn misspelt(key: &str) -> Option<String> {
    let (domain, name) = key.split_once('/').unwrap_or((key, ""));
    let lower = domain.to_lowercase();
    let confinement = [Confinement::AppArmor, Confinement::Seccomp]
        .into_iter()
        .find(|it| lower.contains(&it.name().to_lowercase()))?;
    if !lower.contains("kubernetes.io") || is_known(confinement, domain, name, key) {
        return None;
    }
    let prefix = confinement.container_prefix();
    let name = if name.is_empty() { "<container>" } else { name };
    let pod = confinement.pod_key().filter(|_| name == "pod");
    let policy = || did_you_mean(name, POLICY_NAMES).filter(|near| near.eq_ignore_ascii_case(name));
    Some(match pod {
        Some(pod) => pod.to_owned(),
        None if policy().is_some() => return None,
        None => format!("{prefix}{name}"),
    })
}

fn is_known(confinement: Confinement, domain: &str, name: &str, key: &str) -> bool {
    key.starts_with(confinement.container_prefix())
        || confinement.pod_key() == Some(key)
        || POLICY_DOMAINS.contains(&domain) && POLICY_NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keys_are_told_from_known_and_foreign_ones() {
        let apparmor = Some("container.apparmor.security.beta.kubernetes.io/web".to_owned());
        for key in [
            "container.apparmor.security.kubernetes.io/web",
            "containers.apparmor.security.beta.kubernetes.io/web",
            "container.apparmor.security.alpha.kubernetes.io/web",
            "apparmor.security.beta.kubernetes.io/web",
            "Container.AppArmor.security.beta.kubernetes.io/web",
        ] {
            assert_eq!(misspelt(key), apparmor, "{key}");
        }
        assert_eq!(
            misspelt("seccomp.security.beta.kubernetes.io/pod").as_deref(),
            Some("seccomp.security.alpha.kubernetes.io/pod")
        );
        assert_eq!(
            misspelt("seccomp.security.alpha.kubernetes.io/web").as_deref(),
            Some("container.seccomp.security.alpha.kubernetes.io/web")
        );
        for key in [
            "container.apparmor.security.beta.kubernetes.io/web",
            "container.seccomp.security.alpha.kubernetes.io/web",
            "seccomp.security.alpha.kubernetes.io/pod",
            "seccomp.security.alpha.kubernetes.io/defaultProfileName",
            "seccomp-profile.kubernetes.cri-o.io/web",
            "apparmor.example/web",
            "kubernetes.io/apparmor",
        ] {
            assert_eq!(misspelt(key), None, "{key}");
        }
    }
}
