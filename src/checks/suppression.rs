use crate::rule::Native;

/// Comments and annotations that silence findings are settled by the engine, after every rule ran; what does not work
/// about them it reports in this name.
pub(crate) const CHECK: Native = Native::Silences;
