//! Tests of resolving as a whole.
