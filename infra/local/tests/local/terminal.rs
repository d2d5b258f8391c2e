//! `contacts-local import` and `export`, as a person at a terminal uses them.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::running::{PROGRAM, Program};

/// Runs the program in a folder against a running one: exit status, standard output, standard error.
fn run(program: &Program, folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(PROGRAM)
        .args(arguments)
        .args(["--url", &program.url(""), "--workspace", "acme"])
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const PEOPLE: &str = "Last Name,First Name,Phone,Mail to,Budget\n\
                      Lovelace,Ada,(650) 253-0000,ada@example.com,1200.50\n\
                      Babbage,Charles,12,charles@example.com,many\n";

#[tokio::test]
async fn a_file_goes_in_and_out_again() {
    let program = Program::start(&["--memory"]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("people.csv"), PEOPLE).unwrap();

    let dry = [
        "import",
        "people.csv",
        "--reject-rows",
        "--map",
        "mail TO=email",
        "--map",
        "5=custom.budget:string",
        "--dry-run",
    ];
    let (status, out, err) = run(&program, folder, &dry);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("  Last Name   →  name\n") && out.contains("  Budget      →  custom.budget\n"), "{out}");
    assert!(out.contains("2 rows read: 1 created, 0 updated, 0 unchanged, 1 rejected (nothing was written"), "{out}");
    assert_eq!(program.api("acme", "/contacts").await["items"], json!([]));

    let (status, out, _) = run(&program, folder, &dry[..dry.len() - 1]);
    assert_eq!(status, Some(0));
    assert!(out.contains("2 rows read: 1 created, 0 updated, 0 unchanged, 1 rejected\n"), "{out}");
    assert!(out.contains("the rows that need attention are in people.report-2.csv"), "{out}");
    let report = std::fs::read_to_string(folder.join("people.report.csv")).unwrap();
    assert!(report.contains("\r\nBabbage,Charles,12,charles@example.com,many,rejected,3,Phone,"), "{report}");
    let ada = program.api("acme", "/contacts?email=ada@example.com").await["items"][0].clone();
    assert_eq!((&ada["name"], &ada["phone"]), (&json!("Ada Lovelace"), &json!("+16502530000")));
    assert_eq!(ada["custom_fields"], json!({"budget": "1200.50"}));

    let (status, out, err) = run(&program, folder, &["export", "book.csv"]);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert_eq!(out, "1 contacts are in book.csv\n");
    let book = std::fs::read_to_string(folder.join("book.csv")).unwrap();
    assert!(book.contains(",Ada Lovelace,+16502530000,,,ada@example.com,,,,US,,1200.50,"), "{book}");
    let (status, _, err) = run(&program, folder, &["export", "book.csv"]);
    assert_eq!(status, Some(1));
    assert!(err.contains("failed to write book.csv: it already exists; --force replaces it"), "{err}");
    assert_eq!(run(&program, folder, &["export", "book.csv", "--force"]).0, Some(0));

    let (status, out, _) = run(&program, folder, &["import", "book.csv"]);
    assert_eq!(status, Some(0));
    assert!(out.contains("1 rows read: 0 created, 0 updated, 1 unchanged, 0 rejected\n"), "{out}");
    program.stop();
}

#[tokio::test]
async fn a_file_that_cannot_be_imported_is_an_error() {
    let program = Program::start(&["--memory"]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let cases: [(&str, &str, &[&str], &str); 6] = [
        ("empty.csv", "", &[], "the file is empty"),
        ("picture.csv", "\u{1}\0\u{2}", &[], "is NUL: it is not a text file"),
        ("nobody.csv", "Name,City\nAda,London\n", &[], "mapping"),
        ("map.csv", PEOPLE, &["--map", "Phone"], "it is not of the form Header=field"),
        ("unknown.csv", PEOPLE, &["--map", "Budget=custom.budget"], "mapping"),
        ("late.csv", "Email\na@example.com\n\"b@example.com\n", &["--no-header"], "is never closed"),
    ];
    for (name, file, options, reason) in cases {
        std::fs::write(folder.join(name), file).unwrap();
        let (status, out, err) = run(&program, folder, &[&["import", name], options].concat());
        assert_eq!(status, Some(1), "{name}: {out}");
        assert!(err.starts_with("contacts-local: failed to ") && err.contains(reason), "{name}: {err}");
    }
    let (status, _, err) = run(&program, folder, &["import", "nowhere.csv"]);
    assert_eq!((status, err.contains("failed to use nowhere.csv: ")), (Some(1), true), "{err}");
    let url = program.url("");
    program.stop();
    std::fs::write(folder.join("people.csv"), PEOPLE).unwrap();
    let output =
        Command::new(PROGRAM).args(["import", "people.csv", "--url", &url]).current_dir(folder).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("failed to reach ") && err.contains("does contacts-local run there?"), "{err}");
}

#[test]
fn a_terminal_is_no_reason_to_stop() {
    let terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let output = Command::new("python3").args(["-c", terminal, PROGRAM, "--help"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("Usage:") && !said.contains("panicked"), "{said}");
}

#[tokio::test]
async fn an_import_in_which_people_would_meet_strangers_is_asked_about() {
    let program = Program::start(&["--memory"]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("line.csv"), "Name,Phone\nAda Lovelace,+16502530000\nZeno Bloom,+16502530000\n")
        .unwrap();
    let question = "1 of the first 2 rows are about contacts that have clearly different names";
    let import = ["import", "line.csv"];

    // Nobody can answer.
    let (status, _, err) = run(&program, folder, &import);
    assert_eq!(status, Some(1));
    assert!(err.contains(question) && err.contains("--yes imports them anyway"), "{err}");

    for (answer, imported) in [("\n", false), ("no\n", false), ("y\n", true)] {
        let (status, said) = run_at_terminal(&program, folder, &import, answer);
        assert!(said.contains(&format!("{question}. Import anyway? [y/N]")), "{said}");
        assert_eq!((status == Some(0), said.contains("2 rows read")), (imported, imported), "{answer:?}: {said}");
    }
    let (status, out, _) = run(&program, folder, &[&import[..], &["--yes"]].concat());
    assert!(status == Some(0) && out.contains("2 rows read"), "{out}");
    assert_eq!(program.api("acme", "/imports").await["items"].as_array().unwrap().len(), 2);
    program.stop();
}

/// Runs the program at a terminal, where somebody types `answer`: exit status and everything that it shows.
fn run_at_terminal(program: &Program, folder: &Path, arguments: &[&str], answer: &str) -> (Option<i32>, String) {
    let terminal = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let url = program.url("");
    let mut child = Command::new("python3")
        .args(["-c", terminal, PROGRAM])
        .args(arguments)
        .args(["--url", &url, "--workspace", "acme"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // It stays open: at its end, the terminal would be closed.
    let mut input = child.stdin.take().unwrap();
    input.write_all(answer.as_bytes()).unwrap();
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).unwrap();
    (child.wait().unwrap().code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_report_that_is_being_corrected_is_not_replaced() {
    let program = Program::start(&["--memory"]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("people.csv"), PEOPLE).unwrap();
    std::fs::write(folder.join("people.report.csv"), "mine").unwrap();
    for expected in ["people.report-2.csv", "people.report-3.csv"] {
        let (_, out, _) = run(&program, folder, &["import", "people.csv", "--map", "Mail to=email"]);
        assert!(out.contains(&format!("the rows that need attention are in {expected}")), "{out}");
        assert!(folder.join(expected).exists());
    }
    assert_eq!(std::fs::read_to_string(folder.join("people.report.csv")).unwrap(), "mine");
    program.stop();
}
