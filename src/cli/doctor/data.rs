//! `exposition doctor --donnees`: what a statistician would ask about the data.

use std::io::{self, Write};

use crate::cli::{CliError, Ending};
use crate::db::Db;
use crate::publication::questions::{Question, questions};

/// Cases shown of each question.
const SHOWN: usize = 5;
/// Longest line.
const WIDTH: usize = 100;

/// Asks and prints. It informs: whatever is found, the command has done its work.
pub(in crate::cli) async fn run(db: &Db) -> Result<Ending, CliError> {
    let asked = questions(db).await?;
    let of = match db.current_publication().await?.filter(|current| !current.purgee) {
        Some(current) => format!("publication {}, which is served, and the files that are in:", current.version),
        None => "the files that are in; the other questions need a publication (`exposition publish`):".to_owned(),
    };
    println!("Asked of {of}");
    print(&mut io::stdout().lock(), &asked).map_err(CliError::io("cannot write to standard output"))?;
    Ok(Ending::Done)
}

fn print(out: &mut impl Write, asked: &[Question]) -> io::Result<()> {
    for Question { title, advice, cases } in asked {
        writeln!(out, "{:>8}  {title}", cases.len())?;
        if cases.is_empty() {
            continue;
        }
        writeln!(out, "{:>10}{advice}", "")?;
        for case in cases.iter().take(SHOWN) {
            writeln!(out, "{}", cut(&format!("{:>12}{case}", "")))?;
        }
        if cases.len() > SHOWN {
            writeln!(out, "{:>12}and {} more", "", cases.len() - SHOWN)?;
        }
    }
    Ok(())
}

fn cut(line: &str) -> String {
    if line.chars().count() <= WIDTH { line.to_owned() } else { line.chars().take(WIDTH - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_a_count_and_examples_in_lines_that_are_not_too_long() {
        let cases: Vec<String> = (0..7).map(|n| format!("{n} {}", "é".repeat(120))).collect();
        let asked = [
            Question { title: "first", advice: "do this", cases },
            Question { title: "second", advice: "do that", cases: Vec::new() },
        ];
        let mut out = Vec::new();
        print(&mut out, &asked).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("       7  first") && text.contains("and 2 more") && text.contains("       0  second"));
        assert!(!text.contains("do that"), "nothing to do where there is no case");
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
    }
}
