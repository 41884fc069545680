//! x
/// x
pub fn is_sample(_s: &str) -> bool { false }
