//! The keys and values that a generator takes from env files, literals and files.

use std::borrow::Cow;

use super::{
    BuildError, Content,
    build::Builder,
    error::Errors,
    kustomization::{Kustomization, Word, field, word},
    load,
};
use crate::{
    base::Span,
    yaml::{Node, Value},
};

/// One key of the generated object.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) key: Value<'a>,
    pub(super) payload: Payload<'a>,
    /// Where the value is written.
    pub(super) span: Span,
}

/// What a key holds.
#[derive(Debug)]
pub(super) enum Payload<'a> {
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// All pairs that `entry` asks for.
pub(super) fn pairs<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    entry: Node<'a>,
) -> Result<Vec<Pair<'a>>, Errors> {
    let words = |key: &str| field(entry, key).into_iter().flat_map(Node::items).filter_map(Word::of);
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    let mut errors = Vec::new();
    for file in words("envs").chain(word(entry, "env")) {
        if builder.does_without(own, &file) {
            continue;
        }
        match from_env_file(builder, own, &file) {
            Ok(more) => pairs.extend(more),
            Err(more) => errors.extend(more),
        }
    }
    for literal in words("literals") {
        match from_literal(&literal) {
            Ok(pair) => pairs.push(pair),
            Err(error) => errors.push(error),
        }
    }
    for file in words("files") {
        match from_file(builder, own, &file) {
            Ok(pair) => pairs.extend(pair),
            Err(error) => errors.push(error),
        }
    }
    check_keys(&pairs, &mut errors);
    if errors.is_empty() { Ok(pairs) } else { Err(errors) }
}

/// Whether a key is one for the API server is left to the rules: kustomize lets every key pass.
fn check_keys(pairs: &[Pair<'_>], errors: &mut Errors) {
    for (index, pair) in pairs.iter().enumerate() {
        if let Some(first) = pairs[..index].iter().find(|other| other.key.text == pair.key.text) {
            let message = format!("the key `{}` is there twice", pair.key.text);
            errors.push(
                BuildError::invalid(pair.key.span, message).relate(first.key.span, "it is set here first"),
            );
        }
    }
}

/// `key=value`, in quotes or not.
fn from_literal<'a>(literal: &Word<'a>) -> Result<Pair<'a>, BuildError> {
    let Some(at) = literal.text.find('=').filter(|at| *at > 0) else {
        return Err(BuildError::invalid(
            literal.span,
            format!("`{}` is no literal: write `key=value`", literal.text),
        ));
    };
    let (key, value) = (part(literal, 0..at), part(literal, at + 1..literal.text.len()));
    let bytes = value.text.as_bytes();
    let quoted = bytes.len() > 1 && matches!(bytes[0], b'"' | b'\'') && bytes[0] == bytes[bytes.len() - 1];
    let text = if quoted { sliced(&value.text, 1..bytes.len() - 1) } else { value.text };
    Ok(Pair { key: Value::text(key.text, key.span), payload: Payload::Text(text), span: value.span })
}

fn sliced<'a>(text: &Cow<'a, str>, range: std::ops::Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_owned()),
    }
}

/// A part of a word; its span is as exact as the way it is written allows.
fn part<'a>(word: &Word<'a>, range: std::ops::Range<usize>) -> Word<'a> {
    let raw_len = word.span.len() as usize;
    let quotes = raw_len.wrapping_sub(word.text.len());
    let is_verbatim = matches!(word.text, Cow::Borrowed(_)) && matches!(quotes, 0 | 2);
    let span = if is_verbatim {
        let start = word.span.start + (quotes / 2) as u32;
        Span::new(word.span.source, start + range.start as u32, start + range.end as u32)
    } else {
        word.span
    };
    Word { text: sliced(&word.text, range), span, node: word.node }
}

/// `file`, or `key=file`; nothing where the build goes on without it.
fn from_file<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    source: &Word<'a>,
) -> Result<Option<Pair<'a>>, BuildError> {
    let invalid = |message: String| Err(BuildError::invalid(source.span, message));
    let (key, file) = match source.text.matches('=').count() {
        0 => {
            let start = source.text.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
            (part(source, start..source.text.len()), source.clone())
        }
        1 => {
            let at = source.text.find('=').unwrap_or_default();
            (part(source, 0..at), part(source, at + 1..source.text.len()))
        }
        _ => return invalid(format!("`{}` has more than one `=`", source.text)),
    };
    if key.text.is_empty() || file.text.is_empty() {
        return invalid(format!("`{}` must be `file` or `key=file`", source.text));
    }
    if builder.does_without(own, &file) {
        return Ok(None);
    }
    let found = load::find(builder.store, own, &file, load::Wanted::File)?;
    let content = load::content(builder.store, file.span, &file.text, found)?;
    let key = Value::text(key.text, key.span);
    Ok(Some(match content {
        Content::Text(text) => {
            Pair { key, payload: Payload::Text(Cow::Borrowed(&text.text)), span: text.span() }
        }
        Content::Binary(bytes) => Pair { key, payload: Payload::Bytes(bytes), span: file.span },
    }))
}

/// `key=value` lines.
fn from_env_file<'a>(
    builder: &Builder<'a>,
    own: &Kustomization<'a>,
    file: &Word<'a>,
) -> Result<Vec<Pair<'a>>, Errors> {
    let found = load::find(builder.store, own, file, load::Wanted::File)?;
    let Content::Text(source) = load::content(builder.store, file.span, &file.text, found)? else {
        return Err(BuildError::invalid(file.span, format!("`{}` is no text", file.text)).into());
    };
    let mut pairs = Vec::new();
    let mut start = 0;
    for line in source.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let text = line.strip_suffix('\n').unwrap_or(line);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let text = if at == 0 { text.trim_start_matches('\u{feff}') } else { text };
        let own_text = text.trim_start();
        if own_text.is_empty() || own_text.starts_with('#') {
            continue;
        }
        let first = at + (line.len() - line.trim_start_matches('\u{feff}').trim_start().len());
        let span = |from: usize, to: usize| Span::new(source.id, (first + from) as u32, (first + to) as u32);
        let (key, value) = own_text.split_once('=').unwrap_or((own_text, ""));
        let key_span = span(0, key.len());
        let value_span = span(own_text.len() - value.len(), own_text.len());
        pairs.push(Pair {
            key: Value::text(key, key_span),
            payload: Payload::Text(Cow::Borrowed(value)),
            span: value_span,
        });
    }
    Ok(pairs)
}
