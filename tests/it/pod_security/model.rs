//! What Pod Security admission says of a pod, written from the Pod Security Standards and their version table and
//! sharing nothing with the rules: the referee of the profiles `baseline` and `restricted`.

use serde_yaml::Value;

/// A level that forbids something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Baseline,
    Restricted,
}

/// Whether a namespace that enforces `level` at version 1.`minor` admits the pod.
pub(crate) fn admits(level: Level, minor: u16, pod: &Value) -> bool {
    let pod = Pod { minor, metadata: &pod["metadata"], spec: &pod["spec"] };
    let baseline = pod.shares_no_host_namespace()
        && pod.runs_no_host_process()
        && pod.is_unprivileged()
        && pod.takes_no_host_port()
        && pod.mounts_no_host_path()
        && pod.adds_baseline_capabilities_only()
        && pod.masks_proc()
        && pod.keeps_selinux()
        && pod.keeps_app_armor()
        && pod.keeps_seccomp()
        && pod.sets_safe_sysctls_only()
        && pod.names_no_host();
    let restricted = || {
        pod.uses_restricted_volumes_only()
            && pod.allows_no_escalation()
            && pod.keeps_no_capability()
            && pod.must_run_as_non_root()
            && pod.names_no_root_user()
            && pod.chooses_seccomp()
            && pod.masks_proc_even_in_user_namespace()
    };
    baseline && (level == Level::Baseline || restricted())
}

/// Whether the API server refuses the pod before Pod Security sees it, in one of the ways in which upstream's
/// restricted checks let it through: two sources in a volume, or what Windows does not have.
pub(crate) fn never_arrives(pod: &Value) -> bool {
    let spec = &pod["spec"];
    let doubled = items(&spec["volumes"]).any(|volume| sources(volume).count() > 1);
    let linux_only = |context: &Value| {
        ["capabilities", "seccompProfile"].iter().any(|field| is_set(&context["securityContext"][*field]))
    };
    let on_windows =
        spec["os"]["name"] == "windows" && (linux_only(spec) || containers(spec).any(linux_only));
    doubled || on_windows
}

struct Pod<'a> {
    minor: u16,
    metadata: &'a Value,
    spec: &'a Value,
}

impl Pod<'_> {
    fn containers(&self) -> impl Iterator<Item = &Value> {
        containers(self.spec)
    }

    /// The securityContexts of the containers; null where one has none.
    fn contexts(&self) -> impl Iterator<Item = &Value> {
        self.containers().map(|container| &container["securityContext"])
    }

    fn own_context(&self) -> &Value {
        &self.spec["securityContext"]
    }

    fn is_exempt_windows(&self) -> bool {
        self.minor >= 25 && self.spec["os"]["name"] == "windows"
    }

    fn is_relaxed_by_user_namespace(&self) -> bool {
        self.minor >= 35 && self.spec["hostUsers"] == false
    }

    fn shares_no_host_namespace(&self) -> bool {
        ["hostNetwork", "hostPID", "hostIPC"].iter().all(|field| self.spec[*field] != true)
    }

    fn runs_no_host_process(&self) -> bool {
        let runs = |context: &Value| context["windowsOptions"]["hostProcess"] == true;
        !runs(self.own_context()) && !self.contexts().any(runs)
    }

    fn is_unprivileged(&self) -> bool {
        self.contexts().all(|context| context["privileged"] != true)
    }

    fn takes_no_host_port(&self) -> bool {
        self.containers()
            .flat_map(|container| items(&container["ports"]))
            .all(|port| !is_set(&port["hostPort"]) || port["hostPort"] == 0)
    }

    fn mounts_no_host_path(&self) -> bool {
        items(&self.spec["volumes"]).all(|volume| !is_set(&volume["hostPath"]))
    }

    fn adds_baseline_capabilities_only(&self) -> bool {
        const ALLOWED: &str = " AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP \
                               SETGID SETPCAP SETUID SYS_CHROOT ";
        self.contexts()
            .flat_map(|context| items(&context["capabilities"]["add"]))
            .all(|name| ALLOWED.split(' ').any(|it| !it.is_empty() && name == it))
    }

    fn masks_proc(&self) -> bool {
        self.is_relaxed_by_user_namespace() || self.masks_proc_always()
    }

    fn masks_proc_even_in_user_namespace(&self) -> bool {
        self.minor < 35 || self.masks_proc_always()
    }

    fn masks_proc_always(&self) -> bool {
        self.contexts().all(|context| !is_set(&context["procMount"]) || context["procMount"] == "Default")
    }

    fn keeps_selinux(&self) -> bool {
        let mut types = vec!["", "container_t", "container_init_t", "container_kvm_t"];
        if self.minor >= 31 {
            types.push("container_engine_t");
        }
        let keeps = |context: &Value| {
            let options = &context["seLinuxOptions"];
            let empty = |field: &str| !is_set(&options[field]) || options[field] == "";
            let kind = &options["type"];
            (!is_set(kind) || types.iter().any(|it| kind == it)) && empty("user") && empty("role")
        };
        keeps(self.own_context()) && self.contexts().all(keeps)
    }

    fn keeps_app_armor(&self) -> bool {
        let keeps = |context: &Value| {
            let profile = &context["appArmorProfile"];
            !is_set(profile) || is_one_of(&profile["type"], &["RuntimeDefault", "Localhost"])
        };
        let annotated =
            self.annotations("container.apparmor.security.beta.kubernetes.io/").all(|(_, value)| {
                value.is_empty() || value == "runtime/default" || value.starts_with("localhost/")
            });
        keeps(self.own_context()) && self.contexts().all(keeps) && annotated
    }

    fn keeps_seccomp(&self) -> bool {
        if self.minor < 19 {
            return self.keeps_annotated_seccomp();
        }
        let keeps = |context: &Value| {
            let profile = &context["seccompProfile"];
            !is_set(profile) || is_one_of(&profile["type"], &["RuntimeDefault", "Localhost"])
        };
        keeps(self.own_context()) && self.contexts().all(keeps)
    }

    /// Before 1.19 profiles were chosen by annotation.
    fn keeps_annotated_seccomp(&self) -> bool {
        let allowed = |value: &str| {
            value == "runtime/default" || value == "docker/default" || value.starts_with("localhost/")
        };
        let names: Vec<&str> = self.containers().filter_map(|container| container["name"].as_str()).collect();
        let of_pod = self.annotations("seccomp.security.alpha.kubernetes.io/pod");
        let of_containers = self.annotations("container.seccomp.security.alpha.kubernetes.io/");
        of_pod.filter(|(rest, _)| rest.is_empty()).all(|(_, value)| allowed(value))
            && of_containers.filter(|(name, _)| names.contains(name)).all(|(_, value)| allowed(value))
    }

    fn sets_safe_sysctls_only(&self) -> bool {
        let mut safe = vec![
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start",
        ];
        if self.minor >= 27 {
            safe.push("net.ipv4.ip_local_reserved_ports");
        }
        if self.minor >= 29 {
            safe.extend(["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout"]);
            safe.extend(["net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes"]);
        }
        if self.minor >= 32 {
            safe.extend(["net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"]);
        }
        if self.minor >= 37 {
            safe.extend(["net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"]);
        }
        items(&self.own_context()["sysctls"]).all(|sysctl| is_one_of(&sysctl["name"], &safe))
    }

    fn names_no_host(&self) -> bool {
        let names_none = |handler: &Value| {
            ["httpGet", "tcpSocket"].iter().all(|action| {
                let host = &handler[*action]["host"];
                !is_set(host) || host == ""
            })
        };
        self.minor < 34
            || self.containers().all(|container| {
                let probes = ["livenessProbe", "readinessProbe", "startupProbe"];
                let hooks = ["postStart", "preStop"];
                probes.iter().all(|probe| names_none(&container[*probe]))
                    && hooks.iter().all(|hook| names_none(&container["lifecycle"][*hook]))
            })
    }

    fn uses_restricted_volumes_only(&self) -> bool {
        const ALLOWED: [&str; 9] = [
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
        items(&self.spec["volumes"]).all(|volume| {
            // Without a source the API server makes it an emptyDir.
            sources(volume).next().is_none() || sources(volume).any(|source| ALLOWED.contains(&source))
        })
    }

    fn allows_no_escalation(&self) -> bool {
        self.minor < 8
            || self.is_exempt_windows()
            || self.contexts().all(|context| context["allowPrivilegeEscalation"] == false)
    }

    fn keeps_no_capability(&self) -> bool {
        self.minor < 22
            || self.is_exempt_windows()
            || self.contexts().all(|context| {
                let capabilities = &context["capabilities"];
                items(&capabilities["drop"]).any(|name| name == "ALL")
                    && items(&capabilities["add"]).all(|name| name == "NET_BIND_SERVICE")
            })
    }

    fn must_run_as_non_root(&self) -> bool {
        let own = &self.own_context()["runAsNonRoot"];
        let all = self.contexts().all(|context| match &context["runAsNonRoot"] {
            Value::Bool(must) => *must,
            _ => *own == true,
        });
        self.is_relaxed_by_user_namespace() || *own != false && all
    }

    fn names_no_root_user(&self) -> bool {
        let is_root = |context: &Value| context["runAsUser"] == 0;
        self.minor < 23
            || self.is_relaxed_by_user_namespace()
            || !is_root(self.own_context()) && !self.contexts().any(is_root)
    }

    fn chooses_seccomp(&self) -> bool {
        let own = &self.own_context()["seccompProfile"];
        let fits = |profile: &Value| is_one_of(&profile["type"], &["RuntimeDefault", "Localhost"]);
        let all = self.contexts().all(|context| {
            let profile = &context["seccompProfile"];
            if is_set(profile) { fits(profile) } else { fits(own) }
        });
        self.minor < 19 || self.is_exempt_windows() || (!is_set(own) || fits(own)) && all
    }

    /// The pod's annotations whose key begins with `prefix`: the rest of the key, and the value.
    fn annotations(&self, prefix: &'static str) -> impl Iterator<Item = (&str, &str)> {
        let annotations = self.metadata["annotations"].as_mapping();
        annotations.into_iter().flatten().filter_map(move |(key, value)| {
            Some((key.as_str()?.strip_prefix(prefix)?, value.as_str().unwrap_or("")))
        })
    }
}

fn containers(spec: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"].into_iter().flat_map(|list| items(&spec[list]))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_sequence().into_iter().flatten()
}

fn is_set(value: &Value) -> bool {
    !value.is_null()
}

fn is_one_of(value: &Value, texts: &[&str]) -> bool {
    texts.iter().any(|text| value == text)
}

/// The sources that a volume names.
fn sources(volume: &Value) -> impl Iterator<Item = &str> {
    let fields = volume.as_mapping().into_iter().flatten();
    fields.filter(|(_, value)| is_set(value)).filter_map(|(key, _)| key.as_str()).filter(|key| *key != "name")
}
