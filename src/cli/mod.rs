//! Arguments, environment, exit codes, progress. The only floor that looks at the environment.

mod add_ignore;
mod args;
mod baseline;
mod changed;
mod check;
mod choose;
mod commands;
mod config;
mod error;
mod exit;
mod fix;
mod init;
mod man;
mod migrate;
mod output;
mod print;
mod progress;
mod render;
mod scope;
mod server;
mod size;
mod terminal;
mod watch;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser;

use args::{Cli, Command};
use error::CliError;
pub use exit::Exit;
use terminal::Terminal;

/// Reads the arguments and does what they ask.
pub fn main() -> ExitCode {
    run(std::env::args_os().collect()).into()
}

fn run(arguments: Vec<OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args::with_command(arguments)) {
        Ok(cli) => cli,
        Err(error) => return error::usage(&error),
    };
    let terminal = Terminal::new(cli.color);
    let done = match cli.command {
        Command::Check(options) => formatted(*options).and_then(|it| check::check(&it, &terminal)),
        Command::Baseline(options) => baseline::baseline(&options, &terminal),
        Command::Config(options) => config::config(&options),
        Command::Init(options) => init::init(&options),
        Command::Migrate(options) => migrate::run(&options),
        Command::Rules(rules) => commands::rules(&rules, &terminal),
        Command::Explain(explain) => commands::explain(&explain, &terminal),
        Command::Completions(completions) => commands::completions(&completions),
        Command::Man(options) => man::man(&options),
        Command::Render(options) => render::render(&options),
        Command::Server(_) => server::server(),
        Command::Dump(dump) => commands::dump(&dump, &terminal),
    };
    done.unwrap_or_else(|errors| error::report(&errors, &terminal))
}

/// A check in the format that the environment asks for, where no option does.
fn formatted(mut options: args::Check) -> Result<args::Check, Vec<CliError>> {
    if options.output.output_format.is_none() {
        options.output.output_format = terminal::output_format().map_err(|error| vec![error])?;
    }
    Ok(options)
}

/// What a command comes to: how it ends, or why it could not be done.
type Done = Result<Exit, Vec<CliError>>;
