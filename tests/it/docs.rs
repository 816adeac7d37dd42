//! What is generated from the rules stands in the repository as it would be generated now. With
//! `PLIMSOLL_UPDATE_DOCS=1` these tests write it instead.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use plimsoll::{
    config::schema,
    report::{self, Layout, Options},
    rule::{Registry, Rule},
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn hold(path: &Path, text: &str) {
    if std::env::var_os("PLIMSOLL_UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let own = fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let shown = path.strip_prefix(root()).unwrap().display();
    assert!(own == text, "{shown} is out of date: run PLIMSOLL_UPDATE_DOCS=1 cargo test --test it docs");
}

/// `text` with what stands between the markers of `name` replaced by `block`.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (begin, end) = (format!("<!-- {name}:begin -->\n"), format!("<!-- {name}:end -->"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{block}{end}{after}")
}

fn markdown(write: impl Fn(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

/// The page of one rule as a part of a longer one: each heading a level deeper.
fn one_level_down(page: &str) -> String {
    let mut in_code = false;
    let lines = page.lines().map(|line| {
        in_code ^= line.starts_with("```");
        let hash = if line.starts_with('#') && !in_code { "#" } else { "" };
        format!("{hash}{line}\n")
    });
    lines.collect()
}

fn by_family(registry: &Registry) -> BTreeMap<&str, Vec<&Rule>> {
    let mut families: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in registry.rules() {
        families.entry(&rule.family).or_default().push(rule);
    }
    families
}

#[test]
fn each_family_has_a_page_that_explains_its_rules() {
    let registry = Registry::embedded().unwrap();
    let families = by_family(&registry);
    for (family, rules) in &families {
        let mut page = format!("# Rules of the family `{family}`\n");
        for rule in rules {
            page.push('\n');
            page.push_str(&one_level_down(&markdown(|out| {
                report::explain::write(rule, Layout::Markdown, &Options::default(), out).unwrap();
            })));
        }
        hold(&root().join(format!("docs/rules/{family}.md")), &page);
    }
    let known: Vec<PathBuf> = families.keys().map(|family| PathBuf::from(format!("{family}.md"))).collect();
    for entry in fs::read_dir(root().join("docs/rules")).unwrap() {
        let name = PathBuf::from(entry.unwrap().file_name());
        assert!(known.contains(&name), "docs/rules/{} belongs to no family", name.display());
    }
}

#[test]
fn the_readme_counts_the_rules_of_each_family() {
    let registry = Registry::embedded().unwrap();
    let mut table = "| family | rules | in `default` | such as |\n| --- | --: | --: | --- |\n".to_owned();
    for (family, rules) in by_family(&registry) {
        let default = rules.iter().filter(|rule| rule.profiles.iter().any(|it| it == "default")).count();
        let all = rules.len();
        let worst: Vec<String> = rules
            .iter()
            .max_by_key(|rule| rule.severity)
            .iter()
            .map(|rule| format!("`{}`", rule.id))
            .collect();
        table.push_str(&format!(
            "| [{family}](docs/rules/{family}.md) | {all} | {default} | {} |\n",
            worst.join(", ")
        ));
    }
    table.push_str("\n| profile | holds |\n| --- | --- |\n");
    for profile in registry.profiles() {
        table.push_str(&format!("| `{}` | {} |\n", profile.name, profile.about));
    }
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    hold(&path, &with_block(&text, "rules", &table));
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let run = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(root())
        .args(["check", "testdata/guide/chmod-prevented.yaml", "--isolated", "--output-format", "full"])
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    let trimmed: Vec<&str> = printed.trim_end().lines().map(str::trim_end).collect();
    let block = format!("```console\n$ plimsoll check chmod-prevented.yaml\n{}\n```\n", trimmed.join("\n"));
    let block = block.replace("testdata/guide/", "");
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    hold(&path, &with_block(&text, "output", &block));
}

#[test]
fn the_schema_of_configurations_is_up_to_date() {
    let registry = Registry::embedded().unwrap();
    hold(&root().join("docs/plimsoll.schema.json"), &schema(&registry));
}
