//! `plimsoll config`.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{
    CliError, Done, Exit,
    args::{Config as Options, ConfigCommand, ConfigShow},
    check::embedded,
    choose, output,
};
use crate::{
    config::{Config, Fate, Overrides, Settings, schema},
    report::safe,
    rule::{Literal, Literals, Platform, Registry},
    walk::{self, Filter},
};

/// Shows what holds for a file, or what a configuration may say.
pub(super) fn config(options: &Options) -> Done {
    let registry = embedded()?;
    match &options.command {
        ConfigCommand::Schema => done(output::to_stdout(|out| out.write_all(schema(&registry).as_bytes()))),
        ConfigCommand::Show(options) => show(options, &registry),
    }
}

fn done(printed: Result<(), CliError>) -> Done {
    printed.map(|()| Exit::Clean).map_err(|error| vec![error])
}

fn show(options: &ConfigShow, registry: &Registry) -> Done {
    let given = options.config.as_deref();
    let resolver = choose::resolver(given, options.isolated, registry, Overrides::default())?;
    // What holds in a folder is what holds for a file in it.
    let path = if options.file.is_dir() { options.file.join("*.yaml") } else { options.file.clone() };
    let broken = |broken: std::sync::Arc<crate::config::Broken>| vec![CliError::placed(broken.to_string())];
    let config = resolver.config_for(&path).map_err(broken)?;
    let settings = resolver.settings_for(&path).map_err(broken)?;
    let shown = Shown { registry, config: &config, settings: &settings };
    let (is_excluded, way) = (resolver.excludes_named(&path), resolver.way(&path));
    done(output::words_to_stdout(|out| {
        writeln!(out, "{}", safe::line(&walk::shown(&options.file)))?;
        shown.origin(is_excluded, out)?;
        shown.rules(out)?;
        shown.overrides(&way, out)
    }))
}

/// What holds for a file.
struct Shown<'s> {
    registry: &'s Registry,
    config: &'s Config,
    settings: &'s Settings,
}

impl Shown<'_> {
    fn origin(&self, is_excluded: bool, out: &mut dyn Write) -> io::Result<()> {
        match self.config.files.split_first() {
            None => line(out, "configuration", "none")?,
            Some((own, others)) => {
                line(out, "configuration", own)?;
                others.iter().try_for_each(|other| line(out, "extends", other))?;
            }
        }
        if is_excluded {
            line(out, "excluded", "by `exclude`; linted only when it is named")?;
        }
        match (&self.config.select, &self.config.profiles) {
            (Some(_), _) => line(out, "rules from", "`select`")?,
            (None, Some(profiles)) => line(out, "profiles", &profiles.join(", "))?,
            (None, None) => line(out, "profiles", "default")?,
        }
        line(out, "kubernetes", &self.settings.target.to_string())?;
        if self.settings.platform == Some(Platform::Aks) {
            line(out, "platform", "aks")?;
        }
        line(out, "shown", &format!("from {}", self.settings.min_severity.as_str()))?;
        line(out, "fails", &format!("from {}", self.settings.fail_on.as_str()))
    }

    fn rules(&self, out: &mut dyn Write) -> io::Result<()> {
        line(out, "rules", &format!("{} run", self.settings.rules.len()))?;
        for (index, fate) in self.config.account(self.registry, self.settings) {
            let id = self.registry.rules()[index].id.as_str();
            match fate {
                Fate::Off => line(out, "off", &format!("{id}, by `rules`"))?,
                Fate::Ignored => line(out, "off", &format!("{id}, by `ignore`"))?,
                Fate::OtherVersion => {
                    line(out, "off", &format!("{id}, not about Kubernetes {}", self.settings.target))?;
                }
                Fate::Added => line(out, "added", &format!("{id}, by `extend-select`"))?,
                Fate::Required => line(out, "added", &format!("{id}, by `require-reason`"))?,
                Fate::Changed => line(out, "changed", &format!("{id}{}", self.changes(index)))?,
            }
        }
        Ok(())
    }

    /// `: low, not high; max = 5`
    fn changes(&self, index: usize) -> String {
        let own = self.registry.rules()[index].severity;
        let Some(selected) = self.settings.rules.iter().find(|it| it.rule == index) else {
            return String::new();
        };
        let severity = (selected.severity != own)
            .then(|| format!("{}, not {}", selected.severity.as_str(), own.as_str()));
        let params = selected.params.iter().map(|(name, value)| format!("{name} = {}", literals(value)));
        format!(": {}", severity.into_iter().chain(params).collect::<Vec<_>>().join("; "))
    }

    fn overrides(&self, way: &Path, out: &mut dyn Write) -> io::Result<()> {
        for it in self.settings.overrides.iter().filter(|it| it.covers_path(way)) {
            let part = if it.asks_for_subject() { " (some of its objects)" } else { "" };
            line(out, "override", &format!("{}:{}{part}: {}", it.file, it.line, it.reason))?;
        }
        Ok(())
    }
}

fn line(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {name:<14} {}", safe::line(text))
}

fn literals(literals: &Literals) -> String {
    match literals {
        Literals::One(one) => literal(one),
        Literals::Many(many) => format!("[{}]", many.iter().map(literal).collect::<Vec<_>>().join(", ")),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Bool(truth) => truth.to_string(),
        Literal::Int(number) => number.to_string(),
        Literal::Float(number) => number.to_string(),
        Literal::Text(text) => text.clone(),
    }
}
