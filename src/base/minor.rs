//! A Kubernetes minor version, `1.NN`. In a file of its own because the build script reads rule files with it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A minor release of Kubernetes 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Minor(pub u16);

/// The text is no `1.NN`. The user's fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a Kubernetes version: write it as \"1.NN\", in quotes where the file is YAML")]
pub struct ParseMinorError(String);

impl Minor {
    /// The newest minor whose behaviour the rules know; the target when nothing else is said.
    pub const NEWEST: Minor = Minor(37);
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl FromStr for Minor {
    type Err = ParseMinorError;

    /// Reads `1.30`, `v1.30` and `1.30.4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseMinorError(text.to_owned());
        let mut parts = text.strip_prefix('v').unwrap_or(text).split('.');
        let (Some("1"), Some(minor)) = (parts.next(), parts.next()) else { return Err(error()) };
        let patch_is_number = parts.next().is_none_or(|patch| patch.parse::<u16>().is_ok());
        match minor.parse() {
            Ok(minor) if patch_is_number && parts.next().is_none() => Ok(Minor(minor)),
            _ => Err(error()),
        }
    }
}

impl TryFrom<String> for Minor {
    type Error = ParseMinorError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Minor> for String {
    fn from(minor: Minor) -> String {
        minor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_or_without_v_and_patch() {
        for (text, minor) in [("1.30", 30), ("v1.9", 9), ("1.30.4", 30)] {
            assert_eq!(text.parse(), Ok(Minor(minor)), "{text}");
        }
        for text in ["", "1", "2.1", "1.x", "1.30.x", "1.30.1.1", "1.-3", "30"] {
            assert!(text.parse::<Minor>().is_err(), "{text}");
        }
    }
}
