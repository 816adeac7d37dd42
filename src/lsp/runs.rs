//! One client's session: what is open, what is known, and when to run again.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use gen_lsp_types as lsp;
use serde_json::Value;

use super::{
    client::Client,
    convert::{Converter, Pages, Report},
    document::{Document, Way},
    judgement::{Judgement, Knowledge, is_config, judge},
    mend::{Mending, Pending},
    options::{self, Options},
    pull::Held,
    push::{Asked, Published},
    ready::Plans,
    requests::guarded,
    server::Workers,
    transport::Writer,
    unit::{Unit, speaking_for},
    worker::{Job, Ran, resolver_of},
    workspace::Workspace,
};
use crate::{
    base::Span,
    config::{Broken, LastGood, Resolver},
    engine::{Buffers, Stop},
    rule::Registry,
    yaml::Limits,
};

/// How long the keys must rest before a run.
const REST: Duration = Duration::from_millis(60);
/// The same where a run takes long: as long as it took, up to this.
const LONGEST_REST: Duration = Duration::from_secs(2);
/// How long a change waits for a run of the usual kind, however busy the keys are.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// How long the first answers wait for the first run.
pub(super) const PATIENCE: Duration = Duration::from_millis(400);

/// One client's session.
pub(super) struct Session {
    pub(super) registry: &'static Registry,
    pub(super) client: Arc<Client>,
    pub(super) options: Arc<Options>,
    /// The settings that `options` were read from.
    pub(super) settings: Value,
    /// Those that the client came with.
    pub(super) initial: Value,
    pub(super) workspace: Workspace,
    /// By URI, as the client writes it.
    pub(super) documents: BTreeMap<String, Document>,
    /// What the last run found; `None` before the first is done.
    pub(super) units: Option<Vec<Arc<Unit>>>,
    broken: Vec<Arc<Broken>>,
    /// What the last run has to show of files; of those that are open, the documents know better.
    pub(super) reports: BTreeMap<PathBuf, Report>,
    pub(super) held: Vec<Held>,
    /// Requests that the worker works at.
    pub(super) pending: Vec<Pending>,
    /// The same, as the worker has not been told yet.
    pub(super) to_mend: Vec<Mending>,
    pub(super) published: Published,
    pub(super) asked: Asked,
    pub(super) began: Instant,
    plans: Plans,
    /// What holds where no run speaks.
    resolver: Resolver<'static>,
    last_good: LastGood,
    due: Option<Due>,
    /// The settings are others than those of the last run.
    is_set_anew: bool,
    running: Option<Running>,
    /// The run whose reports of files that are not open are still to come.
    pub(super) awaited: Option<u64>,
    /// How long the keys must rest before the next one.
    rest: Duration,
    runs: u64,
    limits: Limits,
    /// What the client was told of broken configurations and other troubles.
    said: Vec<String>,
}

/// The run under way.
#[derive(Debug)]
struct Running {
    number: u64,
    began: Instant,
    stop: Stop,
}

/// When the next run is wanted.
#[derive(Debug, Clone, Copy)]
struct Due {
    since: Instant,
    last: Instant,
    at_once: bool,
}

impl Session {
    /// A session that has everything before it.
    pub(super) fn new(
        registry: &'static Registry,
        client: Client,
        folders: Vec<PathBuf>,
        settings: &Value,
    ) -> Self {
        let (options, mistakes) = options::read(settings, registry);
        let now = Instant::now();
        let (workspace, last_good) = (Workspace::new(folders), LastGood::default());
        let (resolver, _) = resolver_of(registry, &options, &workspace, &last_good);
        Self {
            registry,
            client: Arc::new(client),
            resolver,
            options: Arc::new(options),
            settings: settings.clone(),
            initial: settings.clone(),
            workspace,
            documents: BTreeMap::new(),
            units: None,
            broken: Vec::new(),
            reports: BTreeMap::new(),
            held: Vec::new(),
            pending: Vec::new(),
            to_mend: Vec::new(),
            published: Published::default(),
            asked: Asked::new(mistakes),
            began: now,
            plans: Plans::default(),
            last_good,
            due: Some(Due { since: now, last: now, at_once: true }),
            is_set_anew: false,
            running: None,
            awaited: None,
            rest: REST,
            runs: 0,
            limits: Limits::default(),
            said: Vec::new(),
        }
    }

    /// Takes up new settings, if they are new.
    pub(super) fn set(&mut self, settings: Value) -> Vec<String> {
        if settings == self.settings {
            return Vec::new();
        }
        let (options, mistakes) = options::read(&settings, self.registry);
        self.settings = settings;
        self.last_good = LastGood::default();
        self.options = Arc::new(options);
        self.is_set_anew = true;
        (self.resolver, _) = resolver_of(self.registry, &self.options, &self.workspace, &self.last_good);
        self.plans = Plans::default();
        self.want_another_run();
        mistakes
    }

    /// Asks for a run at once, in place of the one under way: what it finds holds no more.
    pub(super) fn want_another_run(&mut self) {
        if let Some(running) = &self.running {
            running.stop.ask();
        }
        self.want_run(true);
    }

    /// Asks for a run, `at_once` or when the keys are at rest.
    pub(super) fn want_run(&mut self, at_once: bool) {
        let now = Instant::now();
        let due = self.due.get_or_insert(Due { since: now, last: now, at_once });
        due.last = now;
        due.at_once |= at_once;
    }

    /// Does what was put off until nothing more comes in.
    pub(super) fn settle(&mut self, writer: &Writer, workers: &Workers) {
        guarded(|| {
            for mending in self.to_mend.drain(..) {
                let _ = workers.mendings.send(mending);
            }
            if self.running.is_none() && self.due.is_some_and(|due| due.at(self.rest) <= Instant::now()) {
                self.start(workers);
            }
            self.publish(writer);
            self.answer_held(writer);
        });
    }

    /// When something is to be done although nothing comes in.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let due = self.due.filter(|_| self.running.is_none()).map(|due| due.at(self.rest));
        // Held answers to the first run; behind that they wait for changes.
        let waits = self.units.is_none() && (!self.held.is_empty() || self.published.waits());
        let patience = self.began + PATIENCE;
        due.into_iter().chain((waits && Instant::now() < patience).then_some(patience)).min()
    }

    /// Whether answers can be given, if need be without what a run knows.
    pub(super) fn is_ready(&self) -> bool {
        self.units.is_some() || self.began.elapsed() >= PATIENCE
    }

    /// Whether all is known that a run finds out, of files that are not open, too.
    pub(super) fn knows_all(&self) -> bool {
        self.units.is_some() && self.awaited.is_none()
    }

    fn start(&mut self, workers: &Workers) {
        self.due = None;
        self.runs += 1;
        let stop = Stop::default();
        self.running = Some(Running { number: self.runs, began: Instant::now(), stop: stop.clone() });
        let texts = self.texts();
        for document in self.documents.values_mut() {
            let read = document.path.as_ref().and_then(|path| texts.get(path));
            document.fresh = read.map(|read| Way::between(Arc::clone(read), &document.text));
        }
        let _ = workers.runs.send(self.job(self.runs, texts, stop));
    }

    /// The texts that stand for files: of one that is open under several names the last.
    pub(super) fn texts(&self) -> BTreeMap<PathBuf, Arc<str>> {
        let of = |document: &Document| Some((document.path.clone()?, document.text.as_str().into()));
        self.documents.values().filter_map(of).collect()
    }

    /// All that a task needs to know; `texts` stand for files in it.
    pub(super) fn job(&self, number: u64, texts: BTreeMap<PathBuf, Arc<str>>, stop: Stop) -> Job {
        let mut buffers = Buffers::default();
        for (path, text) in texts {
            buffers.insert(&path, text);
        }
        let mut open = BTreeMap::new();
        let mut singles = Vec::new();
        for document in self.documents.values() {
            let Some(path) = &document.path else { continue };
            open.insert(path.clone(), document.uri.clone());
            if self.workspace.folder_of(path).is_none() && !is_config(path) && path.is_file() {
                singles.push(path.clone());
            }
        }
        singles.sort();
        Job {
            number,
            registry: self.registry,
            client: Arc::clone(&self.client),
            options: Arc::clone(&self.options),
            workspace: self.workspace.clone(),
            singles,
            open,
            buffers,
            last_good: self.last_good.clone(),
            limits: self.limits,
            before: self.units.clone().filter(|_| !self.is_set_anew).unwrap_or_default(),
            stop,
        }
    }

    /// Takes up what a run found.
    pub(super) fn take(&mut self, ran: Ran, writer: &Writer) {
        let Some(running) = self.running.take_if(|it| it.number == ran.number) else { return };
        if ran.is_stopped {
            return;
        }
        self.rest = running.began.elapsed().clamp(REST, LONGEST_REST);
        for document in self.documents.values_mut() {
            document.way = document.fresh.take().unwrap_or_else(|| way_from(&ran.units, document));
            document.forget();
        }
        self.units = Some(ran.units);
        self.broken = ran.broken;
        self.is_set_anew = false;
        // What configurations said before may be another thing now.
        if let Some(resolver) = ran.resolver {
            self.resolver = resolver;
        }
        self.plans = ran.plans;
        self.awaited = Some(ran.number);
        self.tell_troubles(ran.troubles, writer);
        for uri in self.documents.keys() {
            self.published.mark(uri);
        }
        self.tell_news(false, writer);
    }

    /// Takes up what is shown of the files that are not open, after the run `number`.
    pub(super) fn take_reports(&mut self, number: u64, reports: BTreeMap<PathBuf, Report>, writer: &Writer) {
        if self.awaited.take_if(|awaited| *awaited == number).is_none() {
            return;
        }
        let before = std::mem::replace(&mut self.reports, reports);
        let is_new = !self.closed(&before).eq(self.closed(&self.reports));
        self.published.mark_all();
        if is_new {
            self.tell_news(true, writer);
        }
    }

    /// Says what stands in the way, once. A configuration that is open tells its mistakes itself: words that pop up
    /// each time it is saved, by some editors at each pause, would be in the way of whoever writes it.
    fn tell_troubles(&mut self, troubles: Vec<String>, writer: &Writer) {
        let broken = self.broken.iter().map(|it| {
            let path = super::workspace::real(Path::new(&it.source.path));
            let words = format!("{it}\nWhat was good before, or the default, holds.");
            (words, self.document_at(&path).is_some())
        });
        let all = broken.chain(troubles.into_iter().map(|words| (words, false)));
        let (mut said, mut new) = (Vec::new(), Vec::new());
        for (words, is_open) in all {
            if self.said.contains(&words) {
                said.push(words);
            } else if !is_open {
                new.push(words);
            }
        }
        for words in &new {
            super::push::show(writer, lsp::MessageType::Warning, words);
        }
        said.append(&mut new);
        self.said = said;
    }

    /// Those of `reports` that are about files which are not open.
    pub(super) fn closed<'r>(
        &self,
        reports: &'r BTreeMap<PathBuf, Report>,
    ) -> impl Iterator<Item = (&'r PathBuf, &'r Report)> + use<'r> {
        let open: HashSet<PathBuf> = self.documents.values().filter_map(|it| it.path.clone()).collect();
        reports.iter().filter(move |(path, _)| !open.contains(*path))
    }

    /// The client leaves: nothing more is to be found out.
    pub(super) fn end(&mut self, writer: &Writer) {
        if let Some(running) = &self.running {
            running.stop.ask();
        }
        self.refuse_all(writer);
    }

    /// What is found in an open document.
    pub(super) fn judgement(&mut self, uri: &str) -> Option<Arc<Judgement>> {
        let document = self.documents.get(uri)?;
        if let Some(judged) = &document.judged {
            return Some(Arc::clone(judged));
        }
        let path = document.path.as_deref();
        let knowledge = Knowledge {
            registry: self.registry,
            units: self.units.as_deref().unwrap_or_default(),
            broken: &self.broken,
            resolver: &self.resolver,
            is_in_folder: self.units.is_some()
                && path.is_some_and(|path| self.workspace.folder_of(path).is_some()),
            limits: self.limits,
        };
        let judged = Arc::new(judge(document, &knowledge, &mut self.plans));
        self.documents.get_mut(uri)?.judged = Some(Arc::clone(&judged));
        Some(judged)
    }

    /// What is shown of an open document.
    pub(super) fn report(&mut self, uri: &str) -> Option<Arc<Report>> {
        if let Some(report) = &self.documents.get(uri)?.report {
            return Some(Arc::clone(report));
        }
        let judged = self.judgement(uri)?;
        let document = self.documents.get(uri)?;
        let report = self.converting(document, &judged, &|converter| {
            let findings = judged.findings.iter().map(|finding| converter.diagnostic(finding));
            let mistakes = judged.mistakes.iter().map(|mistake| converter.mistake(mistake));
            Arc::new(Report::new(&findings.chain(mistakes).collect::<Vec<_>>()))
        });
        self.documents.get_mut(uri)?.report = Some(Arc::clone(&report));
        Some(report)
    }

    /// Does `work` with what turns the findings of `document` into diagnostics.
    pub(super) fn converting<T>(
        &self,
        document: &Document,
        judged: &Judgement,
        work: &dyn Fn(&Converter<'_>) -> T,
    ) -> T {
        let locate = |span: Span| self.locate(document, judged, span).map(|(location, _)| location);
        work(&Converter {
            registry: self.registry,
            client: &self.client,
            counting: document.counting(self.client.encoding),
            locate: &locate,
            folder: judged.unit.as_ref().map(|unit| unit.root.as_path()),
            pages: Pages::default(),
        })
    }

    /// Where a place is that was found in `own`, and which version of the text that is, where it is open.
    pub(super) fn locate(
        &self,
        own: &Document,
        judged: &Judgement,
        span: Span,
    ) -> Option<(lsp::Location, Option<i32>)> {
        let encoding = self.client.encoding;
        let located = |document: &Document, span: Span| {
            let range = document.counting(encoding).range(span);
            (lsp::Location { uri: document.uri.clone(), range }, Some(document.version))
        };
        if span.source == judged.source.id {
            return Some(located(own, span));
        }
        let unit = judged.unit.as_ref()?;
        let path = unit.path(span.source)?;
        if let Some(document) = self.document_at(path) {
            return Some(located(document, document.way.span(span)?));
        }
        let source = unit.source(span.source)?;
        let range = super::position::Counting::on_disk(source, encoding).range(span);
        Some((lsp::Location { uri: self.workspace.uri_of(path), range }, None))
    }

    /// The open document of the file at `path`.
    pub(super) fn document_at(&self, path: &Path) -> Option<&Document> {
        self.documents.values().find(|document| document.path.as_deref() == Some(path))
    }
}

/// How an opened document came from the text that a run read on disk.
pub(super) fn way_from(units: &[Arc<Unit>], document: &Document) -> Way {
    let found = document.path.as_deref().and_then(|path| speaking_for(units, path));
    let source = found.and_then(|(unit, id)| unit.source(id));
    source.map_or_else(Way::lost, |source| Way::between(source.text.as_str().into(), &document.text))
}

impl Due {
    fn at(self, rest: Duration) -> Instant {
        if self.at_once { self.since } else { (self.last + rest).min(self.since + LONGEST_WAIT.max(rest)) }
    }
}
