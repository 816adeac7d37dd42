//! Containers that no manifest shows, because a service mesh or a secret store adds them when the pod is created.

use super::Pod;
use crate::yaml::Node;

/// Labels or annotations of a pod that ask for such containers, with the values that do; none given means any.
/// Sources: the documentation of Istio, Linkerd, Dapr, Vault, Consul and Kuma.
const REQUESTS: &[(&str, &[&str])] = &[
    ("sidecar.istio.io/inject", &["true"]),
    ("istio.io/rev", &[]),
    ("linkerd.io/inject", &["enabled", "ingress"]),
    ("dapr.io/enabled", &["true"]),
    ("vault.hashicorp.com/agent-inject", &["true"]),
    ("consul.hashicorp.com/connect-inject", &["true"]),
    ("kuma.io/sidecar-injection", &["enabled", "true"]),
];

/// What such containers are called.
const NAMES: &[&str] = &[
    "istio-proxy",
    "istio-init",
    "istio-validation",
    "linkerd-proxy",
    "linkerd-init",
    "linkerd-network-validator",
    "daprd",
    "vault-agent",
    "vault-agent-init",
    "consul-dataplane",
    "consul-connect-inject-init",
    "kuma-sidecar",
    "kuma-init",
];

impl Pod<'_> {
    /// Whether a container called `name` may be added when the pod is created: the pod asks for one, or the name
    /// is that of one which a namespace may ask for.
    pub fn may_be_given(&self, name: &str) -> bool {
        NAMES.contains(&name) || self.asks_for_injection()
    }

    fn asks_for_injection(&self) -> bool {
        let Some(metadata) = self.metadata else { return false };
        ["labels", "annotations"].into_iter().filter_map(|field| metadata.get(field)).any(|fields| {
            REQUESTS.iter().any(|(key, values)| {
                let value = fields.get(key).and_then(Node::text);
                value.is_some_and(|value| values.is_empty() || values.contains(&&*value))
            })
        })
    }
}
