//! `plimsoll migrate`: what silences and configures other tools, in words of ours.

use std::path::Path;

use similar::TextDiff;

use super::{CliError, Done, Exit, args::Migrate, output};
use crate::{
    base::{Source, SourceId},
    config::{FILE_NAMES, FOREIGN_FILES, Foreign},
    engine::{may_migrate, migrate},
    report::safe,
    walk,
    yaml::Limits,
};

/// Shows what would be rewritten, or rewrites it.
pub(super) fn run(options: &Migrate) -> Done {
    let mut migration = Migration { write: options.write, ..Migration::default() };
    let walked = walk::walk(&options.paths, &walk::Options::default(), &walk::Everything);
    for (path, reason) in walked.errors {
        migration.errors.push(CliError::new(format!("cannot read `{path}`: {reason}")));
    }
    for found in walked.files.iter().filter(|found| may_be_manifest(found.hint)) {
        migration.manifest(&found.path, &found.shown);
    }
    for folder in options.paths.iter().filter(|path| path.is_dir()) {
        migration.configurations(folder);
    }
    migration.tell();
    if migration.errors.is_empty() { Ok(Exit::Clean) } else { Err(migration.errors) }
}

fn may_be_manifest(hint: walk::NameHint) -> bool {
    matches!(hint, walk::NameHint::Plain | walk::NameHint::Kustomization)
}

#[derive(Default)]
struct Migration {
    write: bool,
    /// Marks that were rewritten, and the files they stand in.
    marks: usize,
    files: usize,
    told: Vec<String>,
    errors: Vec<CliError>,
}

impl Migration {
    fn manifest(&mut self, path: &Path, shown: &str) {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.fail(format!("cannot read `{shown}`: {}", walk::reason(&error))),
        };
        let limits = Limits::default();
        // What no rule can judge holds no mark either.
        let Ok(text) = String::from_utf8(bytes) else { return };
        if text.len() as u64 > limits.file_size || !may_migrate(&text) {
            return;
        }
        let source = Source::new(SourceId(0), shown, text);
        let migrated = migrate(&source, &limits);
        for (line, why) in &migrated.left {
            self.told.push(format!("{shown}:{line}: left alone: {why}"));
        }
        if migrated.rewritten > 0 {
            self.marks += migrated.rewritten;
            self.files += 1;
            self.put(path, shown, &source.text, &migrated.text);
        }
    }

    /// What other tools' configurations in `folder` leave out.
    fn configurations(&mut self, folder: &Path) {
        let folder = folder.strip_prefix(".").unwrap_or(folder);
        let mut foreign = Foreign::default();
        let mut read = Vec::new();
        for (name, tool) in FOREIGN_FILES {
            let file = folder.join(name);
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            match foreign.read(tool, &text) {
                Ok(()) => read.push(walk::shown(&file)),
                Err(why) => self.fail(format!("cannot read `{}`: {why}", walk::shown(&file))),
            }
        }
        let Some(first) = read.first() else { return };
        self.told.extend(foreign.left.iter().map(|why| format!("{first}: left alone: {why}")));
        if foreign.is_empty() {
            return;
        }
        let text = format!("# From {}.\n{}", read.join(", "), foreign.text());
        let own = FILE_NAMES.iter().map(|name| folder.join(name)).find(|file| file.exists());
        match own {
            None => {
                let file = folder.join(FILE_NAMES[0]);
                self.put(&file, &walk::shown(&file), "", &text);
            }
            // Two settings of one name would have to become one, and which order is meant is not ours to say.
            Some(own) => {
                let own = walk::shown(&own);
                self.told.push(format!("{own} is there already; add to it by hand:\n{text}"));
            }
        }
    }

    /// Writes a file, or shows what would be written.
    fn put(&mut self, path: &Path, shown: &str, old: &str, new: &str) {
        let done = if self.write {
            output::to_file(path, |out| out.write_all(new.as_bytes()))
        } else {
            output::words_to_stdout(|out| {
                let diff = TextDiff::from_lines(old, new);
                let text = diff.unified_diff().context_radius(1).header(shown, shown).to_string();
                text.lines().try_for_each(|line| writeln!(out, "{}", safe::line(line)))
            })
        };
        self.errors.extend(done.err());
    }

    fn fail(&mut self, message: String) {
        self.errors.push(CliError::new(message));
    }

    fn tell(&mut self) {
        let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let place = format!("{} in {}", count(self.marks, "mark"), count(self.files, "file"));
        self.told.push(match (self.write, self.marks) {
            (_, 0) => "no mark for another tool can be rewritten".to_owned(),
            (true, _) => format!("rewrote {place}"),
            (false, _) => format!("would rewrite {place}; `--write` does it"),
        });
        for line in self.told.iter().flat_map(|told| told.lines()) {
            output::say(line);
        }
    }
}
