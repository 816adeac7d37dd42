//! Regular expressions of rules: compiled when first used, so that a start pays only for what it meets.

use std::sync::OnceLock;

use regex::Regex;

use super::compiled::CompileError;

/// A regular expression.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// An expression of a rule file: the build's tests hold that it compiles.
    pub(super) fn of_rule(text: &str) -> Self {
        Self { text: text.to_owned(), regex: OnceLock::new() }
    }

    /// An expression that a user set: compiled at once.
    ///
    /// # Errors
    /// [`CompileError::Regex`] when it is none.
    pub(super) fn of_user(text: &str) -> Result<Self, CompileError> {
        Ok(Self { text: text.to_owned(), regex: OnceLock::from(Some(Regex::new(text)?)) })
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }

    /// Whether `text` holds a match.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// `text` with its first match replaced by `by`; `None` where there is none.
    pub(super) fn replaced(&self, text: &str, by: &str) -> Option<String> {
        let found = self.regex()?.find(text)?;
        Some([&text[..found.start()], by, &text[found.end()..]].concat())
    }

    /// The text of the expression if it does not compile.
    pub(super) fn broken(&self) -> Option<&str> {
        if self.regex().is_none() { Some(&self.text) } else { None }
    }
}
