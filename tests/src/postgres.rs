//! (next)
/// b
pub fn binaries() -> Option<std::path::PathBuf> { None }
