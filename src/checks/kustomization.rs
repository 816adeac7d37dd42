use crate::rule::Native;

/// Kustomizations are built by the engine, before any rule runs; what it cannot build it reports in this name.
pub(crate) const CHECK: Native = Native::Build;
