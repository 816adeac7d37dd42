//! The form of a rule file. The build script and the loader of users' rules read it alike, so this file
//! knows nothing but serde and the words of the ground floor.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use crate::base::{Minor, Safety, Severity};

/// `rules/<family>/<id>.yaml`, as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleFile {
    /// The words of the fault in kebab-case; the file's name.
    pub id: String,
    /// One line, upper-case first letter, no period.
    pub title: String,
    /// How bad a finding is before the user's configuration.
    pub severity: Severity,
    /// How sure a finding is.
    #[serde(default)]
    pub confidence: Confidence,
    /// The profiles that hold it, by name; `all` holds every rule and is not listed.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// The release of plimsoll that brought it.
    pub since: String,
    /// What it looks at: kinds by name, or `workload` for everything that has a pod, or `any`.
    pub kinds: Vec<String>,
    /// The target versions at which it says anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<VersionRange>,
    /// Runs only where the configuration names this platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// GitHub's 0.0 to 10.0, where the severity's own number does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_severity: Option<f32>,
    /// A finding is dropped where one of these rules has a finding at the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implied_by: Vec<String>,
    /// A finding about a container is dropped where one of these rules has a finding in the same container.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implied_in_container_by: Vec<String>,
    /// Adds, to each finding on a role, the bindings in the same unit that make the role live.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub show_bindings: bool,
    /// Settings a user may change, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Param>,
    /// What fires: one check or a list of them, each reporting for itself.
    #[serde(deserialize_with = "one_or_many")]
    pub check: Vec<Check>,
    /// How a finding is repaired: one fix or a list, the best first. For every check that has none of its own.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub fix: Vec<Repair>,
    /// Where the rule comes from, and which rules of other tools it covers.
    #[serde(default, skip_serializing)]
    pub references: References,
    /// Why it matters: whole sentences.
    #[serde(default, skip_serializing)]
    pub why: String,
    /// The change that repairs it: whole sentences.
    #[serde(default, skip_serializing)]
    pub how_to_fix: String,
    /// Its tests and its documentation.
    #[serde(default, skip_serializing)]
    pub examples: Vec<Example>,
}

/// How often a finding is right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A hint.
    Low,
    /// Right unless something outside the manifest says otherwise.
    Medium,
    /// The manifest alone proves it.
    #[default]
    High,
}

/// Where clusters run, as far as rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Azure Kubernetes Service.
    Aks,
}

/// Target versions from `from` up to, but not including, `until`.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionRange {
    /// First minor.
    #[serde(default)]
    pub from: Option<Minor>,
    /// First minor no longer in the range.
    #[serde(default)]
    pub until: Option<Minor>,
}

impl VersionRange {
    /// Whether `target` lies in the range.
    pub fn holds(self, target: Minor) -> bool {
        self.from.is_none_or(|from| from <= target) && self.until.is_none_or(|until| target < until)
    }
}

/// A setting of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Param {
    /// What it does, one sentence.
    pub about: String,
    /// Its value when the user sets none; also fixes its type.
    pub default: Literals,
}

/// A value in a rule file or a configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text; `$name` stands for the value of a parameter.
    Text(String),
}

/// One value or several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literals {
    /// A list.
    Many(Vec<Literal>),
    /// A single value.
    One(Literal),
}

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

/// One way to repair a finding. Its changes are `set`, `remove`, `rename`, `add-item`, `remove-item`, `quote` and
/// `move`; several of them are made together.
///
/// Paths start at the check's subject; `$value` is the value that is judged, or the place where it is missing,
/// `$pod.` the pod spec, `$metadata.` the pod's own metadata, `$object.` the object's root. For a native check the
/// subject is the container of the finding, else the object. `[*]` is every item there is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Repair {
    /// What it does, as an order: "Set `privileged` to `false`". Made of the first change when not given. `{value}`,
    /// `{path}` and `{name}` as in a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The promise.
    pub safety: Safety,
    /// The native check makes it; what is said here is for readers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub native: bool,
    /// Only where every one of these holds; paths start at the subject.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Clause>,
    /// Not where any of these holds.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<Clause>,
    /// A field gets a value, with the mappings on the way to it.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<SetField>,
    /// A field, or the item of a list, goes.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<RemoveField>,
    /// A field gets another key.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub rename: Vec<RenameField>,
    /// A list gets an item at its end unless it has it; the list is made where it is missing.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub add_item: Vec<AddItem>,
    /// Items of a list go.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub remove_item: Vec<RemoveItem>,
    /// Values without quotes get them.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub quote: Vec<QuoteField>,
    /// Part of a text becomes another.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub replace: Vec<ReplaceText>,
    /// A field goes from one place to another.
    #[serde(
        default,
        rename = "move",
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub moves: Vec<MoveField>,
}

/// `$value`: the judged value itself.
fn judged_value() -> String {
    "$value".to_owned()
}

/// `set`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetField {
    /// Which field; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// Its value: a scalar, a list or a mapping; a text `$name` stands for the value of a parameter, `{value}` and
    /// `{name}` in a text as in a message.
    pub to: Data,
}

/// `remove`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveField {
    /// Which field or item; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// Mappings and lists that become empty go, too, instead of becoming `{}` or `[]`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prune: bool,
}

/// `rename`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameField {
    /// Which field; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// Its key from now on.
    pub to: String,
}

/// `add-item`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddItem {
    /// Which list; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// The item, as `to` of `set`.
    pub item: Data,
}

/// `remove-item`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveItem {
    /// Which list; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// Which of its items; paths start at the item.
    pub which: Clause,
    /// A list that becomes empty goes, too, with its key, instead of becoming `[]`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prune: bool,
}

/// `quote`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteField {
    /// Which value; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
}

/// `replace`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceText {
    /// Which text; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// A regular expression: what it matches first is replaced.
    #[serde(rename = "match")]
    pub pattern: String,
    /// What stands there afterwards, as it is written here.
    pub by: String,
}

/// `move`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveField {
    /// Which field; the judged value when not given.
    #[serde(default = "judged_value")]
    pub path: String,
    /// Where to; its last key is the new one.
    pub to: String,
}

impl Repair {
    /// How many changes it makes.
    pub fn changes(&self) -> usize {
        self.set.len()
            + self.remove.len()
            + self.rename.len()
            + self.add_item.len()
            + self.remove_item.len()
            + self.quote.len()
            + self.replace.len()
            + self.moves.len()
    }
}

/// Any value, with the keys of mappings in the order written.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// A single value.
    Scalar(Literal),
    /// A list.
    List(Vec<Data>),
    /// Keys and values.
    Map(Vec<(String, Data)>),
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Scalar(literal) => literal.serialize(serializer),
            Data::List(items) => items.serialize(serializer),
            Data::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyData;

        impl<'de> Visitor<'de> for AnyData {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scalar, a list or a mapping")
            }

            fn visit_bool<E>(self, it: bool) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Bool(it)))
            }

            fn visit_i64<E>(self, it: i64) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Int(it)))
            }

            fn visit_u64<E: de::Error>(self, it: u64) -> Result<Data, E> {
                i64::try_from(it).map(|it| Data::Scalar(Literal::Int(it))).map_err(E::custom)
            }

            fn visit_f64<E>(self, it: f64) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Float(it)))
            }

            fn visit_str<E>(self, it: &str) -> Result<Data, E> {
                Ok(Data::Scalar(Literal::Text(it.to_owned())))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Data::Map(entries))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Data::List(items))
            }
        }

        deserializer.deserialize_any(AnyData)
    }
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

/// Where a rule comes from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct References {
    /// Pod Security Standards: level and control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pss: Option<Pss>,
    /// CIS Kubernetes Benchmark section numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cis: Vec<String>,
    /// Headings of the NSA/CISA Kubernetes Hardening Guide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nsa: Vec<String>,
    /// Rows of the AKS practices: `POD-2`, `S16`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aks: Vec<String>,
    /// Built-in Azure Policy definitions, by display name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub azure_policy: Vec<String>,
    /// CWE numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cwe: Vec<u16>,
    /// Rules of other tools that it covers, by tool.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub peers: BTreeMap<String, Vec<String>>,
    /// Pages worth reading.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
}

/// A control of the Pod Security Standards.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pss {
    /// The lowest level that has the control.
    pub level: PssLevel,
    /// Its name on the standards' page.
    pub control: String,
}

/// A level of the Pod Security Standards that forbids something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PssLevel {
    /// Known privilege escalations.
    Baseline,
    /// Current hardening practice.
    Restricted,
}

/// A manifest with its expected findings.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Example {
    /// What it shows, a short sentence without period.
    pub name: String,
    /// The text. A line that ends in `# finding` gets one finding, in `# 2 findings` two; no other line gets any.
    pub yaml: String,
    /// The exact text of each finding's place, in order; checked where given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<String>,
    /// The target version, the newest when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<Minor>,
    /// The platform, none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Parameters set for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Literals>,
    /// The kinds to which the example may be moved; every workload kind when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
}

/// Reads one thing or a list of them; unlike an untagged enum, it keeps the line of a mistake. A path alone stands
/// for a thing that has nothing but a path.
fn one_or_many<'de, D: Deserializer<'de>, T: OneOf>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: OneOf> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "one {0} or a list of {0}s", T::NAME)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::of_path(text)
                .map(|it| vec![it])
                .ok_or_else(|| E::invalid_type(de::Unexpected::Str(text), &self))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
            Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut all = Vec::new();
            while let Some(one) = seq.next_element_seed(One(PhantomData))? {
                all.push(one);
            }
            Ok(all)
        }
    }

    struct One<T>(PhantomData<T>);

    impl<'de, T: OneOf> de::DeserializeSeed<'de> for One<T> {
        type Value = T;

        fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
            deserializer.deserialize_any(self)
        }
    }

    impl<'de, T: OneOf> Visitor<'de> for One<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(T::NAME)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            T::of_path(text).ok_or_else(|| E::invalid_type(de::Unexpected::Str(text), &self))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

/// Something of which a rule file has one or several.
trait OneOf: for<'de> Deserialize<'de> {
    /// What a person calls one.
    const NAME: &'static str;

    /// What a path alone stands for.
    fn of_path(_: &str) -> Option<Self> {
        None
    }
}

macro_rules! one_of {
    ($($of:ty: $name:literal;)*) => {
        $(impl OneOf for $of {
            const NAME: &'static str = $name;
        })*
    };
}

one_of! {
    Check: "check";
    Clause: "condition";
    Repair: "fix";
    SetField: "field to set";
    RenameField: "field to rename";
    AddItem: "item to add";
    RemoveItem: "item to remove";
    MoveField: "field to move";
    ReplaceText: "text to replace";
}

impl OneOf for RemoveField {
    const NAME: &'static str = "field to remove";

    fn of_path(text: &str) -> Option<Self> {
        Some(Self { path: text.to_owned(), prune: false })
    }
}

impl OneOf for QuoteField {
    const NAME: &'static str = "value to quote";

    fn of_path(text: &str) -> Option<Self> {
        Some(Self { path: text.to_owned() })
    }
}
