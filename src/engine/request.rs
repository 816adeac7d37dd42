//! What a run is asked to do.

use std::path::PathBuf;

use super::{Buffers, Scope, Stop};
use crate::{base::Day, config, walk, yaml};

/// One run: what to read and what holds for it.
#[derive(Debug)]
pub struct Request<'r> {
    /// Files and folders, as the user gave them.
    pub paths: Vec<PathBuf>,
    /// A text that is no file.
    pub stdin: Option<Stdin>,
    /// Texts that are read in place of files.
    pub buffers: Buffers,
    /// What is read and told besides.
    pub scope: Scope,
    /// What holds for each file.
    pub resolver: &'r config::Resolver<'r>,
    /// How to walk.
    pub walk: walk::Options,
    /// Read every document, also those that cannot hold a Kubernetes object.
    pub parse_all: bool,
    /// The day it is, for comments that silence up to a day; without it none of them, and no annotation, silences.
    pub today: Option<Day>,
    /// What one file may cost.
    pub limits: yaml::Limits,
    /// How many threads; as many as there are processors when not given.
    pub threads: Option<usize>,
    /// Fill [`super::Outcome::classes`].
    pub classes: bool,
    /// Ends the run early.
    pub stop: Stop,
}

/// The content of standard input.
#[derive(Debug, Clone)]
pub struct Stdin {
    /// The path it stands for: decides the configuration and what its name tells.
    pub name: String,
    /// It stands for the file at that path, with what is around it; else for nothing but itself.
    pub is_file: bool,
    /// All of it.
    pub bytes: Vec<u8>,
}
