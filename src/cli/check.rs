//! `plimsoll check`.

use std::{
    io::{self, Read, Write},
    path::{Component, Path, PathBuf},
    time::SystemTime,
};

use super::{
    CliError, Done, Exit, Terminal, add_ignore, args::Check, baseline, choose, fix, output, print,
    progress::Progress, scope, watch,
};
use crate::{
    base::Day,
    config::Resolver,
    engine::{self, Buffers, FileClass, Fixing, Outcome, Request, Stdin},
    report::{self, Format},
    rule::Registry,
    walk::{self, Filter as _},
};

/// How standard input is called when nobody gives it a name.
const STDIN: &str = "<stdin>";

/// Lints what the options name and prints what was found.
pub(super) fn check(options: &Check, terminal: &Terminal) -> Done {
    choose::distinct_files(options)?;
    add_ignore::check(options)?;
    fix::check(options)?;
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
    let request = request(options, &resolver)?;
    let lint = |request: &Request<'_>| {
        let mut outcome = run(options, &registry, request, terminal)?;
        if let Some(baseline) = &baseline {
            baseline.apply(&mut outcome);
        }
        Ok(outcome)
    };
    if options.fixes.is_fixing() {
        return check_and_fix(
            options,
            request,
            &lint,
            &Shown { registry: &registry, resolver: &resolver, terminal },
        );
    }
    let mut outcome = lint(&request)?;
    outcome.fixable = engine::fixable(&outcome, options.fixes.least());
    if let Some(reason) = &options.add_ignore {
        add_ignore::add(options, reason, &mut outcome)?;
        return Ok(exit(options, &outcome, &resolver));
    }
    if options.output.show_files {
        output::words_to_stdout(|out| print::files(&outcome, out)).map_err(|error| vec![error])?;
    } else {
        write_reports(options, &outcome, &registry, terminal)?;
    }
    close(options, &outcome, &resolver, terminal);
    Ok(exit(options, &outcome, &resolver))
}

/// What reports are made with.
struct Shown<'s, 'r> {
    registry: &'s Registry,
    resolver: &'s Resolver<'r>,
    terminal: &'s Terminal,
}

/// Fixes what can be fixed, and prints what is left or what would be changed.
fn check_and_fix(
    options: &Check,
    request: Request<'_>,
    lint: &dyn Fn(&Request<'_>) -> Result<Outcome, Vec<CliError>>,
    shown: &Shown<'_, '_>,
) -> Done {
    let fixing = Fixing { least: options.fixes.least(), registry: shown.registry, limits: request.limits };
    let stdin = request.stdin.clone();
    if stdin.as_ref().is_some_and(|stdin| stdin.bytes.len() as u64 > request.limits.file_size) {
        return Err(vec![CliError::new("standard input is larger than the limit (--max-file-size)")]);
    }
    let fixed = fix::fix(options, &fixing, request, lint)?;
    if options.fixes.diff {
        output::words_to_stdout(|out| print::diff(&fixed.drafts, shown.terminal, out))
            .map_err(|error| vec![error])?;
        fix::tell(options, &fixed, None);
        return Ok(if unread(&fixed.outcome, shown.terminal) {
            Exit::Failed
        } else if fixed.drafts.is_empty() || options.output.exit_zero {
            Exit::Clean
        } else {
            Exit::Findings
        });
    }
    let written = fix::write(&fixed, stdin.as_ref());
    let mut errors = Vec::new();
    if !options.fixes.fix_only {
        errors.extend(
            write_reports(options, &fixed.outcome, shown.registry, shown.terminal).err().unwrap_or_default(),
        );
    }
    fix::tell(options, &fixed, Some(&written));
    errors.extend(written.errors);
    if options.fixes.fix_only {
        let failed = unread(&fixed.outcome, shown.terminal);
        return if errors.is_empty() {
            Ok(if failed { Exit::Failed } else { Exit::Clean })
        } else {
            Err(errors)
        };
    }
    close(options, &fixed.outcome, shown.resolver, shown.terminal);
    if errors.is_empty() { Ok(exit(options, &fixed.outcome, shown.resolver)) } else { Err(errors) }
}

/// Names the files that could not be read; whether there are any.
fn unread(outcome: &Outcome, terminal: &Terminal) -> bool {
    output::to_stderr(|out| print::closing(outcome, true, terminal, out));
    !outcome.unreadable.is_empty()
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
    if options.fixes.is_fixing() {
        return Err(vec![CliError::new("fixing is done by `check` alone")]);
    }
    let registry = embedded()?;
    let overrides = choose::overrides(&options.rules, &registry)?;
    let resolver = choose::resolver(options.config.as_deref(), options.isolated, &registry, overrides)?;
    let outcome = run(options, &registry, &request(options, &resolver)?, terminal)?;
    let unreadable = outcome.unreadable.iter();
    let errors: Vec<_> =
        unreadable.map(|file| CliError::new(format!("cannot read {}: {}", file.path, file.reason))).collect();
    if errors.is_empty() { Ok(outcome) } else { Err(errors) }
}

/// The rules that plimsoll ships.
pub(super) fn embedded() -> Result<Registry, Vec<CliError>> {
    Registry::embedded().map_err(|error| vec![CliError::new(error.to_string())])
}

/// What the options ask for; reads standard input where they name it.
fn request<'r>(options: &Check, resolver: &'r Resolver<'r>) -> Result<Request<'r>, Vec<CliError>> {
    let (paths, has_stdin) = choose::paths(options)?;
    // A folder that somebody deleted under our feet can still be listed, and is empty.
    if let Err(error) = std::env::current_dir()
        && paths.iter().any(|path| path.is_relative())
    {
        let message = format!("the current folder cannot be read: {}", walk::reason(&error));
        return Err(vec![CliError::new(message)]);
    }
    let limits = choose::limits(&options.limits);
    let stdin = has_stdin
        .then(|| read_stdin(options.files.stdin_filename.as_deref(), limits.file_size))
        .transpose()?;
    Ok(Request {
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
        stop: engine::Stop::default(),
    })
}

fn run(
    options: &Check,
    registry: &Registry,
    request: &Request<'_>,
    terminal: &Terminal,
) -> Result<Outcome, Vec<CliError>> {
    let progress = Progress::new(terminal.err.is_terminal && !options.output.quiet);
    let outcome = engine::run(registry, request, &|done, total| progress.update(done, total));
    progress.finish();
    outcome.map_err(|failure| match failure {
        engine::Failure::Config(_) => vec![CliError::placed(failure.to_string())],
        engine::Failure::Plan(_) | engine::Failure::Threads(_) | engine::Failure::Stopped => {
            vec![CliError::new(failure.to_string())]
        }
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
    // Standard output is taken by the fixed text.
    let is_filter = options.fixes.is_fixing() && options.paths.iter().any(|path| path.as_os_str() == "-");
    let options = &options.output;
    let (max, ignored) = (options.max_findings, options.show_suppressed);
    let file = options.output.as_deref().filter(|file| file.as_os_str() != "-");
    let watched = file.is_none() && terminal.out.is_terminal;
    let for_github = terminal.is_github && options.output_format.is_none() && file.is_none() && !watched;
    let format = options.output_format.unwrap_or(if watched { Format::Full } else { Format::Concise });
    let in_file = print::in_file(terminal, max, ignored);
    let print = |format, options: &report::Options, out: &mut dyn Write| {
        report::write(format, outcome, registry, options, out)
    };
    let mut errors = Vec::new();
    let done = match file {
        Some(file) => output::to_file(file, |out| print(format, &in_file, out)),
        None if is_filter => {
            output::to_stderr(|out| print(format, &print::in_place_of_stdout(terminal, max, ignored), out));
            Ok(())
        }
        None => {
            let options = print::on_stdout(terminal, max, ignored);
            if for_github {
                output::to_stdout(|out| report::write_for_github(outcome, registry, &options, out))
            } else if format.is_text() {
                output::words_to_stdout(|out| print(format, &options, out))
            } else {
                output::to_stdout(|out| print(format, &options, out))
            }
        }
    };
    errors.extend(done.err());
    if options.statistics {
        let is_free = file.is_some() || format.is_text();
        errors.extend(write_statistics(outcome, registry, is_free, terminal).err());
    }
    for (format, file) in &options.report {
        errors.extend(output::to_file(file, |out| print(*format, &in_file, out)).err());
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Behind the findings, or on standard error where those are for a program.
fn write_statistics(
    outcome: &Outcome,
    registry: &Registry,
    to_stdout: bool,
    terminal: &Terminal,
) -> Result<(), CliError> {
    if to_stdout {
        let options = print::on_stdout(terminal, None, false);
        return output::words_to_stdout(|out| report::statistics::write(outcome, registry, &options, out));
    }
    output::to_stderr(|out| report::statistics::write(outcome, registry, &print::on_stderr(terminal), out));
    Ok(())
}

/// The last words, on standard error.
fn close(options: &Check, outcome: &Outcome, resolver: &Resolver<'_>, terminal: &Terminal) {
    let quiet = options.output.quiet || options.output.show_files;
    output::to_stderr(|out| {
        print::closing(outcome, quiet, terminal, out)?;
        // Where nothing changed there is nothing to warn of.
        if !quiet && options.scope.changed.is_none() {
            let is_excluded = |path: &&PathBuf| options.files.force_exclude && excludes(resolver, path);
            let (excluded, others): (Vec<_>, Vec<_>) = options.paths.iter().partition(is_excluded);
            print::nothing(outcome, &excluded, &others, out)?;
            print::no_rule(outcome, out)?;
        }
        Ok(())
    });
}

/// Whether the configuration excludes `path`, as the walk asks it.
fn excludes(resolver: &Resolver<'_>, path: &Path) -> bool {
    let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    resolver.excludes_named(&path)
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
