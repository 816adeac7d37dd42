//! `plimsoll render`.

use std::{fmt::Write as _, sync::Arc};

use super::{CliError, Done, Exit, args::Render, output};
use crate::{
    base::{Source, Span},
    engine::Disk,
    render::{
        Plain, Remarks, emit,
        kustomize::{BuildError, BuildErrorKind, Builder, FILE_NAMES, Resource, Store, gather},
    },
    walk,
    yaml::{Kind, Limits, Node},
};

/// `plimsoll render DIR`
pub(super) fn render(options: &Render) -> Done {
    let limits = Limits::default();
    let disk = Disk::new(std::iter::empty(), &limits);
    if !FILE_NAMES.iter().any(|name| options.folder.join(name).is_file()) {
        let shown = walk::shown(&options.folder);
        return Err(vec![CliError::new(format!("`{shown}` holds no kustomization"))]);
    }
    let gathered = gather(&disk, std::slice::from_ref(&options.folder));
    let sources = Texts(disk.sources());
    let store = Store::new(&gathered, &limits);
    let built = Builder::new(&store).build(&options.folder);
    let built =
        built.map_err(|errors| errors.iter().map(|error| sources.error(error)).collect::<Vec<_>>())?;
    let mut text = String::new();
    for (index, resource) in built.resources.iter().enumerate() {
        text.push_str(if index > 0 { "---\n" } else { "" });
        let origins = Origins { sources: &sources, resource };
        let remarks: &dyn Remarks = if options.origins { &origins } else { &Plain };
        emit(resource.node(), resource.origin, remarks, &mut text);
    }
    output::to_stdout(|out| out.write_all(text.as_bytes())).map_err(|error| vec![error])?;
    Ok(Exit::Clean)
}

/// The texts that were read.
struct Texts(Vec<Arc<Source>>);

impl Texts {
    /// `path:line:col` of a span's start.
    fn place(&self, span: Span) -> Option<String> {
        let source = self.0.get(span.source.0 as usize)?;
        let position = source.position(span.start);
        Some(format!("{}:{}:{}", source.path, position.line, position.column))
    }

    fn error(&self, error: &BuildError) -> CliError {
        let what = match error.kind {
            BuildErrorKind::Offline => "cannot be built offline: ",
            BuildErrorKind::Invalid => "",
        };
        let mut lines = match self.place(error.span) {
            Some(place) => format!("{place}: error: {what}{}", error.message),
            None => format!("error: {what}{}", error.message),
        };
        for (span, text) in &error.related {
            if let Some(place) = self.place(*span) {
                let _ = write!(lines, "\n  {place}: {text}");
            }
        }
        CliError::placed(lines)
    }
}

/// Says where objects were written, and fields that were written elsewhere.
struct Origins<'s, 'a> {
    sources: &'s Texts,
    resource: &'s Resource<'a>,
}

impl Remarks for Origins<'_, '_> {
    fn object(&self, _: Node<'_>) -> Option<String> {
        let place = self.sources.place(self.resource.origin)?;
        let trail = self.resource.trail.iter().rev();
        let trail: Vec<&str> = trail
            .filter_map(|entry| self.sources.0.get(entry.source.0 as usize))
            .map(|source| source.path.as_str())
            .collect();
        Some(format!("from {place}, through {}", trail.join(", ")))
    }

    fn field(&self, object: Span, node: Node<'_>) -> Option<String> {
        let span = node.span();
        let is_elsewhere = span.source != object.source || !object.contains(span);
        (is_elsewhere && node.kind() == Kind::Scalar).then(|| self.sources.place(span)).flatten()
    }
}
