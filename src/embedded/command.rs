//! Running PostgreSQL's programs: a known environment, and the end of what they said.

use std::env;
use std::path::Path;
use std::process::Command;

/// Variables that PostgreSQL's programs may see. The others are kept from them: `PG…` variables
/// would change what they do, and the program's secrets are not for another user's processes.
const PASSED_ON: [&str; 5] = ["PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"];

/// How many lines of a log an error quotes.
const QUOTED_LINES: usize = 12;

/// Gives `command` only the variables it needs: messages in English, times in UTC.
pub(super) fn clean_environment(command: &mut Command) {
    command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
    for name in PASSED_ON {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// The last lines of a text.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let skipped = lines.len().saturating_sub(QUOTED_LINES);
    let quoted: Vec<String> = lines.iter().skip(skipped).map(|line| format!("  {line}")).collect();
    if quoted.is_empty() { "  (empty)".to_owned() } else { quoted.join("\n") }
}

/// The last lines of a log file.
pub(super) fn tail(log: &Path) -> String {
    match std::fs::read(log) {
        Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes)),
        Err(error) => format!("  (cannot be read: {error})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_quotes_the_last_lines_of_a_log() {
        let log = (1..=30).map(|line| format!("line {line}\n")).collect::<Vec<_>>().join("\n");
        let quoted = last_lines(&log);
        assert!(quoted.starts_with("  line 19\n") && quoted.ends_with("  line 30"), "{quoted}");
        assert_eq!(last_lines("\n"), "  (empty)");
    }

    #[test]
    fn secrets_of_the_program_do_not_reach_postgresql() {
        let mut command = Command::new("env");
        clean_environment(&mut command);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(output.contains("LC_ALL=C") && !output.contains("CARGO"), "{output}");
    }
}
