//! What fixing did or would do: the changes as a diff, and the words about them.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    time::Duration,
};

use similar::{ChangeTag, TextDiff};

use super::{
    Options, safe,
    text::{Paint, count},
};
use crate::{
    base::RuleId,
    engine::{Drafts, Fixed},
};

/// How long one file may be compared for the shortest diff; after that, any right one will do.
const PATIENCE: Duration = Duration::from_secs(2);

/// Writes the changes to all texts as one unified diff, with three lines around each, and with paths as they are shown:
/// `patch -p0` and `git apply -p0` take it.
///
/// # Errors
/// Whatever `out` fails with.
pub fn diff(drafts: &Drafts, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for (path, draft) in drafts.iter() {
        let path = safe::line(path);
        writeln!(out, "{}", Paint::Bold.show(options.color, format_args!("--- {path}")))?;
        writeln!(out, "{}", Paint::Bold.show(options.color, format_args!("+++ {path}")))?;
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(&*draft.before, &*draft.after);
        for hunk in diff.unified_diff().iter_hunks() {
            writeln!(out, "{}", Paint::Cyan.show(options.color, hunk.header()))?;
            for change in hunk.iter_changes() {
                line(change.tag(), change.value(), options, out)?;
                if change.missing_newline() {
                    writeln!(out, "\n\\ No newline at end of file")?;
                }
            }
        }
    }
    Ok(())
}

/// Writes one line of a diff with its line break, where it has one.
fn line(tag: ChangeTag, text: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (sign, paint) = match tag {
        ChangeTag::Equal => (' ', None),
        ChangeTag::Delete => ('-', Some(Paint::Red)),
        ChangeTag::Insert => ('+', Some(Paint::Green)),
    };
    let Some(paint) = paint.filter(|_| options.color) else { return write!(out, "{sign}{text}") };
    let words = text.trim_end_matches(['\n', '\r']);
    write!(out, "{}{}", paint.show(true, format_args!("{sign}{words}")), &text[words.len()..])
}

/// What was done to files, or would be.
#[derive(Debug, Clone, Copy)]
pub struct Words<'w> {
    /// What fixing came to.
    pub fixed: &'w Fixed,
    /// How many findings were fixed, by file and rule.
    pub written: &'w BTreeMap<(String, RuleId), usize>,
    /// Nothing is written.
    pub would: bool,
    /// Name each file and rule.
    pub list: bool,
}

/// Writes what was fixed and what was not, and why.
///
/// # Errors
/// Whatever `out` fails with.
pub fn words(words: &Words<'_>, out: &mut dyn Write) -> io::Result<()> {
    for refused in &words.fixed.refused {
        let (path, why) = (safe::line(&refused.path), safe::line(&refused.why));
        writeln!(out, "{path}:{}: {} is not fixed: {why}", refused.line, refused.rule)?;
    }
    if words.fixed.is_cut_short {
        writeln!(out, "warning: fixes still bring new fixes after many rounds; the rest is left as it is")?;
    }
    if words.list {
        list(words.written, out)?;
    }
    let mut files: Vec<&String> = words.written.keys().map(|(path, _)| path).collect();
    files.dedup();
    let done = if words.would { "Would fix" } else { "Fixed" };
    let problems = count(words.written.values().sum(), "problem", "problems");
    writeln!(out, "{done} {problems} in {}", count(files.len(), "file", "files"))
}

/// Each file, and below it each rule with how often it was fixed.
fn list(written: &BTreeMap<(String, RuleId), usize>, out: &mut dyn Write) -> io::Result<()> {
    let mut last = None;
    for ((path, rule), count) in written {
        if last != Some(path) {
            writeln!(out, "{}:", safe::line(path))?;
            last = Some(path);
        }
        writeln!(out, "{count:>6} {rule}")?;
    }
    Ok(())
}
