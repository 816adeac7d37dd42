//! `plimsoll man`: manual pages, from the same description as the options.

use std::{fs, path::Path};

use clap::{Command, CommandFactory};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use super::{
    CliError, Done, Exit,
    args::{Cli, Manual},
    output,
};
use crate::walk::{reason, shown};

/// How the program ends.
const EXIT_STATUS: [(&str, &str); 4] = [
    ("0", "Nothing was found at or above the severity of --fail-on."),
    ("1", "Something was found; or, with --diff, something would be fixed."),
    ("2", "plimsoll or its configuration failed, or an input could not be read."),
    ("3", "There was no manifest at all (only with --fail-on-empty)."),
];

/// What of the environment it heeds.
const ENVIRONMENT: [(&str, &str); 9] = [
    ("PLIMSOLL_OUTPUT_FORMAT", "How to print findings, where --output-format does not say so."),
    ("NO_COLOR", "If it is not empty, there are no colours, unless --color asks for them."),
    (
        "CLICOLOR_FORCE, FORCE_COLOR",
        "The first that is not empty decides where NO_COLOR does not: 0 is no colours, anything else is colours even \
         where the output is no terminal.",
    ),
    ("CLICOLOR", "With 0, there are no colours on a terminal either."),
    ("TERM", "With dumb, there are no colours, and lines are drawn in ASCII."),
    ("LC_ALL, LC_CTYPE, LANG", "The first that is not empty says whether the terminal shows Unicode."),
    (
        "GITHUB_ACTIONS",
        "With true, findings are annotations, too, where no format is given, and no other word is a command in the log.",
    ),
    ("TF_BUILD, TEAMCITY_VERSION", "If one is not empty, no word for people is a command in the log."),
    (
        "GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA, CI_PROJECT_URL, CI_COMMIT_SHA",
        "What GitHub Actions and GitLab CI set: reports link to the files of that commit.",
    ),
];

/// Pages that say how the program ends and what it heeds.
const WITH_SURROUNDINGS: [&str; 2] = ["plimsoll", "plimsoll-check"];

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
    let man = Man::new(with_closing_described(command))
        // An empty one would be left out, and the source would be taken for the day.
        .date(" ")
        .source(concat!("plimsoll ", env!("CARGO_PKG_VERSION")))
        .manual("plimsoll manual");
    let mut page = Vec::new();
    man.render(&mut page).map_err(|error| CliError::new(format!("cannot make the page: {error}")))?;
    if WITH_SURROUNDINGS.contains(&title(command)) {
        insert_surroundings(&mut page);
    }
    Ok(page)
}

/// The command with the words that close its help in its description: pages have no section for them.
fn with_closing_described(command: &Command) -> Command {
    let about = command.get_long_about().or_else(|| command.get_about());
    let (Some(about), Some(closing)) = (about, command.get_after_help()) else { return command.clone() };
    let words = format!("{about}.\n\n{closing}");
    command.clone().long_about(words).after_help(None::<&str>)
}

/// Puts how the program ends and what it heeds behind its options and commands.
fn insert_surroundings(page: &mut Vec<u8>) {
    let mut roff = Roff::new();
    for (heading, list) in [("EXIT STATUS", &EXIT_STATUS[..]), ("ENVIRONMENT", &ENVIRONMENT)] {
        roff.control("SH", [heading]);
        for (name, words) in list {
            roff.control("TP", []).text([bold(*name)]).text([roman(*words)]);
        }
    }
    let version = b".SH VERSION\n";
    let at = page.windows(version.len()).position(|line| line == version).unwrap_or(page.len());
    page.splice(at..at, roff.to_roff().into_bytes());
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

    fn page_of(command: &Command) -> String {
        String::from_utf8(page(command).expect("it is written to memory")).expect("it is text")
    }

    #[test]
    fn the_pages_of_the_program_and_of_check_say_how_it_ends_and_what_it_heeds() {
        let program = program();
        let check = program.find_subcommand("check").expect("there is such a command");
        for command in [&program, check] {
            let text = page_of(command);
            let headings: Vec<_> = text.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
            let at =
                headings.iter().position(|it| *it == "\"EXIT STATUS\"").expect("there is such a section");
            assert_eq!(headings.get(at + 1), Some(&"ENVIRONMENT"), "{headings:?}");
            for name in ["PLIMSOLL_OUTPUT_FORMAT", "NO_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS"] {
                assert!(text.contains(&format!("\\fB{name}")), "{name}: {text}");
            }
            for code in ["0", "1", "2", "3"] {
                assert!(text.contains(&format!(".TP\n\\fB{code}\\fR\n")), "{code}: {text}");
            }
        }
        let rules = program.find_subcommand("rules").expect("there is such a command");
        assert!(!page_of(rules).contains("ENVIRONMENT"));
    }

    #[test]
    fn the_words_that_close_the_help_are_part_of_the_description() {
        let text = page_of(&program());
        assert!(!text.contains("EXTRA"), "{text}");
        let (_, behind) = text.split_once(".SH DESCRIPTION\n").expect("there is such a section");
        let (description, _) = behind.split_once(".SH ").expect("there is another section");
        assert!(description.contains("is short for"), "{description}");
    }

    #[test]
    fn a_page_names_the_options_of_its_command_and_no_day() {
        let program = program();
        let check = program.find_subcommand("check").expect("there is such a command");
        let text = page_of(check);
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
