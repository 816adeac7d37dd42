//! `configMapGenerator`, `secretGenerator`: objects made from files, env files and literals.

use std::borrow::Cow;

use super::{
    BuildError, Resource,
    accumulator::Accumulator,
    build::Builder,
    chain::Chain,
    error::Errors,
    kustomization::{Kustomization, Word, field, flag, word},
    pairs::{Pair, Payload, pairs},
    plugin, rename,
    resource::Step,
    trees::{child, descendant, sort_keys},
};
use crate::{
    base::Span,
    yaml::{Node, Tree, Value},
};

/// Which object is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
}

impl Kind {
    fn generator(self) -> &'static str {
        match self {
            Kind::ConfigMap => "ConfigMapGenerator",
            Kind::Secret => "SecretGenerator",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::ConfigMap => "ConfigMap",
            Kind::Secret => "Secret",
        }
    }
}

/// What happens with an object of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behavior {
    Create,
    Replace,
    Merge,
}

/// A generated object, and what to do with it.
#[derive(Debug)]
pub(super) struct Generated<'a> {
    resource: Resource<'a>,
    behavior: Behavior,
    entry: Span,
}

/// Runs the generators of `own`.
pub(super) fn run<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    chain: &Chain<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    let global = own.get("generatorOptions");
    let mut errors = Vec::new();
    for (key, kind) in [("configMapGenerator", Kind::ConfigMap), ("secretGenerator", Kind::Secret)] {
        for entry in own.items(key) {
            let done = generate(builder, own, kind, entry, global);
            let done = done.and_then(|generated| Ok(absorb(accumulator, generated)?));
            errors.extend(done.err().into_iter().flatten());
        }
    }
    for key in ["helmCharts", "helmChartInflationGenerator"] {
        let chart = own.entry(key).filter(|it| it.value.items().next().is_some());
        errors.extend(chart.map(|it| {
            BuildError::offline(it.key.span(), format!("`{key}` renders Helm charts, which is not done here"))
        }));
    }
    for generated in plugin::generators(builder, own, chain)? {
        errors.extend(absorb(accumulator, generated).err());
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Makes the object that `entry` describes.
pub(super) fn generate<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    kind: Kind,
    entry: Node<'a>,
    global: Option<Node<'a>>,
) -> Result<Generated<'a>, Errors> {
    // A plugin's configuration may give the name as its own.
    let metadata = field(entry, "metadata");
    let named = |key: &str| word(entry, key).or_else(|| word(metadata?, key));
    let Some(name) = named("name") else {
        return Err(
            BuildError::invalid(entry.head(), format!("a generated {} needs a `name`", kind.name())).into()
        );
    };
    let pairs = pairs(builder, own, entry)?;
    let options = Options { own: field(entry, "options"), global };
    let mut tree = base(kind, &name, named("namespace"), entry.span());
    if kind == Kind::Secret {
        let secret_type = word(entry, "type")
            .map_or_else(|| Tree::text("Opaque", name.span), |it| Tree::text(it.text, it.span));
        tree.set(Value::plain("type", name.span), secret_type);
    }
    set_data(&mut tree, kind, pairs, entry.span());
    for key in ["labels", "annotations"] {
        let pairs = options.map(key);
        if let (false, Some(metadata)) = (pairs.is_empty(), tree.get_mut("metadata")) {
            let span = pairs[0].0.span;
            metadata.set(Value::plain(key, span), Tree::Mapping(pairs, span));
        }
    }
    if let Some(span) = options.flag("immutable") {
        tree.set(Value::plain("immutable", span), Tree::Scalar(Value::plain("true", span)));
    }
    let mut resource = Resource::new(tree, entry.span());
    resource.needs_hash = options.flag("disableNameSuffixHash").is_none();
    resource.generator = Some(Step {
        source: entry.span().source,
        kind: kind.generator(),
        name: metadata.and_then(|it| field(it, "name")),
    });
    resource.trail.push(name.span);
    let behavior = match word(entry, "behavior").as_ref().map(|it| &*it.text) {
        Some("merge") => Behavior::Merge,
        Some("replace") => Behavior::Replace,
        _ => Behavior::Create,
    };
    Ok(Generated { resource, behavior, entry: name.span })
}

/// The options of one entry over those of all.
struct Options<'a> {
    own: Option<Node<'a>>,
    global: Option<Node<'a>>,
}

impl<'a> Options<'a> {
    /// Where the option is switched on, if it is: either place does.
    fn flag(&self, key: &str) -> Option<Span> {
        let both = [self.own, self.global];
        let on = both.into_iter().flatten().find(|options| flag(*options, key))?;
        field(on, key).map(Node::span)
    }

    /// A map, the entry's own pairs before the others, in the order of their keys.
    fn map(&self, key: &str) -> Vec<(Value<'a>, Tree<'a>)> {
        let both = [self.own, self.global].into_iter().flatten();
        let mut pairs: Vec<(Value<'a>, Tree<'a>)> = Vec::new();
        for it in both.filter_map(|options| field(options, key)).flat_map(Node::fields) {
            let name = Value::of(it.key);
            if !pairs.iter().any(|(own, _)| own.text == name.text) {
                pairs.push((
                    name,
                    Tree::Scalar(Value { style: crate::yaml::Style::DoubleQuoted, ..Value::of(it.value) }),
                ));
            }
        }
        pairs.sort_by(|a, b| a.0.text.cmp(&b.0.text));
        pairs
    }
}

fn base<'a>(kind: Kind, name: &Word<'a>, namespace: Option<Word<'a>>, span: Span) -> Tree<'a> {
    let key = |text: &'static str| Value::plain(text, name.span);
    let mut metadata = vec![(key("name"), Tree::text(name.text.clone(), name.span))];
    if let Some(namespace) = namespace {
        metadata
            .push((Value::plain("namespace", namespace.span), Tree::text(namespace.text, namespace.span)));
    }
    Tree::Mapping(
        vec![
            (key("apiVersion"), Tree::text("v1", name.span)),
            (key("kind"), Tree::text(kind.name(), name.span)),
            (key("metadata"), Tree::Mapping(metadata, name.span)),
        ],
        span,
    )
}

fn set_data<'a>(tree: &mut Tree<'a>, kind: Kind, mut pairs: Vec<Pair<'a>>, span: Span) {
    pairs.sort_by(|a, b| a.key.text.cmp(&b.key.text));
    let (mut data, mut binary) = (Vec::new(), Vec::new());
    for Pair { key, payload, span } in pairs {
        match payload {
            Payload::Text(text) if kind == Kind::ConfigMap => data.push((key, Tree::text(text, span))),
            Payload::Text(text) => data.push((key, Tree::text(base64(text.as_bytes()), span))),
            Payload::Bytes(bytes) if kind == Kind::ConfigMap => {
                binary.push((key, Tree::text(base64(bytes), span)));
            }
            Payload::Bytes(bytes) => data.push((key, Tree::text(base64(bytes), span))),
        }
    }
    for (key, entries) in [("data", data), ("binaryData", binary)] {
        if !entries.is_empty() || kind == Kind::Secret && key == "data" {
            tree.set(Value::plain(key, span), Tree::Mapping(entries, span));
        }
    }
}

/// Base64 in lines of 70 characters, as kustomize breaks it.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const LINE: usize = 70;
    let mut digits = String::with_capacity(bytes.len() * 4 / 3 + 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * index) & 63) as usize];
            digits.push(if index > chunk.len() { '=' } else { char::from(digit) });
        }
    }
    if digits.len() < LINE {
        return digits;
    }
    let mut lines = String::with_capacity(digits.len() + digits.len() / LINE + 1);
    for (index, digit) in digits.chars().enumerate() {
        lines.push(digit);
        if (index + 1) % LINE == 0 {
            lines.push('\n');
        }
    }
    if !digits.len().is_multiple_of(LINE) {
        lines.push('\n');
    }
    lines
}

/// Adds a generated object: new, in place of one, or merged with one.
pub(super) fn absorb<'a>(
    accumulator: &mut Accumulator<'a>,
    generated: Generated<'a>,
) -> Result<(), BuildError> {
    let Generated { mut resource, behavior, entry } = generated;
    let known = accumulator.ever_called(resource.id());
    match (known.as_slice(), behavior) {
        ([], Behavior::Create) => accumulator.append(resource, entry),
        ([], _) => {
            let message = format!("there is no {} to merge with or replace", resource.id());
            Err(BuildError::invalid(entry, message))
        }
        ([index], Behavior::Merge | Behavior::Replace) => {
            let old = &mut accumulator.resources[*index];
            inherit(&mut resource, old);
            if behavior == Behavior::Merge {
                for key in ["data", "binaryData"] {
                    if let Some(theirs) = child(&old.tree, key) {
                        put_over(&mut resource.tree, key, theirs);
                    }
                }
            }
            resource.trail.splice(0..0, old.trail.iter().copied());
            *old = resource;
            Ok(())
        }
        ([index], Behavior::Create) => {
            let old = accumulator.resources[*index].head();
            let message =
                format!("{} is there already: `behavior` must be `merge` or `replace`", resource.id());
            Err(BuildError::invalid(entry, message).relate(old, "it is defined here"))
        }
        _ => Err(BuildError::invalid(entry, format!("more than one object could be {}", resource.id()))),
    }
}

/// Takes over what an object keeps when another is put in its place: name, labels, annotations, history.
fn inherit<'a>(new: &mut Resource<'a>, old: &Resource<'a>) {
    for key in ["labels", "annotations"] {
        let theirs = descendant(&old.tree, &["metadata", key]);
        if let (Some(theirs), Some(metadata)) = (theirs, new.tree.get_mut("metadata")) {
            put_over(metadata, key, theirs);
        }
    }
    rename::set_name(new, Cow::Owned(old.id().name.clone()), old.name_span());
    rename::set_namespace(new, &old.id().namespace, old.name_span());
    new.previous.clone_from(&old.previous);
    new.prefixes.clone_from(&old.prefixes);
    new.suffixes.clone_from(&old.suffixes);
    new.vars.clone_from(&old.vars);
    new.needs_hash &= old.needs_hash;
}

/// Puts the map under `key` of `tree` over `base`: what only `base` has is added.
fn put_over<'a>(tree: &mut Tree<'a>, key: &'static str, mut base: Tree<'a>) {
    base.unfold();
    if !matches!(base, Tree::Mapping(..)) {
        return;
    }
    if let Some(entries) = tree.get_mut(key).and_then(Tree::entries_mut) {
        for (name, value) in std::mem::take(entries) {
            base.set(name, value);
        }
    }
    sort_keys(&mut base);
    let span = base.span();
    tree.set(Value::plain(key, span), base);
}
