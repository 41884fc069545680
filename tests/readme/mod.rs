//! The README: every answer in it is the one that the demo gives.
//!
//! Each block that begins with `curl`, or is in JavaScript, Python or R, is run as it stands, against a
//! server with the sample data, and what is printed is compared with the block that follows. After a
//! change that is meant, `.ci/examples` writes the answers anew. Not every machine has these languages: each
//! has a test of its own, which `.ci/run` leaves out where it is missing.

mod json;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{PROGRAM, TestServer, sample_database};

/// Set: answers that differ are written into the README instead of being reported.
const REWRITE: &str = "EXPOSITION_WRITE_EXAMPLES";
/// The address that readers see.
const SHOWN: &str = "http://127.0.0.1:8080";
/// What `publish` says first.
const PUBLISHED: &str = "Publication 1.0.0 is served.";
/// What `appariement` says of the rows that it could help.
const COUNTED: &str = "ont des chiffres";

/// A part of the README: text, or a fenced block with the word behind the fence.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Block { language: String, content: String },
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The parts of a text, which put together are the text.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = vec![Part::Text(String::new())];
    for line in text.split_inclusive('\n') {
        let fence = line.strip_prefix("```").map(str::trim_end);
        match (parts.last_mut().unwrap(), fence) {
            (Part::Text(_), Some(language)) => {
                parts.push(Part::Block { language: language.to_owned(), content: String::new() });
            }
            (Part::Block { .. }, Some(_)) => parts.push(Part::Text(String::new())),
            (Part::Text(content) | Part::Block { content, .. }, None) => content.push_str(line),
        }
    }
    parts
}

fn put_together(parts: &[Part]) -> String {
    parts.iter().fold(String::new(), |mut text, part| {
        match part {
            Part::Text(content) => text.push_str(content),
            Part::Block { language, content } => write!(text, "```{language}\n{content}```\n").unwrap(),
        }
        text
    })
}

/// What runs a block: the word behind its fence, how it begins, and the program with its arguments.
struct Runner {
    language: &'static str,
    begins: &'static str,
    program: &'static [&'static str],
}

const SHELL: Runner = Runner { language: "sh", begins: "curl ", program: &["sh", "-ec"] };
const JAVASCRIPT: Runner = Runner { language: "js", begins: "", program: &["node", "--input-type=module", "--eval"] };
const PYTHON: Runner = Runner { language: "python", begins: "", program: &["python3", "-c"] };
const R: Runner = Runner { language: "r", begins: "", program: &["Rscript", "-e"] };

impl Runner {
    const ALL: [Self; 4] = [SHELL, JAVASCRIPT, PYTHON, R];

    /// What runs a block, if it is an example.
    fn of(language: &str, content: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|runner| runner.language == language && content.starts_with(runner.begins))
    }

    /// What a block prints, against a server of ours.
    fn run(&self, commands: &str, server: &TestServer) -> String {
        let mut command = Command::new(self.program[0]);
        let command = command.args(&self.program[1..]).arg(commands.replace(SHOWN, &server.url));
        // R pads its columns by what its locale can print.
        let output = command.env("LC_ALL", "C.UTF-8").output().expect(self.program[0]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{commands}\n{errors}\nThese examples need {}.", self.program[0]);
        String::from_utf8(output.stdout).unwrap()
    }
}

/// An answer as the README shows it; what changes with each request is taken from what is shown.
fn shown(answer: &str, language: &str, before: &str) -> String {
    match language {
        "json" => keep_request_id(&json::indented(answer), before),
        _ => answer.trim_start_matches('\u{feff}').replace("\r\n", "\n"),
    }
}

fn keep_request_id(answer: &str, before: &str) -> String {
    let id = |text: &str| text.lines().find(|line| line.contains("\"request_id\": ")).map(str::to_owned);
    match (id(answer), id(before)) {
        (Some(new), Some(old)) => answer.replace(&new, &old),
        _ => answer.to_owned(),
    }
}

/// Compares what the README shows with what it should; or writes it.
fn compare(before: &str, after: &str) {
    if std::env::var_os(REWRITE).is_some() {
        std::fs::write(path(), after).unwrap();
        return;
    }
    let differing = before.lines().zip(after.lines()).find(|(before, after)| before != after);
    assert_eq!(differing, None, "README.md is stale; .ci/examples writes it anew");
    assert_eq!(before, after);
}

#[test]
fn a_text_is_what_its_parts_are() {
    let text = "one\n```sh\ncurl 'x'\n```\n```json\n{}\n```\ntwo\n";
    let found = parts(text);
    assert_eq!(put_together(&found), text);
    let block = |language: &str, content: &str| Part::Block { language: language.into(), content: content.into() };
    assert_eq!(found[1], block("sh", "curl 'x'\n"));
    assert_eq!(found[3], block("json", "{}\n"));
}

/// The README with the answers to its examples in one language, of which there are at least so many.
fn answered(language: &str, least: usize, server: &TestServer) -> (String, Vec<Part>) {
    let before = std::fs::read_to_string(path()).unwrap();
    let mut parts = parts(&before);
    // Of an example in another language the answer stays as it is.
    let (mut examples, mut answer) = (0, None);
    for part in &mut parts {
        match part {
            Part::Block { language: found, content } if Runner::of(found, content).is_some() => {
                let runner = Runner::of(found, content).filter(|runner| runner.language == language);
                let run = |runner: Runner| tokio::task::block_in_place(|| runner.run(content, server));
                answer = Some(runner.map(run));
            }
            Part::Block { language, content } => {
                if let Some(answer) = answer.take().flatten() {
                    *content = shown(&answer, language, content);
                    examples += 1;
                }
            }
            Part::Text(prose) if prose.trim().is_empty() => {}
            Part::Text(prose) => assert!(answer.is_none(), "no answer is shown before: {prose}"),
        }
    }
    assert!(examples >= least, "{examples} examples in {language}");
    (before, parts)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_the_readme_is_what_the_sample_answers() {
    let test = sample_database().await;
    let server = TestServer::start(test.db.clone()).await;
    let (before, mut parts) = answered(SHELL.language, 10, &server);
    write_verdicts(&mut parts, &test.url);
    write_counts(&mut parts, &test.url).await;
    compare(&before, &put_together(&parts));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs node, 18 or newer"]
async fn every_example_in_javascript_prints_what_the_readme_shows() {
    let (before, parts) = answered(JAVASCRIPT.language, 1, &TestServer::sample().await);
    compare(&before, &put_together(&parts));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs python3"]
async fn every_example_in_python_prints_what_the_readme_shows() {
    let (before, parts) = answered(PYTHON.language, 1, &TestServer::sample().await);
    compare(&before, &put_together(&parts));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Rscript with jsonlite"]
async fn every_example_in_r_prints_what_the_readme_shows() {
    let (before, parts) = answered(R.language, 1, &TestServer::sample().await);
    compare(&before, &put_together(&parts));
}

/// Puts into the block of `appariement` what it counts in the invented platform's catalogue.
fn write_verdicts(parts: &mut [Part], url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = exposition::sample::platform_catalogue();
    let file = folder.path().join(&catalogue.name);
    std::fs::write(&file, catalogue.content).unwrap();
    let command = ["appariement", file.to_str().unwrap(), "--profil", "parcoursup"];
    let printed = Command::new(PROGRAM).args(command).env("DATABASE_URL", url).output().unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed = String::from_utf8(printed.stdout).unwrap();
    let counts: Vec<_> = printed.lines().skip_while(|line| !line.contains(COUNTED)).collect();
    assert!(counts.len() > 8, "{printed}");
    let shown = parts.iter_mut().find_map(|part| match part {
        Part::Block { content, .. } => Some(content).filter(|content| content.contains(COUNTED)),
        Part::Text(_) => None,
    });
    *shown.unwrap() = counts.join("\n").trim_end().to_owned() + "\n";
}

/// Puts into the block of `publish` what it prints when nothing is published before.
async fn write_counts(parts: &mut [Part], url: &str) {
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap();
    sqlx::query("DELETE FROM publication_courante").execute(&mut connection).await.unwrap();
    let printed = Command::new(PROGRAM).args(["publish", "--dry-run"]).env("DATABASE_URL", url).output().unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed = String::from_utf8(printed.stdout).unwrap();
    let shown = parts.iter_mut().find_map(|part| match part {
        Part::Block { content, .. } => Some(content).filter(|content| content.starts_with(PUBLISHED)),
        Part::Text(_) => None,
    });
    let shown = shown.unwrap();
    let lines = shown.lines().count();
    let said: Vec<_> = std::iter::once(PUBLISHED).chain(printed.lines().skip(1)).take(lines).collect();
    *shown = said.join("\n") + "\n";
}
