//! The command line as the user writes it.

mod fix;

use std::{ffi::OsString, path::PathBuf};

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

pub(super) use self::fix::FixOptions;
use super::{scope::ScopeOptions, size::parse_size};
use crate::{
    base::{Minor, Severity},
    report::{Format, Layout, UnknownWord},
};

/// An offline linter for the Kubernetes manifests in GitOps repositories.
#[derive(Debug, Parser)]
#[command(
    version,
    bin_name = "plimsoll",
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_required = true,
    override_usage = "plimsoll [check] [OPTIONS] [PATHS]...\n       plimsoll <COMMAND>",
    after_help = "`plimsoll PATHS` is short for `plimsoll check PATHS`; \
                  `plimsoll check --help` lists its options."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = color())]
    pub(super) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint manifests.
    Check(Box<Check>),
    /// Keep a list of the findings that are known, so that only new ones are told.
    Baseline(Box<Baseline>),
    /// Show what holds for a file and why, or what a configuration may say.
    Config(Config),
    /// Write a first configuration from what a folder holds.
    Init(Init),
    /// Rewrite what silences and configures other tools in words of plimsoll.
    Migrate(Migrate),
    /// List the rules.
    Rules(Rules),
    /// Say what a rule is about, why it matters and how to fix what it finds.
    Explain(Explain),
    /// Print the completions for a shell.
    Completions(Completions),
    /// Print the manual page.
    Man(Manual),
    /// Build a kustomization and print its objects.
    Render(Render),
    /// Serve an editor by the language server protocol, on standard input and output.
    Server(Server),
    /// Print how a file is read, as the events of the YAML test suite.
    Dump(Dump),
}

/// The names of the commands: what stands first decides, so a folder of such a name is written `./rules`.
const COMMANDS: [&str; 12] = [
    "check",
    "baseline",
    "config",
    "init",
    "migrate",
    "rules",
    "explain",
    "completions",
    "man",
    "render",
    "server",
    "dump",
];

/// Puts `check` in front of arguments that name no command.
pub(super) fn with_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        match argument.to_str() {
            Some("--color") => at += 2,
            Some(text) if text.starts_with("--color=") => at += 1,
            Some("--help" | "-h" | "--version" | "-V") => return arguments,
            Some(text) if COMMANDS.contains(&text) => return arguments,
            _ => break,
        }
    }
    // Behind a `--color` that lacks its value there is nothing to put anything in front of.
    if at <= arguments.len() {
        arguments.insert(at, "check".into());
    }
    arguments
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files and folders; `-` is standard input.
    #[arg(default_value = ".", hide_default_value = true)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) rules: RuleOptions,
    #[command(flatten)]
    pub(super) output: OutputOptions,
    #[command(flatten)]
    pub(super) fixes: FixOptions,
    #[command(flatten)]
    pub(super) files: FileOptions,
    #[command(flatten)]
    pub(super) scope: ScopeOptions,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
    /// Tell only findings that this baseline does not know.
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(super) baseline: Option<PathBuf>,
    /// Write a comment that silences it above each finding, with this reason, and print no finding.
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    #[arg(conflicts_with_all = ["output", "report", "no_ignores", "show_suppressed", "show_files", "statistics"])]
    #[arg(help_heading = "Rules")]
    pub(super) add_ignore: Option<String>,
    /// Use this configuration and look for no other.
    #[arg(long, value_name = "FILE", conflicts_with = "isolated", help_heading = "Configuration")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration file.
    #[arg(long, help_heading = "Configuration")]
    pub(super) isolated: bool,
    /// Threads to use, 0 for one a processor.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=1024))]
    #[arg(help_heading = "Configuration", hide_default_value = true)]
    pub(super) threads: u16,
}

#[derive(Debug, Args)]
pub(super) struct Config {
    #[command(subcommand)]
    pub(super) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show what holds for a file or a folder, and why.
    Show(ConfigShow),
    /// Print the JSON schema of configurations, for editors.
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder.
    #[arg(default_value = ".", hide_default_value = true)]
    pub(super) folder: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Files and folders; a folder's configurations of other tools are read, too.
    #[arg(default_value = ".", hide_default_value = true)]
    pub(super) paths: Vec<PathBuf>,
    /// Write the files instead of showing what would change.
    #[arg(long)]
    pub(super) write: bool,
}

#[derive(Debug, Args)]
pub(super) struct ConfigShow {
    /// The file or folder; it need not exist.
    pub(super) file: PathBuf,
    /// Use this configuration and look for no other.
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(super) config: Option<PathBuf>,
    /// Use no configuration file.
    #[arg(long)]
    pub(super) isolated: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct RuleOptions {
    /// Run these rules only: `rule`, `family/*` or `*`.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(super) select: Option<Vec<String>>,
    /// Run these rules too.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(super) extend_select: Vec<String>,
    /// Do not run these rules.
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Run the rules of these profiles [default: default].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) profile: Vec<String>,
    /// Show findings from this severity on [default: info].
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    pub(super) min_severity: Option<Severity>,
    /// Exit with 1 from this severity on [default: medium].
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    pub(super) fail_on: Option<Severity>,
    /// The version of the cluster, `1.NN` [default: the newest known].
    #[arg(long, value_name = "VERSION", value_parser = minor)]
    pub(super) kubernetes_version: Option<Minor>,
    /// Where the cluster runs; switches the rules of that platform on.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(["aks"]))]
    pub(super) platform: Option<String>,
    /// Let no comment and no annotation silence a finding.
    #[arg(long)]
    pub(super) no_ignores: bool,
    /// Let no comment and no annotation for another tool silence a finding.
    #[arg(long)]
    pub(super) no_peer_ignores: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct OutputOptions {
    /// How to print findings [default: full on a terminal, concise and annotations in GitHub Actions, else concise]; else
    /// as `PLIMSOLL_OUTPUT_FORMAT` says.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", value_parser = format())]
    pub(super) output_format: Option<Format>,
    /// Write the findings to a file instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write another report to a file, such as `sarif=out.sarif`. May be repeated.
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    pub(super) report: Vec<(Format, PathBuf)>,
    /// How many findings `full` shows, 0 for all [default: 200 on a terminal].
    #[arg(long, value_name = "N")]
    pub(super) max_findings: Option<usize>,
    /// Print how many findings each rule has, after the findings.
    #[arg(long)]
    pub(super) statistics: bool,
    /// Print the findings that comments, annotations and overrides silence, too; they fail no run.
    #[arg(long, conflicts_with = "no_ignores")]
    pub(super) show_suppressed: bool,
    /// Print nothing but findings and errors.
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Exit with 0 whatever is found.
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Exit with 3 when there is no manifest at all.
    #[arg(long)]
    pub(super) fail_on_empty: bool,
    /// List the files and what each one is, and lint nothing.
    #[arg(long, conflicts_with_all = ["output", "report", "output_format", "statistics"])]
    pub(super) show_files: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Files")]
pub(super) struct FileOptions {
    /// Read what `.gitignore` and `.ignore` leave out.
    #[arg(long)]
    pub(super) no_gitignore: bool,
    /// Apply `exclude` to the files named here, too.
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Check the syntax of every document, not only of those that can hold an object.
    #[arg(long)]
    pub(super) parse_all: bool,
    /// What standard input is called; decides its configuration.
    #[arg(long, value_name = "PATH")]
    pub(super) stdin_filename: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
#[expect(clippy::struct_field_names, reason = "they are the names of the options")]
pub(super) struct LimitOptions {
    /// Largest file [default: 64MiB].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) max_file_size: Option<u64>,
    /// Deepest nesting in a file [default: 512].
    #[arg(long, value_name = "N")]
    pub(super) max_depth: Option<u32>,
    /// Most nodes in a file [default: 4000000].
    #[arg(long, value_name = "N")]
    pub(super) max_nodes: Option<u32>,
    /// Most nodes a document may gain by its aliases [default: 100000].
    #[arg(long, value_name = "N")]
    pub(super) max_alias_steps: Option<u64>,
}

#[derive(Debug, Args)]
pub(super) struct Baseline {
    #[command(subcommand)]
    pub(super) command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum BaselineCommand {
    /// Write all present findings to a file.
    Write(BaselineOn),
    /// Take out of a file what is not found any more.
    Prune(BaselineOn),
    /// Count what a file knows, by rule.
    Show {
        /// The baseline.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct BaselineOn {
    /// The baseline.
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) check: Check,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// How to print them.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = layout())]
    pub(super) output_format: Layout,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule.
    pub(super) rule: String,
    /// How to print it.
    #[arg(long, visible_alias = "format", value_name = "FORMAT", default_value = "text")]
    #[arg(value_parser = layout())]
    pub(super) output_format: Layout,
}

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Write the pages of all commands into this folder instead.
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Render {
    /// The folder of the kustomization.
    #[arg(default_value = ".", hide_default_value = true)]
    pub(super) folder: PathBuf,
    /// Say where each object, and each value from elsewhere, was written.
    #[arg(long)]
    pub(super) origins: bool,
}

#[derive(Debug, Args)]
pub(super) struct Server {
    /// Standard input and output are used in any case; editors say so nevertheless.
    #[arg(long, hide = true)]
    pub(super) stdio: bool,
}

#[derive(Debug, Args)]
pub(super) struct Dump {
    /// The file; `-` is standard input.
    pub(super) file: PathBuf,
    /// Add the bytes of each event.
    #[arg(long)]
    pub(super) spans: bool,
}

fn color() -> impl TypedValueParser<Value = Color> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|word| match word.as_str() {
        "always" => Color::Always,
        "never" => Color::Never,
        _ => Color::Auto,
    })
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::WORST_FIRST.map(Severity::as_str))
        .try_map(|word| word.parse::<Severity>())
}

fn minor(text: &str) -> Result<Minor, String> {
    text.parse().map_err(|_| format!("write it as 1.NN, such as {}", Minor::NEWEST))
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.as_str()))
        .try_map(|word| word.parse::<Format>())
}

fn layout() -> impl TypedValueParser<Value = Layout> {
    PossibleValuesParser::new(Layout::ALL.iter().map(|layout| layout.as_str()))
        .try_map(|word| word.parse::<Layout>())
}

fn report(text: &str) -> Result<(Format, PathBuf), String> {
    let Some((format, file)) = text.split_once('=').filter(|(_, file)| !file.is_empty()) else {
        return Err("write it as FORMAT=FILE, such as sarif=out.sarif".to_owned());
    };
    if file == "-" {
        return Err("standard output is for `--output-format`".to_owned());
    }
    let format = format.parse().map_err(|error: UnknownWord| error.to_string())?;
    Ok((format, PathBuf::from(file)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound_and_the_list_of_commands_is_whole() {
        let command = Cli::command();
        let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS);
        command.debug_assert();
    }

    #[test]
    fn check_is_put_before_what_names_no_command() {
        for (given, expected) in [
            ("", "check"),
            ("deploy", "check deploy"),
            ("--quiet deploy", "check --quiet deploy"),
            ("check deploy", "check deploy"),
            ("rules", "rules"),
            ("./rules", "check ./rules"),
            ("deploy rules", "check deploy rules"),
            ("--color never rules", "--color never rules"),
            ("--color=never x", "--color=never check x"),
            ("--color", "--color"),
            ("--help", "--help"),
            ("-V", "-V"),
            ("-", "check -"),
            ("-- rules", "check -- rules"),
        ] {
            let words = |text: &str| text.split_whitespace().map(OsString::from).collect::<Vec<_>>();
            let given = [words("plimsoll"), words(given)].concat();
            let expected = [words("plimsoll"), words(expected)].concat();
            assert_eq!(with_command(given), expected);
        }
    }
}
