//! Folds a trace into service-level series and measurements.
