//! The page on scale.

use std::fs;
use std::process::Command;

use crate::template::ROOT;

#[test]
fn the_tables_of_the_page_on_scale_are_those_that_its_program_prints() {
    let program = Command::new("python3").arg("infra/capacity_model.py").current_dir(ROOT).output().unwrap();
    assert!(program.status.success(), "{}", String::from_utf8_lossy(&program.stderr));
    let printed = String::from_utf8(program.stdout).unwrap();
    let page = fs::read_to_string(format!("{ROOT}/infra/SCALE.md")).unwrap();
    for table in printed.trim_end().split("\n\n") {
        assert!(page.contains(&format!("\n{table}\n")), "infra/SCALE.md lacks\n{table}");
    }
}
