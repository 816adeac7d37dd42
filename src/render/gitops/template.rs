//! The templates of an Argo CD `ApplicationSet`: `{{path}}`, and `{{ .path.path }}` of Go templates.

use std::collections::BTreeMap;

use super::fields::copied;
use crate::yaml::{Node, Style, Tree, Value};

/// What a generator gives for one application. Keys are written as in plain templates: `path`, `path[0]`,
/// `path.basename`.
pub(super) type Parameters = BTreeMap<String, String>;

/// A copy of `node` with what is known filled in; what is not known stays, and is a placeholder to the rules.
pub(super) fn filled(node: Node<'_>, parameters: &Parameters) -> Tree<'static> {
    let mut tree = copied(node);
    fill(&mut tree, parameters);
    tree
}

fn fill(tree: &mut Tree<'static>, parameters: &Parameters) {
    match tree {
        Tree::Link(_) => {}
        Tree::Scalar(value) => fill_value(value, parameters),
        Tree::Sequence(items, _) => items.iter_mut().for_each(|item| fill(item, parameters)),
        Tree::Mapping(entries, _) => {
            for (key, value) in entries {
                fill_value(key, parameters);
                fill(value, parameters);
            }
        }
    }
}

fn fill_value(value: &mut Value<'static>, parameters: &Parameters) {
    let Some(text) = filled_text(&value.text, parameters) else { return };
    value.text = text.into();
    // What it says is no longer what is written: nobody may read it in its place.
    if value.style != Style::Plain {
        value.style = Style::Folded;
    }
}

/// `text` with what is known filled in; `None` where nothing is.
pub(super) fn filled_text(text: &str, parameters: &Parameters) -> Option<String> {
    let mut out = String::new();
    let mut is_changed = false;
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        let Some((expression, after)) = from.split_once("}}") else { break };
        out.push_str(before);
        let known = key(expression).and_then(|key| parameters.get(&key));
        is_changed |= known.is_some();
        match known {
            Some(value) => out.push_str(value),
            None => out.extend(["{{", expression, "}}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    is_changed.then_some(out)
}

/// The parameter that the inside of `{{…}}` asks for.
fn key(expression: &str) -> Option<String> {
    let words: Vec<&str> = expression.trim_matches('-').split_whitespace().collect();
    match words.as_slice() {
        [name] => Some(name.strip_prefix('.').unwrap_or(name).to_owned()),
        ["index", list, number] => {
            let list = list.strip_prefix('.')?;
            Some(format!("{}[{number}]", list.strip_suffix(".segments").unwrap_or(list)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_templates_are_filled() {
        let parameters: Parameters =
            [("path", "apps/web"), ("path.basename", "web"), ("path[0]", "apps"), ("env", "dev")]
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
        for (text, expected) in [
            ("{{path}}", Some("apps/web")),
            ("{{ path.basename }}-{{env}}", Some("web-dev")),
            ("{{.env}}/{{ .path.basename }}", Some("dev/web")),
            ("{{- .env -}}", Some("dev")),
            ("{{ index .path.segments 0 }}", Some("apps")),
            ("{{path[0]}}", Some("apps")),
            ("{{env}} {{name}}", Some("dev {{name}}")),
            ("{{ .env | upper }}", None),
            ("{{env", None),
            ("env", None),
        ] {
            assert_eq!(filled_text(text, &parameters).as_deref(), expected, "{text}");
        }
    }
}
