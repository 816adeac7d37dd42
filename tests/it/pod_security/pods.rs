//! Random pods: mostly hardened, so that many are admitted, with a fault here and there and every field that the
//! Pod Security Standards look at.

use proptest::{collection::vec, prelude::*, strategy::Union};
use serde_yaml::{Mapping, Value};

type Field = BoxedStrategy<Option<Value>>;

/// A pod: `metadata` and `spec`.
pub(crate) fn pods() -> impl Strategy<Value = Value> {
    mapping(vec![("metadata", metadata()), ("spec", spec())]).prop_map(Option::unwrap_or_default)
}

/// One of `choices`, each a weight and a piece of YAML; an empty piece leaves the field out.
fn choice(choices: &[(u32, &str)]) -> Field {
    let parsed = choices.iter().map(|(weight, text)| {
        let value =
            (!text.is_empty()).then(|| serde_yaml::from_str::<Value>(text).expect("the choices are YAML"));
        (*weight, Just(value))
    });
    Union::new_weighted(parsed.collect()).boxed()
}

fn mapping(fields: Vec<(&'static str, Field)>) -> Field {
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let values: Vec<Field> = fields.into_iter().map(|(_, field)| field).collect();
    let build = move |values: Vec<Option<Value>>| {
        let set = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).into(), value?)));
        Some(Value::Mapping(set.collect::<Mapping>()))
    };
    values.prop_map(build).boxed()
}

/// `field`, or now and then nothing, null or an empty mapping.
fn often(field: Field) -> Field {
    prop_oneof![40 => field, 1 => choice(&[(2, ""), (1, "null"), (1, "{}")])].boxed()
}

/// `field`, or mostly nothing.
fn seldom(field: Field) -> Field {
    prop_oneof![8 => Just(None), 1 => field].boxed()
}

fn list(item: Field, sizes: std::ops::Range<usize>) -> Field {
    let build = |items: Vec<Option<Value>>| Some(Value::Sequence(items.into_iter().flatten().collect()));
    vec(item, sizes).prop_map(build).boxed()
}

fn metadata() -> Field {
    let app_armor = &[
        (30, ""),
        (2, "runtime/default"),
        (2, "localhost/web"),
        (1, "unconfined"),
        (1, "''"),
        (1, "localhost"),
        (1, "Runtime/default"),
    ];
    let seccomp = &[
        (30, ""),
        (2, "runtime/default"),
        (2, "docker/default"),
        (2, "localhost/web.json"),
        (1, "unconfined"),
        (1, "''"),
    ];
    let annotations = mapping(vec![
        ("example/owner", choice(&[(3, ""), (1, "web")])),
        ("container.apparmor.security.beta.kubernetes.io/c0", choice(app_armor)),
        ("container.apparmor.security.beta.kubernetes.io/nobody", choice(app_armor)),
        ("seccomp.security.alpha.kubernetes.io/pod", choice(seccomp)),
        ("container.seccomp.security.alpha.kubernetes.io/c1", choice(seccomp)),
        ("container.seccomp.security.alpha.kubernetes.io/nobody", choice(seccomp)),
    ]);
    mapping(vec![("name", choice(&[(1, "web")])), ("annotations", often(annotations))])
}

/// What a pod is made for: one for Windows mostly lacks what only Linux has.
#[derive(Clone, Copy, PartialEq)]
enum Os {
    Any,
    Windows,
}

impl Os {
    fn linux_only(self, field: Field) -> Field {
        if self == Os::Any { field } else { prop_oneof![20 => Just(None), 1 => field].boxed() }
    }
}

fn spec() -> Field {
    prop_oneof![4 => spec_for(Os::Any), 1 => spec_for(Os::Windows)].boxed()
}

fn spec_for(os: Os) -> Field {
    let flag = &[(30, ""), (5, "false"), (1, "true"), (1, "null")];
    let name = match os {
        Os::Any => choice(&[(20, ""), (1, "{name: windows}"), (3, "{name: linux}"), (1, "{}"), (1, "null")]),
        Os::Windows => choice(&[(20, "{name: windows}"), (1, "{name: Windows}")]),
    };
    mapping(vec![
        ("os", name),
        ("nodeSelector", choice(&[(8, ""), (1, "{kubernetes.io/os: windows}")])),
        ("hostUsers", choice(&[(6, ""), (3, "false"), (1, "true"), (1, "null")])),
        ("hostNetwork", choice(flag)),
        ("hostPID", choice(flag)),
        ("hostIPC", choice(flag)),
        ("securityContext", often(pod_context(os))),
        ("volumes", seldom(list(volume(), 0..3))),
        ("initContainers", seldom(list(container(os), 0..2))),
        ("containers", list(container(os), 0..3)),
        ("ephemeralContainers", seldom(list(container(os), 0..2))),
    ])
}

/// Fields that pods and containers share.
fn shared(os: Os) -> Vec<(&'static str, Field)> {
    let seccomp = &[
        (20, "{type: RuntimeDefault}"),
        (10, ""),
        (3, "{type: Localhost, localhostProfile: web.json}"),
        (1, "{type: Unconfined}"),
        (1, "{}"),
        (1, "null"),
        (1, "{type: ''}"),
    ];
    let app_armor = &[
        (20, ""),
        (3, "{type: RuntimeDefault}"),
        (2, "{type: Localhost}"),
        (1, "{type: Unconfined}"),
        (1, "{}"),
    ];
    let selinux = &[
        (30, ""),
        (2, "{type: container_t}"),
        (1, "{type: container_init_t, level: 's0:c1,c2'}"),
        (1, "{type: container_kvm_t, user: '', role: ''}"),
        (2, "{type: container_engine_t}"),
        (1, "{type: ''}"),
        (1, "{}"),
        (1, "{type: spc_t}"),
        (1, "{user: system_u}"),
        (1, "{role: system_r}"),
        (1, "{type: null, user: null}"),
    ];
    let windows = &[
        (20, ""),
        (2, "{hostProcess: false}"),
        (1, "{hostProcess: true}"),
        (1, "{runAsUserName: ContainerUser}"),
        (1, "{}"),
        (1, "null"),
    ];
    vec![
        ("runAsUser", choice(&[(20, ""), (5, "1000"), (1, "0"), (1, "null")])),
        ("seccompProfile", os.linux_only(choice(seccomp))),
        ("appArmorProfile", os.linux_only(choice(app_armor))),
        ("seLinuxOptions", choice(selinux)),
        ("windowsOptions", choice(windows)),
    ]
}

fn pod_context(os: Os) -> Field {
    let sysctl = &[
        (2, "{name: kernel.shm_rmid_forced, value: '1'}"),
        (2, "{name: net.ipv4.ip_local_reserved_ports, value: '1'}"),
        (2, "{name: net.ipv4.tcp_fin_timeout, value: '1'}"),
        (2, "{name: net.ipv4.tcp_rmem, value: '1 2 3'}"),
        (2, "{name: net.ipv4.tcp_notsent_lowat, value: '1'}"),
        (1, "{name: net.core.somaxconn, value: '1'}"),
        (1, "{name: net/ipv4/tcp_syncookies, value: '1'}"),
        (1, "{value: '1'}"),
    ];
    let mut fields = vec![
        ("runAsNonRoot", choice(&[(20, "true"), (4, ""), (1, "false"), (1, "null")])),
        ("sysctls", seldom(list(choice(sysctl), 0..3))),
        ("fsGroup", choice(&[(4, ""), (1, "0")])),
        // A container's field, without meaning here.
        ("allowPrivilegeEscalation", choice(&[(9, ""), (1, "true")])),
    ];
    fields.extend(shared(os));
    mapping(fields)
}

fn volume() -> Field {
    let source = |weight, name: &'static str| {
        (weight, choice(&[(8, "{}"), (1, "null")]).prop_map(move |value| Some((name, value?))))
    };
    let sources = Union::new_weighted(vec![
        source(3, "emptyDir"),
        source(1, "configMap"),
        source(1, "csi"),
        source(1, "downwardAPI"),
        source(1, "ephemeral"),
        source(1, "image"),
        source(1, "persistentVolumeClaim"),
        source(1, "projected"),
        source(1, "secret"),
        source(1, "hostPath"),
        source(1, "nfs"),
        source(1, "azureFile"),
        source(1, "flexVolume"),
        source(1, "gitRepo"),
    ]);
    let build = |sources: Vec<Option<(&'static str, Value)>>| {
        let mut volume = Mapping::from_iter([("name".into(), "data".into())]);
        volume.extend(sources.into_iter().flatten().map(|(name, value)| (name.into(), value)));
        Some(Value::Mapping(volume))
    };
    prop_oneof![1 => vec(sources.clone(), 0..1), 20 => vec(sources.clone(), 1..2), 1 => vec(sources, 2..3)]
        .prop_map(build)
        .boxed()
}

fn container(os: Os) -> Field {
    let port = &[
        (4, "{containerPort: 80}"),
        (2, "{containerPort: 80, hostPort: 0}"),
        (1, "{containerPort: 80, hostPort: null}"),
        (1, "{containerPort: 80, hostPort: 80}"),
    ];
    mapping(vec![
        ("name", choice(&[(1, "c0"), (1, "c1"), (1, "c2")])),
        ("restartPolicy", choice(&[(4, ""), (1, "Always")])),
        ("ports", seldom(list(choice(port), 0..3))),
        ("livenessProbe", handler()),
        ("readinessProbe", handler()),
        ("startupProbe", handler()),
        ("lifecycle", seldom(mapping(vec![("postStart", handler()), ("preStop", handler())]))),
        ("securityContext", often(container_context(os))),
    ])
}

fn handler() -> Field {
    choice(&[
        (40, ""),
        (2, "{httpGet: {port: 80}}"),
        (1, "{httpGet: {port: 80, host: ''}}"),
        (1, "{httpGet: {port: 80, host: null}}"),
        (1, "{httpGet: {port: 80, host: 127.0.0.1}}"),
        (1, "{tcpSocket: {port: 80, host: web.example}}"),
        (1, "{exec: {command: [true]}}"),
        (1, "{}"),
        (1, "null"),
    ])
}

fn container_context(os: Os) -> Field {
    let drop = &[
        (30, "[ALL]"),
        (2, "[NET_RAW, ALL]"),
        (1, "[all]"),
        (1, "['*']"),
        (1, "[NET_RAW, CAP_ALL]"),
        (1, "[]"),
        (1, "[NET_RAW]"),
        (1, "null"),
        (1, ""),
    ];
    let add = &[
        (30, ""),
        (3, "[NET_BIND_SERVICE]"),
        (2, "[]"),
        (1, "null"),
        (2, "[CHOWN]"),
        (2, "[NET_BIND_SERVICE, KILL]"),
        (1, "[SYS_ADMIN]"),
        (1, "[NET_RAW]"),
        (1, "[CAP_CHOWN]"),
        (1, "[chown]"),
        (1, "['']"),
        (1, "[ALL]"),
    ];
    let proc_mount = &[(30, ""), (2, "Default"), (2, "Unmasked"), (1, "''"), (1, "null")];
    let mut fields = vec![
        (
            "allowPrivilegeEscalation",
            os.linux_only(choice(&[(40, "false"), (1, ""), (1, "true"), (1, "null")])),
        ),
        ("privileged", choice(&[(30, ""), (5, "false"), (1, "true"), (1, "null")])),
        ("capabilities", os.linux_only(often(mapping(vec![("drop", choice(drop)), ("add", choice(add))])))),
        ("procMount", choice(proc_mount)),
        ("runAsNonRoot", choice(&[(20, ""), (5, "true"), (1, "false"), (1, "null")])),
        ("readOnlyRootFilesystem", choice(&[(4, ""), (1, "true")])),
    ];
    fields.extend(shared(os));
    mapping(fields)
}
