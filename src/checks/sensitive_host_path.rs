//! Host paths behind which a node keeps what makes it the node.

use crate::{
    kube::{HostPath, Pod, components, fits, is_within, is_within_pattern, normal_path},
    rule::{Context, Native, Params},
};

pub(crate) const CHECK: Native = Native::Object(check);

/// What a path holds, for the path alone and not for what lies below it.
const ALONE: &[(&[&str], &str)] = &[
    (&["/"], "which is all of the node's files"),
    (&["c:/"], "which is the node's whole disk"),
    (&["/dev"], "which holds the node's disks and memory"),
    (&["/etc"], "which holds the node's settings, keys and password hashes"),
    (&["/home"], "which holds the keys of those who log in to the node"),
    (&["/proc"], "which shows every process of the node with its environment and files"),
    (&["/run"], "where the node's services listen"),
    (&["/sys"], "which holds the settings of the node's kernel and devices"),
    (&["/var", "/var/lib"], "which holds the kubelet's keys and the files of every pod of the node"),
    (&["/var/lib/kubelet"], "which holds the kubelet's keys and the Secrets of every pod of the node"),
    (&["/lib", "/lib64", "/usr", "/usr/lib", "/usr/lib64", "/usr/local"], PROGRAMS),
];

/// What a path holds, for the path and all below it.
const TREES: &[(&[&str], &str)] = &[
    (&["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"], PROGRAMS),
    (&["/opt/bin", "/opt/cni/bin", "/usr/libexec/kubernetes", "c:/windows"], PROGRAMS),
    (&["/boot"], "from which the node starts"),
    (&["/dev/mem", "/dev/kmem", "/dev/port", "/proc/kcore"], "which is the node's memory"),
    (&["/dev/sd*", "/dev/vd*", "/dev/xvd*", "/dev/nvme*", "/dev/disk", "/dev/mapper", "/dev/dm-*"], DISK),
    (&["/proc/1"], "which is the node's first process with its environment and files"),
    (&["/proc/sys", "/proc/sysrq-trigger"], "through which the node's kernel is controlled"),
    (&["/etc/shadow*", "/etc/gshadow*"], "which holds the password hashes of the node's users"),
    (&["/etc/ssh", "/etc/pam.d"], "which decides who may log in to the node"),
    (&["/root", "c:/users"], "which belongs to those who log in to the node"),
    (&["/etc/containerd", "/etc/crio", "/etc/docker"], "which decides how the node starts containers"),
    (&["/etc/kubernetes", "/etc/rancher", "/var/lib/k0s", "/var/lib/rancher"], KUBERNETES),
    (&["c:/etc/kubernetes", "c:/k", "c:/var/lib/kubelet"], KUBERNETES),
    (&["/var/lib/kubelet/pods"], "which holds volumes and Secrets of the node's pods"),
    (&["/var/lib/kubelet"], KUBERNETES),
    (&["/etc/cni/net.d", "/etc/cron*", "/etc/anacrontab", "/var/spool/cron", "/etc/init.d"], RUNS),
    (&["/etc/ld.so.preload", "/etc/profile.d", "/etc/sudoers*", "/etc/udev"], RUNS),
    (&["/etc/systemd", "/lib/systemd", "/usr/lib/systemd", "/run/systemd", "/run/dbus"], RUNS),
    (&["/var/lib/etcd"], "which holds all data of the cluster, Secrets included"),
    (&["/var/lib/cloud"], "which holds what the node was set up with, tokens and passwords included"),
    (&["/var/lib/containerd", "/var/lib/containers", "/var/lib/docker"], CONTAINERS),
    (&["c:/programdata/containerd", "c:/programdata/docker"], CONTAINERS),
];

const PROGRAMS: &str = "which holds programs that the node runs as root";
const RUNS: &str = "which decides what the node runs as root";
const DISK: &str = "which leads to the node's disks, past the permissions of files";
const KUBERNETES: &str = "which holds keys and settings of the node's Kubernetes components";
const CONTAINERS: &str = "where the node keeps the files of its containers";

/// The rule's lists, in the spelling in which paths are compared.
struct Lists {
    paths: Vec<String>,
    trees: Vec<String>,
    except: Vec<String>,
    names: Vec<String>,
}

impl Lists {
    fn new(params: &Params<'_>) -> Self {
        let normal = |name| params.texts(name).into_iter().map(normal_path).collect();
        Self {
            paths: normal("paths"),
            trees: normal("trees"),
            except: normal("except"),
            names: params.texts("names").into_iter().map(str::to_owned).collect(),
        }
    }

    /// What lies behind `path`; `None` where nothing on the lists does.
    fn behind(&self, path: &str) -> Option<String> {
        if self.except.iter().any(|tree| is_within_pattern(path, tree)) {
            return None;
        }
        let is_listed = self.paths.iter().any(|own| own == path);
        if is_listed || self.trees.iter().any(|tree| is_within_pattern(path, tree)) {
            return Some(known(path).unwrap_or("which is on the list of sensitive paths").to_owned());
        }
        if let Some(tree) = self.trees.iter().find(|tree| is_within(tree, path)) {
            return Some(alone(path).map_or_else(|| format!("in which `{tree}` lies"), str::to_owned));
        }
        let has_name = components(path).any(|own| self.names.iter().any(|name| fits(own, name)));
        has_name.then(|| "where credentials are kept".to_owned())
    }
}

fn known(path: &str) -> Option<&'static str> {
    let below = |roots: &[&str]| roots.iter().any(|root| is_within_pattern(path, root));
    alone(path).or_else(|| TREES.iter().find(|(roots, _)| below(roots)).map(|(_, words)| *words))
}

fn alone(path: &str) -> Option<&'static str> {
    ALONE.iter().find(|(paths, _)| paths.contains(&path)).map(|(_, words)| *words)
}

fn check(ctx: &mut Context<'_, '_>) {
    let volumes: Vec<HostPath<'_>> = ctx.pod().iter().flat_map(Pod::host_paths).collect();
    if volumes.is_empty() {
        return;
    }
    let lists = Lists::new(&ctx.params);
    for volume in volumes {
        let Some(behind) = lists.behind(&volume.normal) else { continue };
        let say = format!("volume `{}` is the node's `{}`, {behind}", volume.label(), volume.written);
        ctx.report(volume.place, &say);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Literal, Literals, Registry};

    /// A path on the lists of the rule file with nothing to say of it would be told without its danger.
    #[test]
    fn every_path_of_the_default_lists_is_known() {
        let registry = Registry::embedded().unwrap();
        let rule = registry.get("sensitive-host-path").unwrap();
        for name in ["paths", "trees"] {
            let Literals::Many(paths) = &rule.params[name].default else { panic!("{name} is no list") };
            for path in paths {
                let Literal::Text(path) = path else { panic!("{path:?} is no text") };
                assert!(known(&normal_path(path)).is_some(), "{path}");
            }
        }
    }
}
