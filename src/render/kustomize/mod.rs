//! Kustomizations, built in this process and offline: every value of the result keeps the place where it was
//! written.
//!
//! Three steps, so that no floor below the engine walks folders or owns threads: [`gather`] reads, through a
//! [`Library`], every text that some kustomizations need; a [`Store`] parses each text once, when it is first asked
//! for; a [`Builder`] builds roots, from several threads if the caller likes, and builds what they share once.

mod accumulator;
mod annotate;
mod arena;
mod bases;
mod build;
mod chain;
mod config;
mod configurations;
mod defaults;
mod error;
mod field_spec;
mod finish;
mod gaps;
mod gather;
mod generator;
mod hash;
mod id;
mod image;
mod inline;
mod kustomization;
mod library;
mod load;
mod members;
mod memory;
mod metadata;
mod name_reference;
mod namespace;
mod order;
mod overlay;
mod pairs;
mod partials;
mod patches;
mod plugin;
mod prefix;
mod rename;
mod replacements;
mod replicas;
mod resource;
mod schema;
mod scope;
mod select;
mod shared;
mod store;
mod transform;
mod trees;
mod vars;

pub use accumulator::Note;
pub use build::{Builder, Built};
pub use error::{BuildError, BuildErrorKind};
pub use gather::{FILE_NAMES, Gathered, gather, gather_all};
pub use id::{Gvk, ResId};
pub use library::{Content, Found, Library};
pub use members::{Member, members};
pub use memory::Memory;
pub use overlay::{Laid, Overlay, overlay_member};
pub use partials::partial_objects;
pub use resource::Resource;
pub use store::Store;
pub(in crate::render) use trees::owned;

/// Field specs of one transformer.
type FieldSpecs<'s> = &'s [field_spec::FieldSpec];
