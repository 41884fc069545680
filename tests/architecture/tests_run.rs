//! Nothing passes that did not run: a test that lacks something is `#[ignore]`, with the reason.

use std::fs;

use super::source::{files, root};

/// The bodies of the tests of a file: from the line of the attribute to the brace below it.
fn tests(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let is_mark = |line: &str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    let marks = (0..lines.len()).filter(|&at| is_mark(lines[at].trim_start()));
    let body = |at: usize| {
        let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
        let end = format!("{indent}}}");
        lines[at..].iter().take_while(|line| **line != end).copied().collect::<Vec<_>>().join("\n")
    };
    marks.map(body).collect()
}

/// A test that ends before its end: `return;`, or `else { return }`.
fn ends_early(body: &str) -> bool {
    body.contains("return;") || body.contains("return }")
}

#[test]
fn no_test_returns_before_its_end() {
    let mut seen = 0;
    for folder in ["src", "tests"] {
        for file in files(&root().join(folder), "rs") {
            let text = fs::read_to_string(&file).unwrap();
            for body in tests(&text) {
                assert!(!ends_early(&body), "{}: a test returns early:\n{body}", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 300, "only {seen} tests found");
}

#[test]
fn a_test_that_returns_early_is_found() {
    let back = "return";
    let early = format!("#[test]\nfn a() {{\n    let Some(x) = y else {{ {back} }};\n}}\n\nfn b() {{}}\n");
    let whole = format!("    #[tokio::test]\n    async fn a() {{\n        f();\n    }}\n    fn b() {{ {back}; }}\n");
    assert_eq!(tests(&early).iter().map(|body| ends_early(body)).collect::<Vec<_>>(), [true]);
    assert_eq!(tests(&whole).iter().map(|body| ends_early(body)).collect::<Vec<_>>(), [false]);
}
