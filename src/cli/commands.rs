//! The commands that lint nothing.

use std::io::{self, Read, Write};

use clap::CommandFactory;

use super::{
    CliError, Done, Exit, Terminal,
    args::{Cli, Completions, Dump, Explain, Rules},
    check::embedded,
    output, print,
};
use crate::{
    base::{Source, SourceError, SourceId},
    config::Selector,
    walk,
    yaml::{self, Limits},
};

/// `plimsoll rules`
pub(super) fn rules(options: &Rules, terminal: &Terminal) -> Done {
    let registry = embedded()?;
    print_out(|out| print::rules(options.output_format, &registry, terminal, out))
}

/// `plimsoll explain RULE`
pub(super) fn explain(options: &Explain, terminal: &Terminal) -> Done {
    let registry = embedded()?;
    let index = match Selector::parse(&options.rule, &registry) {
        Ok(Selector::Rule(index)) => index,
        Ok(_) => return Err(vec![CliError::new(format!("`{}` is more than one rule", options.rule))]),
        Err(unknown) => return Err(vec![unknown.into()]),
    };
    let rule = &registry.rules()[index];
    print_out(|out| print::explain(options.output_format, rule, terminal, out))
}

/// `plimsoll completions SHELL`
pub(super) fn completions(options: &Completions) -> Done {
    // Into memory first: the generator panics when it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "plimsoll", &mut script);
    print_out(|out| out.write_all(&script))
}

/// `plimsoll dump FILE`
pub(super) fn dump(options: &Dump, terminal: &Terminal) -> Done {
    let name = walk::shown(&options.file);
    let bytes = if name == "-" { read_all(&mut io::stdin().lock()) } else { std::fs::read(&options.file) };
    let bytes = bytes
        .map_err(|error| vec![CliError::new(format!("cannot read `{name}`: {}", walk::reason(&error)))])?;
    let source = Source::decode(SourceId(0), name.as_str(), bytes).map_err(|error| {
        let SourceError::NotUtf8 { offset, .. } = error;
        vec![CliError::new(format!("`{name}` is not valid UTF-8 at byte {offset}"))]
    })?;
    let parsed = yaml::parse(source.id, &source.text, &Limits::default());
    print_out(|out| out.write_all(yaml::events(&parsed, options.spans).as_bytes()))?;
    let mut failed = false;
    for error in parsed.documents().iter().filter_map(|document| document.error.as_ref()) {
        failed = true;
        let place = source.position(error.span.start);
        let line = format!("{name}:{}:{}: error: {}", place.line, place.column, error.message);
        super::error::report(&[CliError::placed(line)], terminal);
    }
    Ok(if failed { Exit::Findings } else { Exit::Clean })
}

fn read_all(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print_out(print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Done {
    output::to_stdout(print).map_err(|error| vec![error])?;
    Ok(Exit::Clean)
}
