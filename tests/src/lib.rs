//! Fixtures and builders.
