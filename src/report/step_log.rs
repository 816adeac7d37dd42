//! Words in the log of a step in GitHub Actions, Azure Pipelines or `TeamCity`, where a line may be a command to whoever
//! runs it.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Lets `print` write to `out`, and nothing in that be a command.
///
/// # Errors
/// Whatever `print` or `out` fails with.
pub fn in_step_log(
    out: &mut dyn Write,
    print: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut words = Vec::new();
    print(&mut words)?;
    for line in String::from_utf8_lossy(&words).lines() {
        writeln!(out, "{}", log_line(line))?;
    }
    Ok(())
}

/// `line` so that nothing in it is taken for a command: a file's name or an object's may be made to look like one, `::…` at
/// the start, or `##[…]`, `##vso[…]`, `##teamcity[…]` anywhere.
pub(super) fn log_line(line: &str) -> Cow<'_, str> {
    const MARKS: [&str; 3] = ["##[", "##vso[", "##teamcity["];
    let mut line = Cow::Borrowed(line);
    for mark in MARKS {
        if line.contains(mark) {
            line = line.replace(mark, &mark.replace("##", "# #")).into();
        }
    }
    if line.trim_start().starts_with("::") { Cow::Owned(format!("./{}", line.trim_start())) } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_log_is_a_command() {
        for (line, expected) in [
            ("a.yaml:1:1: high x: y", "a.yaml:1:1: high x: y"),
            ("::stop-commands::x", "./::stop-commands::x"),
            ("  ::error::x", "./::error::x"),
            ("a ##[add-mask]b ###[group]", "a # #[add-mask]b ## #[group]"),
            ("a ##vso[task.x]b ##teamcity[c] ##[d]", "a # #vso[task.x]b # #teamcity[c] # #[d]"),
            ("## a [b] ##vso", "## a [b] ##vso"),
        ] {
            assert_eq!(log_line(line), expected);
        }
    }
}
