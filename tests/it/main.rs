//! One binary for all integration tests: it links faster, and they share their helpers.

mod rules;
