//! `plimsoll server`.

use std::io::{BufReader, stdin, stdout};

use super::{CliError, Done, Exit};
use crate::lsp;

/// Serves an editor on standard input and output until it leaves. As the protocol wants it, one that leaves without
/// `shutdown` makes the exit code 1.
pub(super) fn server() -> Done {
    let is_orderly = lsp::serve(BufReader::new(stdin()), stdout())
        .map_err(|error| vec![CliError::new(error.to_string())])?;
    Ok(if is_orderly { Exit::Clean } else { Exit::Findings })
}
