//! What is wrong in a configuration file, all of it, each with its place.

use std::fmt;

use crate::base::{Source, Span};

/// One mistake. The user's fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Where; `None` when the file could not be read at all.
    pub span: Option<Span>,
    /// The fact, lower case, no period.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

/// A configuration file that cannot be used. It is shown as one line a mistake,
/// `path:line:column: error: message`, each followed by its help where it has one.
#[derive(Debug)]
pub struct Broken {
    /// The file; its text is empty when it could not be read.
    pub source: Source,
    /// At least one, in the order of their places.
    pub errors: Vec<ConfigError>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}:", self.source.path)?;
            if let Some(span) = error.span {
                let place = self.source.position(span.start);
                write!(f, "{}:{}:", place.line, place.column)?;
            }
            write!(f, " error: {}", error.message)?;
            if let Some(help) = &error.help {
                write!(f, "\n  help: {help}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Broken {}
