//! The protocol, editor positions: a language server (LSP 3.17) over two byte streams.
//!
//! One thread reads messages, one writes them, one runs over everything that is open; the thread that answers does
//! nothing that takes long. What a keystroke changes is judged at once by itself and joined with what the last run
//! knows of other files; a run over all of them follows when the keys are at rest.

mod action;
mod client;
mod complete;
mod convert;
mod document;
mod hover;
mod judgement;
mod mend;
mod options;
mod position;
mod pull;
mod push;
mod ready;
mod requests;
mod runs;
mod server;
mod sync;
mod transport;
mod unit;
mod uri;
mod words;
mod worker;
mod workspace;

pub use server::serve;
