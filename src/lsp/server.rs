//! The life of the server: what comes in, in which order, and how it ends.

use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    path::PathBuf,
    sync::{
        OnceLock,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Instant,
};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};

use super::{
    client::{Client, folders},
    convert::Report,
    mend::{Mended, Mending, work_out},
    requests::{Fault, guarded},
    runs::Session,
    transport::{self, Incoming, Writer},
    worker::{Job, Ran, work},
};
use crate::rule::{Registry, RuleError};

/// What the answering thread hears.
#[derive(Debug)]
pub(super) enum Event {
    /// From the client.
    Incoming(Incoming),
    /// Nothing will come from the client any more.
    Ended,
    /// Nothing came until something was to be done.
    Idle,
    /// From the runs.
    Ran(Box<Ran>),
    /// What is shown of the files that were not open when the run of this number began.
    Told(u64, BTreeMap<PathBuf, Report>),
    /// What the request with this id asked to be worked out.
    Mended(RequestId, Mended),
}

/// Serves one client until it says `exit` or closes `input`. Whether it left as the protocol wants it: by `shutdown`
/// first.
///
/// # Errors
/// [`RuleError`] when the embedded rules cannot be read: a bug of the build.
pub fn serve(
    input: impl BufRead + Send + 'static,
    output: impl Write + Send + 'static,
) -> Result<bool, RuleError> {
    // Threads that may still run when the client leaves hold on to it.
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    let registry = match REGISTRY.get() {
        Some(registry) => registry,
        None => REGISTRY.get_or_init({
            let read = Registry::embedded()?;
            || read
        }),
    };
    let (events, heard) = channel();
    start_reading(input, events.clone());
    let writer = Writer::start(output);
    let workers = Workers::start(&events);
    let mut server = Server { registry, writer, workers, phase: Phase::New };
    let is_orderly = server.run(&heard);
    server.writer.finish();
    Ok(is_orderly)
}

/// What is done beside the thread that answers; they live as long as the server.
#[derive(Debug)]
pub(super) struct Workers {
    /// Runs over everything.
    pub(super) runs: Sender<Job>,
    /// "Fix all".
    pub(super) mendings: Sender<Mending>,
}

impl Workers {
    fn start(events: &Sender<Event>) -> Self {
        let ((runs, jobs), (mendings, asked)) = (channel(), channel());
        let (ran, mended) = (events.clone(), events.clone());
        thread::spawn(move || work(&jobs, &ran));
        thread::spawn(move || work_out(&asked, &mended));
        Self { runs, mendings }
    }
}

fn start_reading(mut input: impl BufRead + Send + 'static, events: Sender<Event>) {
    thread::spawn(move || {
        while let Some(incoming) = transport::read(&mut input) {
            if events.send(Event::Incoming(incoming)).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Ended);
    });
}

/// Where in its life the server is (LSP 3.17, "Lifecycle").
enum Phase {
    /// `initialize` did not come yet.
    New,
    /// Between `initialize` and `shutdown`.
    Serving(Box<Session>),
    /// `shutdown` came.
    Down,
}

struct Server {
    registry: &'static Registry,
    writer: Writer,
    workers: Workers,
    phase: Phase,
}

impl Server {
    /// Hears until the end; whether that was orderly.
    fn run(&mut self, heard: &Receiver<Event>) -> bool {
        loop {
            let event = self.next(heard);
            if let Some(is_orderly) = self.hear(event) {
                return is_orderly;
            }
        }
    }

    /// The next event. Work that may wait is done when there is none: after a burst of changes, what they come to.
    fn next(&mut self, heard: &Receiver<Event>) -> Event {
        if let Ok(event) = heard.try_recv() {
            return event;
        }
        let deadline = match &mut self.phase {
            Phase::Serving(session) => {
                session.settle(&self.writer, &self.workers);
                session.deadline()
            }
            Phase::New | Phase::Down => None,
        };
        let Some(deadline) = deadline else { return heard.recv().unwrap_or(Event::Ended) };
        match heard.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => Event::Idle,
            Err(RecvTimeoutError::Disconnected) => Event::Ended,
        }
    }

    /// Does what an event asks; whether the end is orderly, where it is the end.
    fn hear(&mut self, event: Event) -> Option<bool> {
        match event {
            Event::Idle => {}
            Event::Ended => return Some(matches!(self.phase, Phase::Down)),
            Event::Ran(ran) => {
                if let Phase::Serving(session) = &mut self.phase {
                    guarded(|| session.take(*ran, &self.writer));
                }
            }
            Event::Told(number, reports) => {
                if let Phase::Serving(session) = &mut self.phase {
                    guarded(|| session.take_reports(number, reports, &self.writer));
                }
            }
            Event::Mended(id, mended) => {
                if let Phase::Serving(session) = &mut self.phase {
                    guarded(|| session.take_mended(&id, mended, &self.writer));
                }
            }
            Event::Incoming(Incoming::Malformed(why)) => {
                self.writer.refuse(ErrorCode::ParseError as i32, &why);
            }
            Event::Incoming(Incoming::Message(message)) => match message {
                Message::Request(request) => self.request(request),
                Message::Notification(it) if it.method == "exit" => {
                    return Some(matches!(self.phase, Phase::Down));
                }
                Message::Notification(it) => self.notification(it),
                Message::Response(response) => {
                    if let Phase::Serving(session) = &mut self.phase {
                        guarded(|| session.answered(response, &self.writer));
                    }
                }
            },
        }
        None
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        let answer = match (&mut self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => Some(Ok(self.initialize(&request.params))),
            (Phase::New, _) => {
                Some(Err(Fault::new(ErrorCode::ServerNotInitialized, "`initialize` comes first")))
            }
            (Phase::Serving(_), "initialize") => {
                Some(Err(Fault::new(ErrorCode::InvalidRequest, "`initialize` came already")))
            }
            (Phase::Serving(session), "shutdown") => {
                session.end(&self.writer);
                self.phase = Phase::Down;
                Some(Ok(Value::Null))
            }
            (Phase::Serving(session), _) => {
                let answer = guarded(|| session.request(request, &self.writer));
                answer.unwrap_or_else(|| Some(Err(Fault::bug())))
            }
            (Phase::Down, _) => Some(Err(Fault::new(ErrorCode::InvalidRequest, "`shutdown` came already"))),
        };
        if let Some(answer) = answer {
            self.writer.send(&response(id, answer));
        }
    }

    fn notification(&mut self, notification: Notification) {
        if let Phase::Serving(session) = &mut self.phase {
            guarded(|| session.notification(notification, &self.writer));
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        let client = Client::new(params);
        let settings = params.get("initializationOptions").cloned().unwrap_or_default();
        let mut session = Session::new(self.registry, client, folders(params), &settings);
        // It may take longer than everything else, so it begins first.
        session.settle(&self.writer, &self.workers);
        self.phase = Phase::Serving(Box::new(session));
        let info = json!({"name": "plimsoll", "version": env!("CARGO_PKG_VERSION")});
        json!({"capabilities": super::requests::capabilities(&client), "serverInfo": info})
    }
}

/// The answer to the request `id`.
pub(super) fn response(id: RequestId, answer: Result<Value, Fault>) -> Message {
    Message::Response(match answer {
        Ok(value) => Response::new_ok(id, value),
        Err(fault) => Response::new_err(id, fault.code, fault.message),
    })
}
