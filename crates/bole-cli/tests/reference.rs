//! The references among the guides are what the program prints.

use std::path::Path;
use std::process::Command;

#[test]
fn the_committed_references_are_those_of_the_program() {
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/guides");
    for topic in ["settings", "metrics", "reasons", "exit-codes"] {
        let printed = Command::new(env!("CARGO_BIN_EXE_bole")).args(["reference", topic]).output().unwrap();
        assert!(printed.status.success(), "{topic}");
        let committed = std::fs::read_to_string(guides.join(format!("{topic}.md"))).unwrap_or_default();
        assert_eq!(
            String::from_utf8(printed.stdout).unwrap(),
            committed,
            "write it again: `bole reference {topic} >deploy/guides/{topic}.md`"
        );
    }
}
