//! `plimsoll man`: manual pages, from the same description as the options.

use std::{fs, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{
    CliError, Done, Exit,
    args::{Cli, Manual},
    output,
};
use crate::walk::{reason, shown};

/// Prints the page of the program, or writes one page a command into a folder.
pub(super) fn man(options: &Manual) -> Done {
    let program = program();
    let Some(folder) = &options.folder else {
        let page = page(&program).map_err(|error| vec![error])?;
        output::to_stdout(|out| out.write_all(&page)).map_err(|error| vec![error])?;
        return Ok(Exit::Clean);
    };
    write_all(&program, folder).map_err(|error| vec![error])?;
    Ok(Exit::Clean)
}

/// The description, with the names of its commands worked out.
fn program() -> Command {
    let mut program = Cli::command().name("plimsoll");
    program.build();
    program
}

fn write_all(command: &Command, folder: &Path) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|error| {
        CliError::new(format!("cannot make the folder `{}`: {}", shown(folder), reason(&error)))
    })?;
    for command in pages(command) {
        let page = page(command)?;
        output::to_file(&folder.join(format!("{}.1", title(command))), |out| out.write_all(&page))?;
    }
    Ok(())
}

/// A command and all below it.
fn pages(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(command).chain(below.flat_map(pages)).collect()
}

/// `plimsoll-config-show` for `plimsoll config show`.
fn title(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// Without a day: two builds of one version write the same bytes.
fn page(command: &Command) -> Result<Vec<u8>, CliError> {
    let man = Man::new(command.clone())
        // An empty one would be left out, and the source would be taken for the day.
        .date(" ")
        .source(concat!("plimsoll ", env!("CARGO_PKG_VERSION")))
        .manual("plimsoll manual");
    let mut page = Vec::new();
    man.render(&mut page).map_err(|error| CliError::new(format!("cannot make the page: {error}")))?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_of_its_own_and_nested_ones_are_named_by_their_way() {
        let program = program();
        let titles: Vec<_> = pages(&program).into_iter().map(title).collect();
        for expected in ["plimsoll", "plimsoll-check", "plimsoll-config-show", "plimsoll-man"] {
            assert!(titles.contains(&expected), "{expected}: {titles:?}");
        }
        assert_eq!(titles.len(), titles.iter().collect::<std::collections::BTreeSet<_>>().len());
    }

    #[test]
    fn a_page_names_the_options_of_its_command_and_no_day() {
        let program = program();
        let check = program.find_subcommand("check").expect("there is such a command");
        let text = String::from_utf8(page(check).expect("it is written to memory")).expect("it is text");
        assert!(text.contains("fail\\-on"), "{text}");
        let title = text.lines().find(|line| line.starts_with(".TH ")).expect("a page has a title");
        assert_eq!(
            title,
            concat!(
                ".TH plimsoll-check 1 \" \" \"plimsoll ",
                env!("CARGO_PKG_VERSION"),
                "\" \"plimsoll manual\""
            )
        );
    }
}
