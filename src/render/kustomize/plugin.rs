//! `transformers` and `generators`: the built-in ones, configured in files of their own. Programs and functions are
//! not run.

use super::{
    BuildError, Resource,
    accumulator::{Accumulator, Note},
    annotate,
    build::Builder,
    chain::Chain,
    error::Errors,
    field_spec::FieldSpec,
    generator::{self, Generated, Kind},
    image, inline,
    kustomization::{Kustomization, Word, field, flag, word},
    namespace::{Setter, Subjects},
    patches, prefix, replacements, replicas,
    resource::Step,
};
use crate::{
    base::Span,
    yaml::{Node, Tree},
};

/// A plugin's configuration.
struct Plugin<'a> {
    config: Node<'a>,
    kind: String,
    /// What named it.
    entry: Span,
}

/// The transformers that are run.
const KINDS: [&str; 12] = [
    "LabelTransformer",
    "AnnotationsTransformer",
    "NamespaceTransformer",
    "PrefixTransformer",
    "SuffixTransformer",
    "ImageTagTransformer",
    "ReplicaCountTransformer",
    "ReplacementTransformer",
    "PatchTransformer",
    "PatchStrategicMergeTransformer",
    "PatchJson6902Transformer",
    "HashTransformer",
];

/// Makes what the generators that `own` names make.
pub(super) fn generators<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    chain: &Chain<'_>,
) -> Result<Vec<Generated<'a>>, Errors> {
    let plugins = plugins(builder, own, "generators", chain)?;
    let made = plugins.into_iter().map(|plugin| {
        let kind = match &*plugin.kind {
            "ConfigMapGenerator" => Kind::ConfigMap,
            "SecretGenerator" => Kind::Secret,
            _ => return Err(plugin.not_here().into()),
        };
        generator::generate(builder, own, kind, plugin.config, None)
    });
    made.collect()
}

/// Runs the transformers that `own` names.
pub(super) fn transformers<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    chain: &Chain<'_>,
    accumulator: &mut Accumulator<'a>,
) -> Result<(), Errors> {
    for plugin in plugins(builder, own, "transformers", chain)? {
        plugin.transform(builder, own, accumulator)?;
        let name = plugin.config.get("metadata").and_then(|it| it.get("name"));
        let kind = plugin.known_kind();
        accumulator.passed(Step { source: plugin.config.span().source, kind, name });
        accumulator.drop_gone();
    }
    Ok(())
}

/// The configurations that the list under `key` names: texts, files, folders of kustomizations.
fn plugins<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    key: &str,
    chain: &Chain<'_>,
) -> Result<Vec<Plugin<'a>>, Errors> {
    let mut plugins = Vec::new();
    for entry in own.words(key) {
        if entry.text.contains('\n') {
            let documents = inline::documents(builder.store, &entry)?;
            let found = documents.into_iter().map(|config| Plugin::new(config, entry.span));
            plugins.extend(found.collect::<Result<Vec<_>, _>>()?);
            continue;
        }
        let mut found = Accumulator::new(None);
        builder.resources(own, std::iter::once(entry.clone()), chain, &mut found)?;
        for Resource { tree, .. } in found.resources {
            let config = match tree {
                Tree::Link(node) => node,
                built => builder.store.keep_tree(built).node(),
            };
            plugins.push(Plugin::new(config, entry.span)?);
        }
    }
    Ok(plugins)
}

impl<'a> Plugin<'a> {
    fn new(config: Node<'a>, entry: Span) -> Result<Self, BuildError> {
        let kind = config.get("kind").and_then(Node::text).unwrap_or_default().into_owned();
        let plugin = Self { config, kind, entry };
        let is_builtin = config.get("apiVersion").is_some_and(|version| version.is("builtin"));
        if is_builtin { Ok(plugin) } else { Err(plugin.not_here()) }
    }

    fn not_here(&self) -> BuildError {
        let message = format!("`{}` is a plugin, and plugins are not run here", self.kind);
        BuildError::offline(self.config.head(), message).relate(self.entry, "named here")
    }

    /// The name of the kind, for good.
    fn known_kind(&self) -> &'static str {
        KINDS.into_iter().find(|kind| *kind == self.kind).unwrap_or_default()
    }

    fn specs(&self) -> Vec<FieldSpec> {
        FieldSpec::read_list(self.config, "fieldSpecs")
    }

    fn word(&self, key: &str) -> Option<Word<'a>> {
        word(self.config, key)
    }

    fn transform(
        &self,
        builder: &Builder<'a>,
        own: &Kustomization<'a>,
        accumulator: &mut Accumulator<'a>,
    ) -> Result<(), Errors> {
        match &*self.kind {
            "LabelTransformer" => self.put("labels", accumulator),
            "AnnotationsTransformer" => self.put("annotations", accumulator),
            "NamespaceTransformer" => self.set_namespace(accumulator),
            "PrefixTransformer" => self.rename(prefix::Side::Prefix, "prefix", accumulator),
            "SuffixTransformer" => self.rename(prefix::Side::Suffix, "suffix", accumulator),
            "ImageTagTransformer" => match field(self.config, "imageTag") {
                Some(entry) => image::run(entry, &self.specs(), accumulator),
                None => Ok(()),
            },
            "ReplicaCountTransformer" => match field(self.config, "replica") {
                Some(entry) => replicas::run(entry, &self.specs(), accumulator),
                None => Ok(()),
            },
            "ReplacementTransformer" => {
                let entries = field(self.config, "replacements").into_iter().flat_map(Node::items);
                replacements::all(builder, own, entries, accumulator)
            }
            "PatchTransformer" => patches::patch(builder, own, self.config, accumulator),
            "PatchStrategicMergeTransformer" => patches::merge_plugin(builder, own, self.config, accumulator),
            "PatchJson6902Transformer" => patches::json6902_plugin(builder, own, self.config, accumulator),
            "HashTransformer" => {
                super::finish::add_hashes(&mut accumulator.resources);
                Ok(())
            }
            "ConfigMapGenerator" | "SecretGenerator" => {
                accumulator.notes.push(Note {
                    message: format!("`{}` is no transformer", self.kind),
                    span: self.config.head(),
                });
                Ok(())
            }
            _ => Err(self.not_here().into()),
        }
    }

    fn put(&self, key: &str, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
        match field(self.config, key) {
            Some(pairs) => annotate::run(pairs, &self.specs(), accumulator),
            None => Ok(()),
        }
    }

    fn rename(&self, side: prefix::Side, key: &str, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
        match self.word(key) {
            Some(text) => prefix::run(side, &text, &self.specs(), accumulator),
            None => Ok(()),
        }
    }

    fn set_namespace(&self, accumulator: &mut Accumulator<'a>) -> Result<(), Errors> {
        let namespace = field(self.config, "metadata").and_then(|it| word(it, "namespace"));
        let Some(namespace) = namespace else { return Ok(()) };
        let subjects = match self.word("setRoleBindingSubjects") {
            None => Subjects::Default,
            Some(word) => match &*word.text {
                "defaultOnly" => Subjects::Default,
                "allServiceAccounts" => Subjects::AllServiceAccounts,
                "none" => Subjects::None,
                other => {
                    let message = format!("`{other}` is none of defaultOnly, allServiceAccounts, none");
                    return Err(BuildError::invalid(word.span, message).into());
                }
            },
        };
        let specs = self.specs();
        let unset_only = flag(self.config, "unsetOnly");
        Setter { namespace, specs: &specs, subjects, unset_only }.run(accumulator)
    }
}
