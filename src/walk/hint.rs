//! What a name and its folder tell about a file before it is read.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::on_disk;

/// A guess from names alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameHint {
    /// One of the three names by which kustomize finds its file.
    Kustomization,
    /// `Chart.yaml`, `Chart.lock` and their Helm 2 forms, in a chart.
    ChartMeta,
    /// `values*.yaml` and `values.schema.json` in a chart, and the values its `ci/` tests use.
    ChartValues,
    /// Anything below a chart's `templates/`.
    ChartTemplate,
    /// Nothing to tell.
    Plain,
}

/// Where a folder stands with respect to a Helm chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Zone {
    /// Outside of a chart, or in a part of one that holds plain files (`crds/`, `files/`).
    #[default]
    Plain,
    /// The folder of `Chart.yaml`.
    Chart,
    /// `charts/` of a chart: its folders are charts.
    Subcharts,
    /// `ci/` of a chart.
    Ci,
    /// `templates/` of a chart and all below.
    Templates,
}

impl Zone {
    /// The zone of the folder `name` in a folder of this zone, before its content is known.
    pub(super) fn enter(self, name: &OsStr) -> Self {
        match self {
            Zone::Templates => Zone::Templates,
            Zone::Subcharts => Zone::Chart,
            Zone::Chart if name == "templates" => Zone::Templates,
            Zone::Chart if name == "charts" => Zone::Subcharts,
            Zone::Chart if name == "ci" => Zone::Ci,
            _ => Zone::Plain,
        }
    }

    /// The same folder, now that it is known whether it holds a `Chart.yaml`.
    pub(super) fn with_chart(self, has_chart: bool) -> Self {
        if has_chart && self != Zone::Templates { Zone::Chart } else { self }
    }

    /// What a file called `name` is in such a folder.
    pub(super) fn hint(self, name: &str) -> NameHint {
        let is_values = || name.starts_with("values") && is_yaml(name);
        match self {
            Zone::Templates => NameHint::ChartTemplate,
            Zone::Ci if name.contains("values") && is_yaml(name) => NameHint::ChartValues,
            Zone::Chart if is_chart_meta(name) => NameHint::ChartMeta,
            Zone::Chart if is_values() || name == "values.schema.json" => NameHint::ChartValues,
            _ if is_kustomization(name) => NameHint::Kustomization,
            _ => NameHint::Plain,
        }
    }

    /// The zone of a folder on disk, by looking for charts from its repository's root down to it.
    pub(super) fn of(folder: &Path) -> Self {
        above(folder).iter().rev().fold(Zone::Plain, |zone, folder| {
            let zone = folder.file_name().map_or(zone, |name| zone.enter(name));
            zone.with_chart(folder.join("Chart.yaml").is_file())
        })
    }
}

/// What the name of one file tells, looking on disk for a chart around it.
pub fn hint(path: &Path) -> NameHint {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    Zone::of(path.parent().unwrap_or(Path::new(""))).hint(&name)
}

/// `folder` and the folders it lies in, up to and including the root of its Git repository; without a
/// repository, up to the root of the file system. Empty if the folder does not exist.
pub(super) fn above(folder: &Path) -> Vec<PathBuf> {
    let Ok(folder) = on_disk(folder).canonicalize() else { return Vec::new() };
    let mut chain = Vec::new();
    for ancestor in folder.ancestors() {
        chain.push(ancestor.to_path_buf());
        if ancestor.join(".git").exists() {
            break;
        }
    }
    chain
}

/// Whether a file of this name is looked at without having been named.
pub(super) fn is_wanted(name: &str) -> bool {
    is_yaml(name) || has_extension(name, "json") || name == "Kustomization"
}

fn is_yaml(name: &str) -> bool {
    has_extension(name, "yaml") || has_extension(name, "yml")
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(extension))
}

fn is_kustomization(name: &str) -> bool {
    matches!(name, "kustomization.yaml" | "kustomization.yml" | "Kustomization")
}

fn is_chart_meta(name: &str) -> bool {
    matches!(name, "Chart.yaml" | "Chart.lock" | "requirements.yaml" | "requirements.lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_chart_is_known_by_its_folder_and_name() {
        let chart = Zone::Plain.with_chart(true);
        let zone = |path: &str| path.split('/').fold(chart, |zone, name| zone.enter(OsStr::new(name)));
        for (folder, name, hint) in [
            ("", "Chart.yaml", NameHint::ChartMeta),
            ("", "values.yaml", NameHint::ChartValues),
            ("", "values-prod.YML", NameHint::ChartValues),
            ("", "values.schema.json", NameHint::ChartValues),
            ("", "kustomization.yaml", NameHint::Kustomization),
            ("", "other.yaml", NameHint::Plain),
            ("ci", "default-values.yaml", NameHint::ChartValues),
            ("ci", "job.yaml", NameHint::Plain),
            ("crds", "crd.yaml", NameHint::Plain),
            ("files", "values.yaml", NameHint::Plain),
            ("templates", "deployment.yaml", NameHint::ChartTemplate),
            ("templates/tests", "kustomization.yaml", NameHint::ChartTemplate),
            ("charts/redis", "values.yaml", NameHint::ChartValues),
            ("charts/redis/templates", "x.yaml", NameHint::ChartTemplate),
            ("charts/redis/charts/common/templates", "x.yaml", NameHint::ChartTemplate),
            ("files/templates", "x.yaml", NameHint::Plain),
        ] {
            let zone = if folder.is_empty() { chart } else { zone(folder) };
            assert_eq!(zone.hint(name), hint, "{folder}/{name}");
        }
    }

    #[test]
    fn outside_of_a_chart_only_a_kustomization_stands_out() {
        for name in ["values.yaml", "Chart.lock", "kustomization.YAML", "templates.yaml"] {
            assert_eq!(Zone::Plain.hint(name), NameHint::Plain, "{name}");
        }
        assert_eq!(Zone::Plain.enter(OsStr::new("templates")), Zone::Plain);
        assert_eq!(Zone::Plain.hint("Kustomization"), NameHint::Kustomization);
    }

    #[test]
    fn wanted_are_yaml_and_json_in_any_case() {
        for name in ["a.yaml", "a.YML", "b.c.Json", "Kustomization"] {
            assert!(is_wanted(name), "{name}");
        }
        for name in ["yaml", "a.yaml.tpl", "kustomization", "a.jsonc", "a.yaml~", ""] {
            assert!(!is_wanted(name), "{name}");
        }
    }
}
