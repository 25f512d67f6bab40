use super::{assert_pinned, root, text, value_of};

#[test]
fn the_image_is_built_of_pinned_ones_and_of_files_that_are_there() {
    let file = text("container/Containerfile");
    let ignored = text("container/Containerfile.dockerignore");
    let mut n_images = 0;
    for line in file.lines() {
        if let Some(image) = line.strip_prefix("FROM ") {
            assert_pinned(image.split(' ').next().unwrap());
            n_images += 1;
        }
        if let Some(copied) = line.strip_prefix("COPY ").filter(|copied| !copied.contains("--from=")) {
            let words: Vec<_> = copied.split(' ').filter(|word| !word.starts_with("--")).collect();
            assert!(root().join(words[0]).exists(), "{line}");
            assert!(words[0] == "." || ignored.contains(&format!("!{}", words[0])), "{line}");
        }
    }
    assert_eq!(n_images, 2);
    assert!(ignored.lines().any(|line| line == "*"), "what is not named stays out");
    for named in ignored.lines().filter_map(|line| line.strip_prefix('!')) {
        assert!(root().join(named).exists(), "{named}");
    }
    assert_eq!(value_of(&file, "ARG VERSION"), env!("CARGO_PKG_VERSION"));
    // A user by number, as Kubernetes asks.
    let user = value_of(&file, "USER").split(':').next().unwrap();
    assert!(user.parse::<u32>().is_ok_and(|user| user > 0), "{user}");
}

/// Cargo wants the manifests of all members, and their targets.
#[test]
fn what_the_build_needs_is_not_ignored() {
    let ignored = text("container/Containerfile.dockerignore");
    let left_out: Vec<_> =
        ignored.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '!', '*'])).collect();
    let manifests = std::fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let manifests = manifests.chain([root().join("tests"), root().join("tests/fuzz")]);
    for folder in manifests {
        let manifest: toml::Table =
            toml::from_str(&std::fs::read_to_string(folder.join("Cargo.toml")).unwrap()).unwrap();
        for kind in ["test", "bin", "example", "bench"] {
            let targets = manifest.get(kind).and_then(toml::Value::as_array).into_iter().flatten();
            for path in targets.filter_map(|target| target.get("path")?.as_str()) {
                let path = folder.join(path);
                let path = path.strip_prefix(root()).unwrap().to_str().unwrap();
                let is_left_out = left_out.iter().any(|out| path.starts_with(out));
                assert!(!is_left_out, "{path} is a target and is left out");
            }
        }
    }
}
