//! One output format a file. Knows nothing of how findings were found.
