//! Tests that cross a boundary. There is no code here: see `tests/`.
