//! `plimsoll baseline`.

use std::path::Path;

use super::{
    CliError, Done, Exit, Terminal,
    args::{Baseline as Options, BaselineCommand},
    check,
    output::{self, say},
};
use crate::{engine::Baseline, report::safe, walk};

/// Writes, prunes or shows a baseline.
pub(super) fn baseline(options: &Options, terminal: &Terminal) -> Done {
    match &options.command {
        BaselineCommand::Write(on) => {
            spare(&on.file)?;
            let baseline = Baseline::of(&check::outcome(&on.check, terminal)?);
            save(&baseline, &on.file)?;
            say(&format!("{} known in `{}`", findings(baseline.len()), walk::shown(&on.file)));
        }
        BaselineCommand::Prune(on) => {
            let old = read(&on.file)?;
            let new = old.pruned(&check::outcome(&on.check, terminal)?);
            if new != old {
                save(&new, &on.file)?;
            }
            let gone = old.len().saturating_sub(new.len());
            let file = walk::shown(&on.file);
            let left = if new.len() == 1 { "1 is".to_owned() } else { format!("{} are", new.len()) };
            say(&format!("{} gone, {left} left in `{file}`", findings(gone)));
        }
        BaselineCommand::Show { file } => {
            let baseline = read(file)?;
            output::words_to_stdout(|out| {
                for (rule, count) in baseline.by_rule() {
                    writeln!(out, "{count:>6} {}", safe::line(rule))?;
                }
                writeln!(out, "{:>6} in all", baseline.len())
            })
            .map_err(|error| vec![error])?;
        }
    }
    Ok(Exit::Clean)
}

/// Reads the baseline at `file`.
pub(super) fn read(file: &Path) -> Result<Baseline, Vec<CliError>> {
    let name = walk::shown(file);
    let failed = |reason: String| vec![CliError::new(format!("cannot read the baseline `{name}`: {reason}"))];
    let metadata = std::fs::metadata(file).map_err(|error| failed(walk::reason(&error)))?;
    if !metadata.is_file() {
        return Err(failed("not a regular file".to_owned()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| failed(walk::reason(&error)))?;
    Baseline::read(&text).map_err(|error| failed(error.to_string()))
}

/// Keeps a file that is no baseline from being written over: it may be a manifest, named here by mistake.
fn spare(file: &Path) -> Result<(), Vec<CliError>> {
    let regular = std::fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    let Some(bytes) = regular.then(|| std::fs::read(file).ok()).flatten() else { return Ok(()) };
    if bytes.trim_ascii().is_empty() || Baseline::has_head(&String::from_utf8_lossy(&bytes)) {
        return Ok(());
    }
    let name = walk::shown(file);
    Err(vec![CliError::new(format!("`{name}` is there and is no baseline: name another file, or remove it"))])
}

fn save(baseline: &Baseline, file: &Path) -> Result<(), Vec<CliError>> {
    output::to_file(file, |out| out.write_all(baseline.text().as_bytes())).map_err(|error| vec![error])
}

/// `1 finding is`, `2 findings are`.
fn findings(count: usize) -> String {
    if count == 1 { "1 finding is".to_owned() } else { format!("{count} findings are") }
}
