//! The comments and annotations of a text that silence, found while its tree lives.

use std::sync::Arc;

use super::{
    Mend, Name, Order, Silence,
    comment::{self, Words},
    cover::subtrees,
    peer::{self, Mark},
};
use crate::{
    base::{Edit, ObjectId, Source, Span},
    kube::{Object, Pod},
    render::each_inline_patch,
    yaml::{self, Comment, Limits, Node, Parsed},
};

/// More of them in one text are nobody's exceptions; the rest silences nothing.
const MOST: usize = 10_000;
const ANNOTATION: &str = "plimsoll.dev/ignore";

/// The comments of a text that silence, or were meant to; with `peers` those for other tools, too.
pub(in crate::engine) fn of_text(parsed: &Parsed<'_>, peers: bool) -> Vec<Silence> {
    let text = parsed.text();
    let peers = peers && peer::may_mark(text);
    // Most texts have none: `plimsoll` and `Plimsoll`, wherever it stands.
    if !peers && memchr::memmem::find(text.as_bytes(), b"limsoll").is_none() {
        return Vec::new();
    }
    let mut silences = of_comments(parsed, peers, None);
    each_inline_patch(parsed, &mut |patch, place| {
        // Nothing in a patch stands above everything in its file.
        let own = of_comments(patch, peers, Some(0));
        let most = MOST.saturating_sub(silences.len());
        silences.extend(own.into_iter().take(most).map(|silence| placed(silence, place)));
    });
    silences
}

/// What `silence` says in a patch, at the places of the text that holds it.
fn placed(mut silence: Silence, place: &dyn Fn(Span) -> Span) -> Silence {
    silence.place = place(silence.place);
    silence.covers = place(silence.covers);
    for name in silence.order.iter_mut().flat_map(|order| &mut order.names) {
        name.span = place(name.span);
    }
    silence
}

/// The comments of a text, or of a patch in one; `top` is where its head ends, if that is known.
fn of_comments(parsed: &Parsed<'_>, peers: bool, mut top: Option<u32>) -> Vec<Silence> {
    let text = parsed.text();
    let mut silences = Vec::new();
    let mut on_own_line = Vec::new();
    for comment in parsed.comments() {
        let words = text.get(comment.start as usize..comment.end as usize).unwrap_or_default();
        if silences.len() >= MOST {
            // What is not read must not seem to hold.
            silences.extend(comment::read(words).map(|_| too_many(parsed, comment)));
            if silences.len() > MOST {
                break;
            }
            continue;
        }
        let place = Span::new(parsed.source(), comment.start, comment.end);
        if let Some(mark) = peers.then(|| peer::of_comment(words)).flatten().filter(Mark::is_ours) {
            let covers = match (comment.own_line, mark.is_for_line) {
                (false, _) => line_of(text, comment, place),
                (true, true) => next_line(text, place),
                (true, false) => {
                    on_own_line.push(silences.len());
                    Span::at(place.source, place.start)
                }
            };
            silences.push(of_mark(mark, place, covers, None));
        }
        let Some(read) = comment::read(words) else { continue };
        let mut silence = Silence {
            place,
            covers: line_of(text, comment, place),
            object: None,
            order: Err(String::new()),
            is_told: true,
            is_whole: true,
            peer: None,
            cut: None,
            mend: None,
        };
        match read {
            Ok(words) if words.is_for_file => {
                silence.covers = Span::new(parsed.source(), 0, text.len() as u32 + 1);
                silence.order = if comment.start < *top.get_or_insert_with(|| top_of(text)) {
                    Ok(order(words, place))
                } else {
                    Err("`ignore-file` belongs at the top of the file, before everything else".to_owned())
                };
            }
            Ok(words) => {
                if comment.own_line {
                    on_own_line.push(silences.len());
                    silence.covers = Span::at(parsed.source(), comment.start);
                }
                silence.order = Ok(order(words, place));
            }
            Err(message) => {
                silence.order = Err(message);
                silence.mend = comment::mended(words).map(|mended| mend(mended, place));
            }
        }
        if let Ok(order) = &mut silence.order {
            silence.cut = own_part(text, comment, place, &order.names);
            give_cuts(silence.cut, place, &mut order.names);
        }
        silences.push(silence);
    }
    cover(parsed, &mut silences, &on_own_line);
    silences
}

fn too_many(parsed: &Parsed<'_>, comment: &Comment) -> Silence {
    let place = Span::new(parsed.source(), comment.start, comment.end);
    let order =
        Err(format!("more than {MOST} comments in one file: this one and those below silence nothing"));
    let covers = Span::at(place.source, place.start);
    let (is_told, is_whole) = (true, true);
    Silence { place, covers, object: None, order, is_told, is_whole, peer: None, cut: None, mend: None }
}

fn order(words: Words<'_>, place: Span) -> Order {
    let names = words.names.into_iter().map(|(at, name)| {
        let start = place.start + at as u32;
        let span = Span::new(place.source, start, start + name.len() as u32);
        Name { text: name.to_owned(), span, cut: None, is_used: false }
    });
    Order { names: names.collect(), reason: words.reason, until: words.until }
}

/// How a comment at `place` was meant.
fn mend(mended: comment::Mended, place: Span) -> Mend {
    let comment::Mended { at, names, text } = mended;
    let span = Span::new(place.source, place.start + at.start as u32, place.start + at.end as u32);
    Mend { names, edit: Edit { span, text } }
}

/// The part of a comment that silences, with the line or the blanks before it. A comment that says other things first
/// keeps them.
fn own_part(text: &str, comment: &Comment, place: Span, names: &[Name]) -> Option<Span> {
    let before = text.get(place.start as usize..names.first()?.span.start as usize)?;
    let sign = before.get(..before.rfind("plimsoll")?)?.trim_end().trim_end_matches('#');
    if sign.is_empty() {
        return Some(whole_of(text, comment, place));
    }
    let start = place.start + sign.trim_end().len() as u32;
    Some(Span::new(place.source, start, place.end))
}

/// Says what each of `names` takes with it: what stands between it and its neighbour, or all that there is of it, `whole`.
fn give_cuts(whole: Option<Span>, place: Span, names: &mut [Name]) {
    if let [name] = names {
        name.cut = whole;
        return;
    }
    let spans: Vec<Span> = names.iter().map(|name| name.span).collect();
    for (at, name) in names.iter_mut().enumerate() {
        let before = at.checked_sub(1).and_then(|it| spans.get(it));
        name.cut = match (before, spans.get(at + 1)) {
            (Some(before), _) => Some(Span::new(place.source, before.end, name.span.end)),
            (None, Some(next)) => Some(Span::new(place.source, name.span.start, next.start)),
            (None, None) => None,
        };
    }
}

/// A comment with its line, or with the blanks before it.
fn whole_of(text: &str, comment: &Comment, place: Span) -> Span {
    let before = text.get(..place.start as usize).unwrap_or_default();
    let start = before.trim_end_matches([' ', '\t']).len() as u32;
    if !comment.own_line {
        return Span::new(place.source, start, place.end);
    }
    let rest = text.get(place.end as usize..).unwrap_or_default();
    let line_break = if rest.starts_with("\r\n") { 2 } else { u32::from(rest.starts_with(['\n', '\r'])) };
    Span::new(place.source, start, place.end + line_break)
}

/// What a mark of another tool at `place` silences.
fn of_mark(mark: Mark, place: Span, covers: Span, object: Option<Arc<ObjectId>>) -> Silence {
    let name = |rule: &str| Name { text: rule.to_owned(), span: place, cut: None, is_used: false };
    let names = mark.rules.into_iter().map(name).collect();
    let order = Ok(Order { names, reason: mark.reason, until: mark.until });
    let (is_told, is_whole, peer) = (false, true, Some(mark.tool));
    Silence { place, covers, object, order, is_told, is_whole, peer, cut: None, mend: None }
}

/// The line below that on which a comment at `place` ends.
fn next_line(text: &str, place: Span) -> Span {
    let rest = text.as_bytes().get(place.end as usize..).unwrap_or_default();
    let after = |bytes: &[u8]| memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
    let mut start = after(rest);
    start += if rest.get(start..).is_some_and(|it| it.starts_with(b"\r\n")) { 2 } else { 1 };
    let end = start + after(rest.get(start..).unwrap_or_default());
    Span::new(place.source, place.end + start as u32, place.end + end as u32)
}

/// The line on which a comment ends.
fn line_of(text: &str, comment: &Comment, place: Span) -> Span {
    let before = text.as_bytes().get(..comment.start as usize).unwrap_or_default();
    let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
    Span::new(place.source, start as u32, place.end)
}

/// Where one more name fits into the first `ignore-file[…]` of a text that gives no reason and no last day: the end of
/// its list. A reason was given for the rules that it names, and not for another.
pub fn open_list(source: &Source, limits: &Limits) -> Option<Span> {
    let parsed = yaml::parse(source.id, &source.text, limits);
    let top = top_of(&source.text);
    let lists = parsed.comments().iter().take_while(|comment| comment.start < top);
    let mut ends = lists.filter_map(|comment| {
        let text = source.text.get(comment.start as usize..comment.end as usize)?;
        let words = comment::read(text)?.ok()?;
        let is_open = words.is_for_file && words.reason.is_empty() && words.until.is_none();
        let (at, name) = words.names.last().filter(|_| is_open)?;
        Some(Span::at(source.id, comment.start + (at + name.len()) as u32))
    });
    ends.next()
}

/// Whether a document may begin with a comment that holds for its whole file.
pub(in crate::engine) fn may_hold_for_file(document: &str) -> bool {
    memchr::memmem::find(document.as_bytes(), b"ignore-file").is_some()
}

/// Whether what comments say of a whole text may be another thing in `new` than in `old`.
pub(in crate::engine) fn may_differ_for_file(old: &str, new: &str) -> bool {
    let heads = [old, new].map(|text| text.get(..top_of(text) as usize).unwrap_or_default());
    heads[0] != heads[1] && heads.into_iter().any(may_hold_for_file)
}

/// The first byte of `text` that is more than a comment, a directive or the mark of a document's start.
fn top_of(text: &str) -> u32 {
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let words = line.trim_start_matches('\u{feff}').trim();
        let is_prelude = words.is_empty() || words == "---" || words.starts_with(['#', '%']);
        if !is_prelude {
            break;
        }
        at += line.len();
    }
    at as u32
}

/// Gives the comments on lines of their own, which stand at the places `which`, what they cover.
fn cover(parsed: &Parsed<'_>, silences: &mut [Silence], which: &[usize]) {
    let mut which = which;
    for document in parsed.documents() {
        let count = which.partition_point(|at| silences[*at].place.start < document.end);
        let (own, others) = which.split_at(count);
        which = others;
        let Some(root) = parsed.root(document).filter(|_| !own.is_empty()) else { continue };
        let ends: Vec<u32> = own.iter().map(|at| silences[*at].place.end).collect();
        for (at, span) in own.iter().zip(subtrees(root, &ends)) {
            if let Some(span) = span {
                silences[*at].covers = span;
            }
        }
    }
}

/// The annotations of an object and of its pods that silence, or were meant to; with `peers` those for other tools, too.
pub(in crate::engine) fn of_object(
    object: &Object<'_>,
    pod: Option<Pod<'_>>,
    peers: bool,
    id: impl Fn() -> Arc<ObjectId>,
) -> Vec<Silence> {
    let own = object.metadata();
    let of_pod = pod.filter(|pod| pod.is_template).and_then(|pod| pod.metadata);
    let mut silences = Vec::new();
    for annotations in own.into_iter().chain(of_pod).filter_map(|metadata| metadata.get("annotations")) {
        for entry in annotations.entries() {
            let Some(key) = entry.key.text() else { continue };
            let Some(rest) = key.strip_prefix(ANNOTATION) else {
                let other = |key: &str| annotations.get(key)?.text().map(Into::into);
                let mark = || peer::of_annotation(&key, &entry.value.text()?, &other);
                if let Some(mark) = peers.then(mark).flatten().filter(Mark::is_ours) {
                    let (place, covers) = (entry.value.head(), object.root().span());
                    silences.push(of_mark(mark, place, covers, Some(id())));
                }
                continue;
            };
            silences.push(Silence {
                place: entry.value.head(),
                covers: object.root().span(),
                object: Some(id()),
                order: annotation(rest, entry.key, entry.value),
                is_told: true,
                is_whole: true,
                peer: None,
                cut: None,
                mend: None,
            });
        }
    }
    silences
}

/// What an annotation asks for whose key ends with `rest`.
fn annotation(rest: &str, key: Node<'_>, value: Node<'_>) -> Result<Order, String> {
    let text = value.text().unwrap_or_default();
    let name = |name: &str, span: Span| Name { text: name.to_owned(), span, cut: None, is_used: false };
    if let Some(rule) = rest.strip_prefix('.').filter(|rule| !rule.is_empty()) {
        let (reason, until) = comment::reason_of(&text)?;
        return Ok(Order { names: vec![name(rule, key.span())], reason, until });
    }
    if !rest.is_empty() {
        return Err(format!("unknown annotation: write `{ANNOTATION}` or `{ANNOTATION}.rule-name`"));
    }
    if text.trim().is_empty() {
        return Err("the annotation is empty: name a rule, `family/*`, or `*` for all".to_owned());
    }
    let names = comment::names(&text)?.into_iter().map(|(_, it)| name(it, value.head())).collect();
    Ok(Order { names, reason: String::new(), until: None })
}
