use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn every_crate_has_a_section_and_every_path_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("### `{name}`")), "ARCHITECTURE.md has no section on {name}");
    }
    let quoted = text.split('`').skip(1).step_by(2);
    let paths: Vec<_> =
        quoted.filter(|quoted| quoted.contains('/') && !quoted.contains([' ', '<', '{'])).collect();
    assert!(!paths.is_empty());
    for path in paths {
        assert!(root().join(path).exists(), "ARCHITECTURE.md names `{path}`, which does not exist");
    }
}

#[test]
fn the_readme_names_the_two_commands() {
    let text = std::fs::read_to_string(root().join("README.md")).unwrap();
    for command in ["cargo run --release -- demo", "./tests/run"] {
        assert!(text.contains(command), "{command}");
    }
}
