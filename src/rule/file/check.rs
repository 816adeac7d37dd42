//! What fires: checks and the conditions that they are made of.

use serde::{Deserialize, Serialize};

use super::{Literal, Literals, Repair, VersionRange, one_or_many::one_or_many};
use crate::base::Minor;

/// What fires: `native`, or a declarative match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Check {
    /// The file in `src/checks/` (`snake_case`) that decides; nothing else is given then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<String>,
    /// The thing that is judged, one at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<On>,
    /// Which lists of containers count; all when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<ContainerList>,
    /// Only where every one of these holds.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filter: Vec<Clause>,
    /// Not where any of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Clause>,
    /// Objects that are left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exempt: Option<Exempt>,
    /// The target versions at which this check says anything; the rule's own range holds too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<VersionRange>,
    /// From the subject to the value that is judged; empty for the subject itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// A container without the field takes the pod's, at the same path.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherit: bool,
    /// Fires when the value meets this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Clause>,
    /// What a missing value means.
    #[serde(default)]
    pub missing: Missing,
    /// For `on: rbac-rule`: fires when the rule grants one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<Grant>,
    /// Fires once for the role, when its rules together, in any order, grant every one of `grants`; points at
    /// the first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub together: bool,
    /// The fact, lower case, no period. `{value}`, `{path}`, `{name}`, and for grants `{verbs}`, `{resource}`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub say: String,
    /// The fact where the value is missing, if that reads differently.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub say_missing: Option<String>,
    /// How a finding of this check is repaired, in place of the rule's own `fix`.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub fix: Vec<Repair>,
}

/// What a declarative check judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// The object as a whole; paths start at its root.
    Object,
    /// The pod spec, in every kind that has one; paths start at the spec.
    Pod,
    /// The pod's own metadata: the object's for a Pod, the template's elsewhere.
    PodMetadata,
    /// Each container; paths start at the container.
    Container,
    /// Each volume of a pod.
    Volume,
    /// Each volume mount of a container; conditions reach the volume it mounts by `$volume.`.
    VolumeMount,
    /// Each port of a container.
    Port,
    /// Each rule of a Role or ClusterRole.
    RbacRule,
    /// Each subject of a RoleBinding or ClusterRoleBinding.
    Subject,
}

/// One of the pod's lists of containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContainerList {
    /// `containers`
    Main,
    /// `initContainers` that run to their end.
    Init,
    /// `initContainers` with `restartPolicy: Always`.
    Sidecar,
    /// `ephemeralContainers`
    Ephemeral,
}

/// What a check leaves alone: for pods, the target version from which on.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Exempt {
    /// Pods with `spec.os.name: windows`.
    #[serde(default)]
    pub windows: Option<Minor>,
    /// Pods with `spec.hostUsers: false`.
    #[serde(default)]
    pub user_namespace: Option<Minor>,
    /// Roles and bindings that the API server makes itself: labelled `kubernetes.io/bootstrapping: rbac-defaults`
    /// and called like one of them.
    #[serde(default)]
    pub rbac_defaults: bool,
}

/// What a check makes of a field that is not there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// Nothing to say.
    #[default]
    Silent,
    /// Fires, at the deepest thing that exists.
    Fires,
}

/// A condition on a value. All that is given must hold; a placeholder makes it unknown, and unknown
/// never fires.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Clause {
    /// From the subject to the value; empty for the value itself. With `[*]`, any value that meets it will do.
    /// `$pod.` starts at the pod spec, `$object.` at the object's root, `$volume.` at the volume of a mount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// For a container without the field: the pod's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherit: bool,
    /// It is there and not null, or it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// It is this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Literal>,
    /// It is there and is not this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_equals: Option<Literal>,
    /// It is one of these.
    #[serde(default, rename = "in", skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Literals>,
    /// It is there and is none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_in: Option<Literals>,
    /// Its text matches this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matches: Option<String>,
    /// Its text does not match this regular expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_matches: Option<String>,
    /// It is a number below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Literal>,
    /// It is a number above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Literal>,
    /// It is a list that holds one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Literals>,
    /// It is a list that holds none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Literals>,
    /// It is an empty list, mapping or text, or it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty: Option<bool>,
    /// One of these holds; their paths start where this one's ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Clause>,
    /// All of these hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Clause>,
    /// This does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Clause>>,
}

/// Something an RBAC rule may allow. Wildcards and subresource forms in the role count. `$name` among the words
/// stands for the values of a parameter.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Grant {
    /// API groups, `""` for the core group; one must match.
    pub groups: Vec<String>,
    /// Resources, `pods/exec` for a subresource, `pods/*` for any subresource; one must match.
    pub resources: Vec<String>,
    /// Verbs; one must match.
    pub verbs: Vec<String>,
    /// What `resourceNames` means: by default a rule narrowed to names does not grant.
    #[serde(default)]
    pub named: Named,
    /// Only a rule that `resourceNames` narrows to one of these grants it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
}

/// What `resourceNames` does to a grant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Named {
    /// A rule with names does not grant it.
    #[default]
    Narrows,
    /// Names make no difference.
    Ignored,
}
