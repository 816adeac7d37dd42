//! `plimsoll check`.

use std::{
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    CliError, Done, Exit, Terminal, add_ignore, args::Check, baseline, choose, output, print,
    progress::Progress, scope, watch,
};
use crate::{
    base::Day,
    config::Resolver,
    engine::{self, Buffers, FileClass, Outcome, Request, Stdin},
    report::{self, Format},
    rule::Registry,
    walk,
};

/// How standard input is called when nobody gives it a name.
const STDIN: &str = "<stdin>";

/// Lints what the options name and prints what was found.
pub(super) fn check(options: &Check, terminal: &Terminal) -> Done {
    choose::distinct_files(options)?;
    add_ignore::check(options)?;
    scope::check(options)?;
    if options.scope.watch {
        return watch::watch(options, terminal, &|| check_once(options, terminal));
    }
    check_once(options, terminal)
}

fn check_once(options: &Check, terminal: &Terminal) -> Done {
    let baseline = options.baseline.as_deref().map(baseline::read).transpose()?;
    let registry = embedded()?;
    let mut overrides = choose::overrides(&options.rules, &registry)?;
    if options.output.show_files {
        // What a file is does not depend on rules.
        overrides.select = Some(Vec::new());
        overrides.extend_select.clear();
    }
    let resolver = choose::resolver(options.config.as_deref(), options.isolated, &registry, overrides)?;
    let mut outcome = run(options, &registry, &resolver, terminal)?;
    if let Some(baseline) = baseline {
        baseline.apply(&mut outcome);
    }
    if let Some(reason) = &options.add_ignore {
        add_ignore::add(options, reason, &mut outcome)?;
        return Ok(exit(options, &outcome, &resolver));
    }
    if options.output.show_files {
        output::to_stdout(|out| print::files(&outcome, out)).map_err(|error| vec![error])?;
    } else {
        write_reports(options, &outcome, &registry, terminal)?;
    }
    close(options, &outcome, terminal);
    Ok(exit(options, &outcome, &resolver))
}

/// What is found where the options say, for other commands; a file that cannot be read is told.
pub(super) fn outcome(options: &Check, terminal: &Terminal) -> Result<Outcome, Vec<CliError>> {
    scope::check(options)?;
    if options.scope.watch {
        return Err(vec![CliError::new("`--watch` is an option of `check` alone")]);
    }
    if options.add_ignore.is_some() {
        return Err(vec![CliError::new("`--add-ignore` is an option of `check` alone")]);
    }
    let registry = embedded()?;
    let overrides = choose::overrides(&options.rules, &registry)?;
    let resolver = choose::resolver(options.config.as_deref(), options.isolated, &registry, overrides)?;
    let outcome = run(options, &registry, &resolver, terminal)?;
    let unreadable = outcome.unreadable.iter();
    let errors: Vec<_> =
        unreadable.map(|file| CliError::new(format!("cannot read {}: {}", file.path, file.reason))).collect();
    if errors.is_empty() { Ok(outcome) } else { Err(errors) }
}

/// The rules that plimsoll ships.
pub(super) fn embedded() -> Result<Registry, Vec<CliError>> {
    Registry::embedded().map_err(|error| vec![CliError::new(error.to_string())])
}

fn run(
    options: &Check,
    registry: &Registry,
    resolver: &Resolver<'_>,
    terminal: &Terminal,
) -> Result<Outcome, Vec<CliError>> {
    let (paths, has_stdin) = choose::paths(options)?;
    let limits = choose::limits(&options.limits);
    let stdin = has_stdin
        .then(|| read_stdin(options.files.stdin_filename.as_deref(), limits.file_size))
        .transpose()?;
    let request = Request {
        paths,
        scope: scope::scope(options)?,
        stdin,
        buffers: Buffers::default(),
        resolver,
        walk: walk::Options {
            gitignore: !options.files.no_gitignore,
            force_exclude: options.files.force_exclude,
        },
        parse_all: options.files.parse_all,
        today: (!options.rules.no_ignores).then(today),
        limits,
        threads: Some(usize::from(options.threads)).filter(|threads| *threads > 0),
        classes: options.output.show_files,
    };
    let progress = Progress::new(terminal.err.is_terminal && !options.output.quiet);
    let outcome = engine::run(registry, &request, &|done, total| progress.update(done, total));
    progress.finish();
    outcome.map_err(|failure| match failure {
        engine::Failure::Config(_) => vec![CliError::placed(failure.to_string())],
        engine::Failure::Plan(_) | engine::Failure::Threads(_) => vec![CliError::new(failure.to_string())],
    })
}

/// The day that the system's clock shows, in UTC.
pub(super) fn today() -> Day {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Day::of_unix(now.unwrap_or_default().as_secs())
}

/// Reads standard input to its end, or to where it is too large anyway.
fn read_stdin(name: Option<&Path>, limit: u64) -> Result<Stdin, Vec<CliError>> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| {
        vec![CliError::new(format!("cannot read standard input: {}", walk::reason(&error)))]
    })?;
    Ok(Stdin { name: name.map_or_else(|| STDIN.to_owned(), walk::shown), is_file: name.is_some(), bytes })
}

fn write_reports(
    options: &Check,
    outcome: &Outcome,
    registry: &Registry,
    terminal: &Terminal,
) -> Result<(), Vec<CliError>> {
    let options = &options.output;
    let (max, ignored) = (options.max_findings, options.show_suppressed);
    let file = options.output.as_deref().filter(|file| file.as_os_str() != "-");
    let watched = file.is_none() && terminal.out.is_terminal;
    let format = options.output_format.unwrap_or(if watched { Format::Full } else { Format::Concise });
    let print = |format, options: &report::Options, out: &mut dyn Write| {
        report::write(format, outcome, registry, options, out)
    };
    let mut errors = Vec::new();
    let done = match file {
        Some(file) => output::to_file(file, |out| print(format, &print::in_file(max, ignored), out)),
        None => output::to_stdout(|out| print(format, &print::on_stdout(terminal, max, ignored), out)),
    };
    errors.extend(done.err());
    for (format, file) in &options.report {
        errors.extend(output::to_file(file, |out| print(*format, &print::in_file(max, ignored), out)).err());
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The last words, on standard error.
fn close(options: &Check, outcome: &Outcome, terminal: &Terminal) {
    let quiet = options.output.quiet || options.output.show_files;
    let mut text = Vec::new();
    // Writing to memory does not fail, and nobody is left to tell when standard error is closed.
    let _ = print::closing(outcome, quiet, terminal, &mut text);
    // Where nothing changed there is nothing to warn of.
    if !quiet && options.scope.changed.is_none() {
        let _ = print::nothing(outcome, &options.paths, &mut text);
        let _ = print::no_rule(outcome, &mut text);
    }
    let _ = io::stderr().write_all(&text);
}

fn exit(options: &Check, outcome: &Outcome, resolver: &Resolver<'_>) -> Exit {
    if !outcome.unreadable.is_empty() {
        return Exit::Failed;
    }
    if options.output.fail_on_empty && is_empty(outcome) {
        return Exit::Empty;
    }
    let fails = outcome.findings.iter().any(|finding| {
        let path = PathBuf::from(outcome.sources.path(finding.primary.span.source));
        resolver.settings_for(&path).is_ok_and(|settings| finding.severity >= settings.fail_on)
    });
    if fails && !options.output.exit_zero { Exit::Findings } else { Exit::Clean }
}

/// Whether no file was one that plimsoll lints. A broken one counts: it may have been meant as a manifest.
fn is_empty(outcome: &Outcome) -> bool {
    let is_linted = |class: FileClass| match class {
        FileClass::Kubernetes | FileClass::Kustomization | FileClass::KustomizePatch | FileClass::Broken => {
            true
        }
        FileClass::HelmTemplate | FileClass::HelmChart | FileClass::Other => false,
    };
    !outcome.stats.files.iter().any(|(class, count)| *count > 0 && is_linted(*class))
}
