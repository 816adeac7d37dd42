//! Repeated keys, each with the object in which it stands; those with one value and those with two are told apart by
//! two rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    base::{ObjectId, Safety},
    kube::says_the_same,
    rule::{DocumentContext, Step},
    yaml::{Entry, Kind, Node, duplicate_keys},
};

/// The object in which a key stands, and the path from there.
type Home = (Arc<ObjectId>, String);

/// Reports the repeated keys of a manifest whose two values are the same, or are not, as `same` asks.
pub(super) fn report(context: &mut DocumentContext<'_, '_>, same: bool, words: &str) {
    let parsed = context.parsed;
    let Some(root) =
        parsed.root(context.document).filter(|_| context.repeats_keys && !context.objects.is_empty())
    else {
        return;
    };
    let mut found = duplicate_keys(root);
    found.retain(|(first, again)| says_the_same(parsed.text(), first.value, again.value) == same);
    if found.is_empty() {
        return;
    }
    let homes = homes(context, &found);
    for (first, again) in found {
        let key = again.key.text().unwrap_or_default();
        let say = format!("the key `{key}` stands twice in this mapping, {words}");
        let span = again.key.span();
        let diagnostic = match homes.get(&span.start) {
            Some((object, path)) => context.report_in(object, span, path.clone(), &say),
            None => context.report(span, say),
        };
        diagnostic.relate(first.key.span(), "it stands here first");
        if same {
            let title = format!("Remove the second `{key}`");
            context.fix(Safety::Safe, &title, &[Step::remove(again.value, &[])]);
        }
    }
}

/// Where each of the repeated keys stands, by its first byte; nothing for one outside of every object.
fn homes(context: &DocumentContext<'_, '_>, found: &[(Entry<'_>, Entry<'_>)]) -> BTreeMap<u32, Home> {
    let wanted = found.iter().map(|(_, again)| again.key.span().start).collect();
    let mut homes = BTreeMap::new();
    for object in context.objects {
        let mut search = Search { wanted: &wanted, object: Arc::new(object.id()), homes: &mut homes };
        search.walk(object.root(), &mut String::new());
    }
    homes
}

struct Search<'s> {
    wanted: &'s BTreeSet<u32>,
    object: Arc<ObjectId>,
    homes: &'s mut BTreeMap<u32, Home>,
}

impl Search<'_> {
    /// Looks below `node`, to which `path` leads. As deep as the parser lets texts nest.
    fn walk(&mut self, node: Node<'_>, path: &mut String) {
        // What an alias brings in stands elsewhere.
        if node.via().is_some() {
            return;
        }
        let length = path.len();
        match node.kind() {
            Kind::Scalar => {}
            Kind::Sequence => {
                for (index, item) in node.items().enumerate() {
                    path.push_str(&format!("[{index}]"));
                    self.walk(item, path);
                    path.truncate(length);
                }
            }
            Kind::Mapping => {
                for entry in node.entries() {
                    let dot = if length == 0 { "" } else { "." };
                    path.push_str(&format!("{dot}{}", entry.key.text().unwrap_or_default()));
                    let start = entry.key.span().start;
                    if self.wanted.contains(&start) {
                        self.homes.insert(start, (Arc::clone(&self.object), path.clone()));
                    }
                    self.walk(entry.value, path);
                    path.truncate(length);
                }
            }
        }
    }
}
