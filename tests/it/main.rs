//! Tests of the whole, one module a topic.

mod yaml_conformance;
