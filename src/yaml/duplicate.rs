//! Keys that a mapping has more than once: go-yaml refuses some of them and keeps the last of others, and
//! people mean neither.

use std::borrow::Cow;
use std::collections::HashMap;

use super::{Kind, Node};

/// Up to this many keys, looking at each pair is faster than hashing.
const FEW: usize = 8;

/// Every repeated key below `root`, as (first key, repeated key), in the order written. Aliases are not
/// followed: each mapping is looked at where it is written.
pub fn duplicate_keys(root: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let mut found = Vec::new();
    for node in root.written() {
        if node.kind() == Kind::Mapping {
            in_mapping(node, &mut found);
        }
    }
    found.sort_by_key(|(_, repeated)| repeated.via().unwrap_or(repeated.span()).start);
    found
}

fn in_mapping<'a>(mapping: Node<'a>, found: &mut Vec<(Node<'a>, Node<'a>)>) {
    let mut few: [Option<Node<'a>>; FEW] = [None; FEW];
    let before = found.len();
    for (count, entry) in mapping.entries().enumerate() {
        if count >= FEW {
            found.truncate(before);
            return in_big_mapping(mapping, found);
        }
        let Some(text) = entry.key.text() else { continue };
        let first = few.iter().flatten().find(|key| key.is(&text));
        match first {
            Some(first) => found.push((*first, entry.key)),
            None => few[count] = Some(entry.key),
        }
    }
}

fn in_big_mapping<'a>(mapping: Node<'a>, found: &mut Vec<(Node<'a>, Node<'a>)>) {
    let mut seen: HashMap<Cow<'a, str>, Node<'a>> = HashMap::new();
    for entry in mapping.entries() {
        let Some(text) = entry.key.text() else { continue };
        if let Some(first) = seen.get(&text) {
            found.push((*first, entry.key));
        } else {
            seen.insert(text, entry.key);
        }
    }
}
