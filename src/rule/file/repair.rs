//! How a finding is repaired: the changes of a fix.

use serde::{Deserialize, Serialize};

use super::{Clause, Data, one_or_many::one_or_many};
use crate::base::Safety;

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
