//! Tests of the whole, one module a topic.

mod yaml_conformance;
mod yaml_differential;
mod yaml_texts;
