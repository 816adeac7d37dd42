//! The options of `check` as what the floors below understand, every mistake told at once.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::{
    CliError,
    args::{Check, LimitOptions, RuleOptions},
    output,
};
use crate::{
    config::{Overrides, Resolver, Selector, known_profile},
    rule::{Platform, Registry},
    walk,
    yaml::Limits,
};

/// What the options say about rules.
pub(super) fn overrides(options: &RuleOptions, registry: &Registry) -> Result<Overrides, Vec<CliError>> {
    let mut errors = Vec::new();
    let mut selectors = |option: &str, words: &[String]| {
        let mut selectors = Vec::new();
        for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
            match Selector::parse(word, registry) {
                Ok(selector) => selectors.push(selector),
                Err(unknown) => errors.push(CliError::unknown(option, unknown)),
            }
        }
        selectors
    };
    let mut overrides = Overrides {
        profiles: Vec::new(),
        select: options.select.as_deref().map(|words| selectors("--select", words)),
        extend_select: selectors("--extend-select", &options.extend_select),
        ignore: selectors("--ignore", &options.ignore),
        min_severity: options.min_severity,
        fail_on: options.fail_on,
        kubernetes_version: options.kubernetes_version,
        // The only platform that the parser lets through.
        platform: options.platform.is_some().then_some(Platform::Aks),
        no_peer_ignores: options.no_peer_ignores,
    };
    for name in &options.profile {
        match known_profile(name, registry) {
            Ok(name) => overrides.profiles.push(name),
            Err(unknown) => errors.push(CliError::unknown("--profile", unknown)),
        }
    }
    if errors.is_empty() { Ok(overrides) } else { Err(errors) }
}

/// Where configuration comes from.
pub(super) fn resolver<'r>(
    config: Option<&Path>,
    isolated: bool,
    registry: &'r Registry,
    overrides: Overrides,
) -> Result<Resolver<'r>, Vec<CliError>> {
    match config {
        _ if isolated => Ok(Resolver::isolated(registry, overrides)),
        None => Ok(Resolver::new(registry, overrides)),
        Some(file) => Resolver::with_config(registry, overrides, file)
            .map_err(|broken| vec![CliError::placed(broken.to_string())]),
    }
}

/// The limits, as far as the options move them.
pub(super) fn limits(options: &LimitOptions) -> Limits {
    let default = Limits::default();
    Limits {
        file_size: options.max_file_size.unwrap_or(default.file_size),
        depth: options.max_depth.unwrap_or(default.depth),
        nodes: options.max_nodes.unwrap_or(default.nodes),
        alias_steps: options.max_alias_steps.unwrap_or(default.alias_steps),
    }
}

/// The paths without `-`, and whether that was among them.
pub(super) fn paths(check: &Check) -> Result<(Vec<PathBuf>, bool), Vec<CliError>> {
    let (stdin, files): (Vec<PathBuf>, _) =
        check.paths.iter().cloned().partition(|path| path.as_os_str() == "-");
    if check.files.stdin_filename.is_some() && stdin.is_empty() {
        return Err(vec![CliError::new("`--stdin-filename` needs `-` among the paths")]);
    }
    Ok((files, !stdin.is_empty()))
}

/// Two reports in one file would be none.
pub(super) fn distinct_files(check: &Check) -> Result<(), Vec<CliError>> {
    let mut seen = BTreeSet::new();
    let files = check.output.output.iter().chain(check.output.report.iter().map(|(_, file)| file));
    let twice: Vec<_> = files.filter(|file| !seen.insert(identity(file))).collect();
    match twice.first() {
        Some(file) => Err(vec![CliError::new(format!("two reports would go to `{}`", walk::shown(file)))]),
        None => Ok(()),
    }
}

/// One path for one file, however it is written. Where its folder is missing there will be no file.
fn identity(file: &Path) -> PathBuf {
    let target = output::target(file);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), target.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => target,
    }
}
