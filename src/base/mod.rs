//! The ground floor: bytes, lines, places, severities, and what a diagnostic and a fix are.
//! Knows nothing of YAML or Kubernetes.

mod day;
mod diagnostic;
mod ends;
mod fix;
mod line_index;
mod minor;
mod safety;
mod severity;
mod source;
mod span;
mod suggest;

pub use day::{Day, ParseDayError};
pub use diagnostic::{Diagnostic, Label, ObjectId, RuleId, Subject};
pub use ends::common_ends;
pub use fix::{Edit, Fix};
pub use line_index::{LineIndex, Position};
pub use minor::{Minor, ParseMinorError};
pub use safety::Safety;
pub use severity::{ParseSeverityError, Severity};
pub use source::{Encoding, Source, SourceError, Sources};
pub use span::{SourceId, Span};
pub use suggest::did_you_mean;
