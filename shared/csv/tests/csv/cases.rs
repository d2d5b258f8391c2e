//! Files as other systems write them: how each is read, and which contacts it makes.
//!
//! A book in memory takes the place of a database.

use std::collections::BTreeSet;

use contacts_cases::{file_cases, folder};

use crate::support::case::run;

#[test]
fn the_files_of_other_systems_become_the_contacts_that_people_expect() {
    let cases = file_cases();
    let fails = cases.iter().filter_map(|case| {
        let faults = run(case);
        (!faults.is_empty()).then(|| format!("{} ({})\n    {}", case.file, case.about, faults.join("\n    ")))
    });
    let failures: Vec<String> = fails.collect();
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn every_file_has_a_case() {
    let named: BTreeSet<String> = file_cases().into_iter().map(|case| case.file).collect();
    let files = std::fs::read_dir(folder()).unwrap();
    let files = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(named, files.filter(|file| file.ends_with(".csv")).collect());
    assert!(file_cases().iter().all(|case| case.failure().is_some() || !case.contacts().is_empty()));
}
