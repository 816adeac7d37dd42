//! `--fix`, `--fix-only` and `--diff`.

use std::collections::BTreeMap;

use super::{CliError, args::Check, output};
use crate::{
    base::RuleId,
    engine::{self, Draft, Drafts, Fixed, Outcome, Request, Stdin},
    report::{self, fixes::Words},
};

/// Mistakes in the options that show before anything is read.
pub(super) fn check(options: &Check) -> Result<(), Vec<CliError>> {
    let has_stdin = options.paths.iter().any(|path| path.as_os_str() == "-");
    if options.fixes.is_fixing() && has_stdin && options.paths.len() > 1 {
        return Err(vec![CliError::new("standard input is fixed alone: leave the other paths out")]);
    }
    Ok(())
}

/// Fixes in memory. `run` does a run as `request` says.
pub(super) fn fix<E>(
    options: &Check,
    fixing: &engine::Fixing<'_>,
    mut request: Request<'_>,
    run: &dyn Fn(&Request<'_>) -> Result<Outcome, E>,
) -> Result<Fixed, E> {
    let base = std::env::current_dir().unwrap_or_default();
    let (stdin, buffers) = (request.stdin.clone(), request.buffers.clone());
    let mut fixed = engine::fix(fixing, &mut |drafts: &Drafts| {
        // What an earlier try changed and this one does not is as it was.
        (request.stdin, request.buffers) = (stdin.clone(), buffers.clone());
        drafts.lay(&mut request, &base);
        run(&request)
    })?;
    fixed.outcome.fixable =
        engine::Fixable { is_after: true, ..engine::fixable(&fixed.outcome, options.fixes.least()) };
    Ok(fixed)
}

/// What is left to do after the texts are where they belong.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Files that could not be written.
    pub(super) errors: Vec<CliError>,
    /// How many findings were fixed in the others, by file and rule.
    fixed: BTreeMap<(String, RuleId), usize>,
}

/// Writes the changed texts to their files, or that of standard input to standard output.
pub(super) fn write(fixed: &Fixed, stdin: Option<&Stdin>) -> Written {
    let mut written = Written { errors: Vec::new(), fixed: fixed.fixed.clone() };
    for (path, draft) in fixed.drafts.iter().filter(|_| stdin.is_none()) {
        let file = fixed.outcome.base.join(path);
        if let Err(why) = engine::rewrite(&file, &draft.old_bytes(), &draft.new_bytes()) {
            written.errors.push(CliError::new(format!("cannot write `{path}`: {why}")));
            written.fixed.retain(|(of, _), _| of != path);
        }
    }
    if let Some(stdin) = stdin {
        let draft = fixed.drafts.iter().find(|(path, _)| *path == stdin.name).map(|(_, draft)| draft);
        let bytes = draft.map_or_else(|| stdin.bytes.clone(), Draft::new_bytes);
        written.errors.extend(output::to_stdout(|out| out.write_all(&bytes)).err());
    }
    written
}

/// Says what was fixed, or what would be where there is nothing `written`.
pub(super) fn tell(options: &Check, fixed: &Fixed, written: Option<&Written>) {
    if options.output.quiet {
        return;
    }
    let words = Words {
        fixed,
        written: written.map_or(&fixed.fixed, |it| &it.fixed),
        would: written.is_none(),
        list: options.fixes.show_fixes,
    };
    output::to_stderr(|out| report::fixes::words(&words, out));
}
