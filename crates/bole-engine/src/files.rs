use std::io;
use std::path::{Path, PathBuf};

/// What was found below the paths that were named.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, absolute, each once, in order.
    pub files: Vec<PathBuf>,
    /// What could not be looked at, and why.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Finds the files below `paths`: each path itself, or all files below it if it is a folder. Within folders what
/// begins with a dot is passed over, and links to folders are not followed.
pub fn find_files(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match std::fs::canonicalize(path).and_then(|real| real.metadata().map(|metadata| (real, metadata))) {
            Ok((real, metadata)) if metadata.is_dir() => walk(&real, &mut found),
            Ok((real, metadata)) if metadata.is_file() => found.files.push(real),
            Ok((real, _)) => {
                found.unreadable.push((real, io::Error::other("it is neither a file nor a folder")));
            }
            Err(error) => found.unreadable.push((path.clone(), error)),
        }
    }
    found.files.sort();
    found.files.dedup();
    found
}

/// Walks with a list of its own rather than by recursion: a folder may be nested as deep as it likes.
fn walk(folder: &Path, found: &mut Found) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.unreadable.push((folder, error));
                continue;
            }
        };
        for entry in entries {
            let (path, kind) =
                match entry.and_then(|entry| entry.file_type().map(|kind| (entry.path(), kind))) {
                    Ok(entry) => entry,
                    Err(error) => {
                        found.unreadable.push((folder.clone(), error));
                        break;
                    }
                };
            let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if is_hidden {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() || (kind.is_symlink() && path.is_file()) {
                found.files.push(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_once_and_in_order_and_losses_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("b/c")).unwrap();
        for name in ["b/c/2.pdf", "b/1.pdf", "a.pdf", ".hidden"] {
            std::fs::write(root.join(name), b"x").unwrap();
        }
        std::os::unix::fs::symlink(&root, root.join("b/loop")).unwrap();
        let found = find_files(&[root.clone(), root.join("b"), root.join("missing")]);
        let names: Vec<_> =
            found.files.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.pdf", "b/1.pdf", "b/c/2.pdf"]);
        assert_eq!(found.unreadable.len(), 1);
    }
}
