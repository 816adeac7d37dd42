//! `plimsoll config`.

use super::{
    CliError, Done, Exit,
    args::{Config as Options, ConfigCommand},
    check::embedded,
    output,
};
use crate::config::schema;

/// Shows what holds for a file, or what a configuration may say.
pub(super) fn config(options: &Options) -> Done {
    let registry = embedded()?;
    let text = match &options.command {
        ConfigCommand::Schema => schema(&registry),
    };
    output::to_stdout(|out| out.write_all(text.as_bytes())).map_err(|error: CliError| vec![error])?;
    Ok(Exit::Clean)
}
