//! `plimsoll init`: a first configuration from what a folder holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::OpenOptions,
    io::{self, Write},
    path::Path,
};

use super::{
    CliError, Done, Exit,
    args::Init,
    check::{embedded, today},
    output,
};
use crate::{
    base::{Minor, Severity},
    config::{FILE_NAMES, Overrides, Resolver},
    engine::{self, Buffers, FileClass, Outcome, Request},
    rule::Registry,
    walk,
    yaml::Limits,
};

/// Folders that often hold what others wrote.
const FOREIGN: [&str; 6] = ["vendor", "third_party", "node_modules", "generated", "testdata", "fixtures"];
/// How many rules are listed: the rest is for the run itself to tell.
const MAX_RULES: usize = 12;

/// Writes a configuration into a folder that has none.
pub(super) fn init(options: &Init) -> Done {
    let folder = &options.folder;
    // Before the work, for the sake of the user; what counts is that the file is made only where there is none.
    let known = FILE_NAMES.iter().map(|name| folder.join(name));
    if let Some(known) = known.into_iter().find(|file| file.symlink_metadata().is_ok()) {
        return Err(vec![CliError::new(format!("`{}` is there already", walk::shown(&known)))]);
    }
    let registry = embedded()?;
    let outcome = look(folder, &registry)?;
    let file = folder.strip_prefix(".").unwrap_or(folder).join(FILE_NAMES[0]);
    let shown = walk::shown(&file);
    write_new(&file, &text(&outcome, &registry))
        .map_err(|error| vec![CliError::new(format!("cannot write `{shown}`: {}", walk::reason(&error)))])?;
    output::say(&format!("wrote `{shown}`"));
    Ok(Exit::Clean)
}

fn write_new(file: &Path, text: &str) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(file)?.write_all(text.as_bytes())
}

/// What is found in `folder` by the default profile.
fn look(folder: &Path, registry: &Registry) -> Result<Outcome, Vec<CliError>> {
    let resolver = Resolver::isolated(registry, Overrides::default());
    let request = Request {
        scope: engine::Scope::Named,
        paths: vec![folder.to_path_buf()],
        stdin: None,
        buffers: Buffers::default(),
        resolver: &resolver,
        walk: walk::Options::default(),
        parse_all: false,
        today: Some(today()),
        limits: Limits::default(),
        threads: None,
        classes: true,
        stop: engine::Stop::default(),
    };
    let outcome = engine::run(registry, &request, &|_, _| {});
    let outcome = outcome.map_err(|failure| vec![CliError::new(failure.to_string())])?;
    let shown = walk::shown(folder);
    match outcome.unreadable.iter().find(|file| file.path == shown) {
        Some(file) => Err(vec![CliError::new(format!("cannot read `{shown}`: {}", file.reason))]),
        None => Ok(outcome),
    }
}

/// The configuration: prose behind `# `, settings to choose from behind a bare `#`.
fn text(outcome: &Outcome, registry: &Registry) -> String {
    let mut text = String::new();
    let number = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    // Writing to memory does not fail.
    let _ = write!(
        text,
        "# What plimsoll does in this folder. Take the `#` away in front of what you want.\n\
         # Found here: {}.\n\n\
         required-version: \">={number}\"\n\n\
         # Which rules run:\n",
        classes(outcome)
    );
    for profile in registry.profiles() {
        let _ = writeln!(text, "#   {}: {}", profile.name, profile.about);
    }
    let _ = write!(
        text,
        "profiles: [default]\n\n\
         # The version of the cluster; the newest known when it is left out.\n\
         #kubernetes-version: \"{}\"\n\n\
         # A run fails from this severity on.\n\
         fail-on: {}\n\n",
        Minor::NEWEST,
        Severity::Medium.as_str()
    );
    exclusions(outcome, &mut text);
    rules(outcome, &mut text);
    text.push_str(
        "# What holds for some files or objects only, and why.\n\
         #overrides:\n\
         #  - paths: [\"clusters/dev/**\"]\n\
         #    kinds: [DaemonSet]\n\
         #    reason: agents look at their node\n\
         #    ignore: [\"pod-security/*\"]\n",
    );
    text
}

/// `3 files with Kubernetes objects, 1 kustomization`
fn classes(outcome: &Outcome) -> String {
    let count = |class| outcome.stats.files.get(&class).copied().unwrap_or(0);
    let counts = [
        (count(FileClass::Kubernetes), "file with Kubernetes objects", "files with Kubernetes objects"),
        (count(FileClass::Kustomization), "kustomization", "kustomizations"),
        (count(FileClass::HelmTemplate), "Helm template, not linted", "Helm templates, not linted"),
        (outcome.findings.len(), "finding", "findings"),
    ];
    let words = counts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| {
        let word = if count == 1 { one } else { many };
        format!("{count} {word}")
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { "nothing to lint yet".to_owned() } else { words.join("; ") }
}

fn exclusions(outcome: &Outcome, text: &mut String) {
    let folders = outcome.classes.iter().flat_map(|(path, _)| path.split('/').rev().skip(1));
    let foreign: BTreeSet<&str> = folders.filter(|name| FOREIGN.contains(name)).collect();
    let names: Vec<&str> = if foreign.is_empty() { vec!["vendor"] } else { foreign.into_iter().collect() };
    let _ = write!(
        text,
        "# Globs from here; without a slash, a name at any depth.\n#exclude: [{}]\n\n",
        names.join(", ")
    );
}

fn rules(outcome: &Outcome, text: &mut String) {
    let mut counts: BTreeMap<&str, (usize, Severity)> = BTreeMap::new();
    for finding in &outcome.findings {
        let (count, worst) = counts.entry(finding.rule.as_str()).or_insert((0, finding.severity));
        *count += 1;
        *worst = finding.severity.max(*worst);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(id, (count, _))| (std::cmp::Reverse(*count), *id));
    if counts.is_empty() {
        return;
    }
    text.push_str(
        "# What is found most often today. A severity or `off` holds for a rule everywhere; `plimsoll explain RULE` says\n\
         # why it matters, `plimsoll baseline write FILE` keeps what is known and tells only what is new.\n\
         #rules:\n",
    );
    for (id, (count, worst)) in counts.into_iter().take(MAX_RULES) {
        let _ = writeln!(text, "#  {id}: {}  # {count} found", worst.as_str());
    }
    text.push('\n');
}
