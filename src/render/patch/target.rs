//! Who a patch or a replacement is for: the selectors of kustomize.

use std::borrow::Cow;

use regex::Regex;

use super::{PatchError, label_selector::LabelSelector};
use crate::yaml::{Kind, Node};

/// What a selector asks an object for.
#[derive(Debug, Clone, Copy)]
pub struct Ids<'i> {
    /// The API group; empty for the core group.
    pub group: &'i str,
    /// The API version.
    pub version: &'i str,
    /// The kind.
    pub kind: &'i str,
    /// Its name when it was read, and its name now.
    pub names: [&'i str; 2],
    /// Its effective namespace when it was read, and now: `default` where it has none but could.
    pub namespaces: [&'i str; 2],
    /// `metadata.labels`.
    pub labels: Option<Node<'i>>,
    /// `metadata.annotations`.
    pub annotations: Option<Node<'i>>,
}

/// `target` of a patch, `select` and `reject` of a replacement: what is left out fits all.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    group: Option<Pattern>,
    version: Option<Pattern>,
    kind: Option<Pattern>,
    name: Option<Pattern>,
    namespace: Option<Pattern>,
    labels: LabelSelector,
    annotations: LabelSelector,
}

impl Selector {
    /// Reads a mapping with any of `group`, `version`, `kind`, `name`, `namespace` (each a regular
    /// expression for the whole), `labelSelector` and `annotationSelector`.
    ///
    /// # Errors
    /// [`PatchError`] when one of them is none.
    pub fn read(node: Node<'_>) -> Result<Self, PatchError> {
        Ok(Self {
            group: pattern(node, "group")?,
            version: pattern(node, "version")?,
            kind: pattern(node, "kind")?,
            name: pattern(node, "name")?,
            namespace: pattern(node, "namespace")?,
            labels: LabelSelector::read(node.get("labelSelector"))?,
            annotations: LabelSelector::read(node.get("annotationSelector"))?,
        })
    }

    /// Whether it selects the object of `ids`.
    pub fn matches(&self, ids: &Ids<'_>) -> bool {
        let fits =
            |pattern: &Option<Pattern>, text: &str| pattern.as_ref().is_none_or(|it| it.is_match(text));
        let any = |pattern: &Option<Pattern>, texts: &[&str; 2]| texts.iter().any(|text| fits(pattern, text));
        fits(&self.kind, ids.kind)
            && fits(&self.group, ids.group)
            && fits(&self.version, ids.version)
            && any(&self.name, &ids.names)
            && any(&self.namespace, &ids.namespaces)
            && self.labels.matches(ids.labels)
            && self.annotations.matches(ids.annotations)
    }
}

/// An anchored regular expression; most are plain names, API groups or `.*`, which need no engine.
#[derive(Debug, Clone)]
enum Pattern {
    /// One of several names, in which each `.` is any character and each `.*` any text.
    Names(Vec<String>),
    Expression(Regex),
}

impl Pattern {
    fn new(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_name = |name: &str| {
            // Each one more is tried at every character.
            name.matches(".*").count() <= 2 && name.replace(".*", "").bytes().all(is_plain)
        };
        if text.split('|').all(is_name) {
            return Some(Pattern::Names(text.split('|').map(str::to_owned).collect()));
        }
        Regex::new(&format!("^(?:{text})$")).ok().map(Pattern::Expression)
    }

    fn is_match(&self, text: &str) -> bool {
        match self {
            Pattern::Names(names) => names.iter().any(|name| fits(name, text)),
            Pattern::Expression(expression) => expression.is_match(text),
        }
    }
}

/// Whether `text` is what `name` says, in which `.` is any character and `.*` any text on one line.
fn fits(name: &str, text: &str) -> bool {
    let (mut name, mut text) = (name, text);
    loop {
        if let Some(rest) = name.strip_prefix(".*") {
            let line = text.find('\n').unwrap_or(text.len());
            let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            return starts.take_while(|at| *at <= line).any(|at| fits(rest, &text[at..]));
        }
        let (mut names, mut texts) = (name.chars(), text.chars());
        match (names.next(), texts.next()) {
            (None, own) => return own.is_none(),
            (Some(asked), Some(own)) if asked == own || asked == '.' && own != '\n' => {}
            _ => return false,
        }
        (name, text) = (names.as_str(), texts.as_str());
    }
}

fn pattern(node: Node<'_>, key: &str) -> Result<Option<Pattern>, PatchError> {
    let Some((value, text)) = text_of(node, key)? else { return Ok(None) };
    let Some(pattern) = Pattern::new(&text) else {
        let message = format!("`{key}: {text}` is not a regular expression");
        return Err(PatchError::new(message, value.span()));
    };
    Ok(Some(pattern))
}

/// The text under `key`; `None` when it is missing or empty.
pub(super) fn text_of<'a>(node: Node<'a>, key: &str) -> Result<Option<(Node<'a>, Cow<'a, str>)>, PatchError> {
    let Some(value) = node.get(key) else { return Ok(None) };
    if value.kind() != Kind::Scalar {
        return Err(PatchError::new(format!("`{key}` is not a text"), value.head()));
    }
    let text = value.text().filter(|text| !text.is_empty() && !super::smp::is_null(value));
    Ok(text.map(|text| (value, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::patch::testing::{parsed, root};

    #[test]
    fn a_selector_takes_old_names_and_new_ones_and_patterns_for_the_whole() {
        let labels = parsed(0, "{app: one}");
        let ids = Ids {
            group: "apps",
            version: "v1",
            kind: "Deployment",
            names: ["web", "prod-web"],
            namespaces: ["default", "prod"],
            labels: Some(root(&labels)),
            annotations: None,
        };
        for text in [
            "{}",
            "{kind: Deployment}",
            "{kind: Deploy.*}",
            "{name: web}",
            "{name: prod-web}",
            "{name: 'a|web'}",
            "{namespace: default}",
            "{namespace: prod}",
            "{group: apps, version: v1}",
            "{labelSelector: app=one}",
            "{name: ''}",
            "{annotationSelector: '!x'}",
            "{name: web, namespace: prod}",
        ] {
            assert!(Selector::read(root(&parsed(0, text))).unwrap().matches(&ids), "{text}");
        }
        for text in [
            "{kind: Deploy}",
            "{name: eb}",
            "{name: w.}",
            "{namespace: x}",
            "{labelSelector: app=two}",
            "{annotationSelector: x}",
            "{group: batch}",
        ] {
            assert!(!Selector::read(root(&parsed(0, text))).unwrap().matches(&ids), "{text}");
        }
        for (text, message) in [
            ("{name: 'w(b'}", "`name: w(b` is not a regular expression"),
            ("{labelSelector: 'a=(b'}", "`a=(b` is not a label selector"),
            ("{kind: [a]}", "`kind` is not a text"),
        ] {
            assert_eq!(Selector::read(root(&parsed(0, text))).unwrap_err().message, message);
        }
    }

    #[test]
    fn a_name_fits_as_the_regular_expression_would() {
        let names = [
            "",
            "web",
            "w.b",
            ".*",
            "we.*",
            ".*b",
            "w.*b",
            "a|web",
            "|web",
            "w.*e.*",
            "web.",
            "ingress.*|.*-x",
        ];
        let texts =
            ["", "web", "wxb", "weeb", "we\nb", "web\n", "wéb", "xweb", "ingress-x", "w\u{e9}", "ingres"];
        for name in names {
            let regex = Regex::new(&format!("^(?:{name})$")).unwrap();
            let pattern = Pattern::new(name).unwrap();
            assert!(matches!(pattern, Pattern::Names(_)), "{name}");
            for text in texts {
                assert_eq!(pattern.is_match(text), regex.is_match(text), "{name} {text:?}");
            }
        }
        assert!(matches!(Pattern::new("w.+"), Some(Pattern::Expression(_))));
        assert!(matches!(Pattern::new(".*a.*b.*"), Some(Pattern::Expression(_))));
        assert!(Pattern::new("w.**b").is_none_or(|it| matches!(it, Pattern::Expression(_))));
    }
}
