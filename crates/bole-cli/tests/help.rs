//! The help is part of the interface. This test also makes cargo build the program for the end-to-end tests.

use std::process::Command;

#[test]
fn help_reads_well() {
    let output = Command::new(env!("CARGO_BIN_EXE_bole")).arg("--help").output().unwrap();
    assert!(output.status.success());
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
