//! The order of the output.

use super::{
    BuildError, Gvk, ResId, Resource,
    error::Errors,
    kustomization::{Kustomization, field, word},
};
use crate::yaml::Node;

/// Kinds that come before all others, what others need first.
const FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that come after all others.
const LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// Sorts as the root's `sortOptions` say; kubectl's order is `legacy`.
pub(super) fn sort(root: &Kustomization<'_>, resources: &mut [Resource<'_>]) -> Result<(), Errors> {
    let options = root.get("sortOptions");
    let lists = options.and_then(|it| field(it, "legacySortOptions"));
    let order = options.and_then(|it| word(it, "order"));
    match (options, order.as_ref().map(|it| &*it.text)) {
        (Some(_), Some("fifo")) => match lists {
            None => Ok(()),
            Some(lists) => {
                Err(BuildError::invalid(lists.head(), "`legacySortOptions` is set, but the order is `fifo`")
                    .into())
            }
        },
        (None, _) | (_, Some("legacy")) => {
            let ranks = Ranks::new(lists);
            resources.sort_by_cached_key(|resource| ranks.key(resource.id()));
            Ok(())
        }
        (Some(options), _) => {
            let span = order.map_or(options.head(), |order| order.span);
            Err(BuildError::invalid(span, "`sortOptions.order` must be `legacy` or `fifo`").into())
        }
    }
}

struct Ranks {
    first: Vec<String>,
    last: Vec<String>,
}

impl Ranks {
    fn new(lists: Option<Node<'_>>) -> Self {
        let Some(lists) = lists else {
            let own = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
            return Self { first: own(&FIRST), last: own(&LAST) };
        };
        let read = |key: &str| {
            let items = field(lists, key).into_iter().flat_map(Node::items);
            items.filter_map(|item| item.text().map(std::borrow::Cow::into_owned)).collect()
        };
        Self { first: read("orderFirst"), last: read("orderLast") }
    }

    fn key(&self, id: &ResId) -> (usize, GvkKey, String) {
        let at = |kinds: &[String]| kinds.iter().rposition(|kind| *kind == *id.gvk.kind);
        let count = self.first.len();
        let rank = at(&self.last).map(|at| count + 1 + at);
        let rank = rank.or_else(|| at(&self.first));
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        (
            rank.unwrap_or(count),
            GvkKey::new(&id.gvk),
            format!("{}|{}", or(&id.namespace, "~X"), or(&id.name, "~N")),
        )
    }
}

/// Kinds are ordered by group, version and kind; for namespaces it is the other way round, so that the core
/// group's, whose stand-in sorts last, comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum GvkKey {
    Namespace(std::cmp::Reverse<String>),
    Other(String),
}

impl GvkKey {
    fn new(gvk: &Gvk) -> Self {
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        let text = [or(&gvk.group, "~G"), or(&gvk.version, "~V"), or(&gvk.kind, "~K")].join("_");
        if gvk.kind == "Namespace" { Self::Namespace(std::cmp::Reverse(text)) } else { Self::Other(text) }
    }
}
