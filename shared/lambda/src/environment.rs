//! The environment variables by which a deployment configures a function.

/// A variable that the function cannot do without is not set, or is not Unicode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set")]
pub struct MissingVariable(pub &'static str);

/// Reads a variable that the function needs.
///
/// # Errors
/// [`MissingVariable`] names the variable, so that the failed start can be mended from its log line.
pub fn variable(name: &'static str) -> Result<String, MissingVariable> {
    std::env::var(name).map_err(|_| MissingVariable(name))
}
