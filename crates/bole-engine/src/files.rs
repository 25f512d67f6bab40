use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::io::AsyncReadExt;

/// What was found below the paths that were named.
#[derive(Debug, Default)]
pub struct Found {
    /// The files, absolute, each once, in order.
    pub files: Vec<PathBuf>,
    /// What could not be looked at, and why.
    pub unreadable: Vec<(PathBuf, io::Error)>,
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum FileError {
    /// It is larger than the limit.
    TooLarge {
        /// At least so large.
        n_bytes: u64,
    },
    /// It is no file, or cannot be read.
    Unreadable(io::Error),
}

/// Reads a regular file of at most `limit_bytes`, also one that grows meanwhile.
pub(crate) async fn read_file(path: &Path, limit_bytes: usize) -> Result<(Bytes, Metadata), FileError> {
    let named = tokio::fs::metadata(path).await.map_err(FileError::Unreadable)?;
    if !named.is_file() {
        return Err(FileError::Unreadable(io::Error::other("it is not a regular file")));
    }
    if named.len() > limit_bytes as u64 {
        return Err(FileError::TooLarge { n_bytes: named.len() });
    }
    let file = tokio::fs::File::open(path).await.map_err(FileError::Unreadable)?;
    let mut bytes = Vec::with_capacity(named.len() as usize);
    let mut bounded = file.take(limit_bytes as u64 + 1);
    bounded.read_to_end(&mut bytes).await.map_err(FileError::Unreadable)?;
    if bytes.len() > limit_bytes {
        return Err(FileError::TooLarge { n_bytes: bytes.len() as u64 });
    }
    Ok((Bytes::from(bytes), named))
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
            } else if !(kind.is_symlink() && path.is_dir()) {
                found.unreadable.push((path, io::Error::other("it is neither a file nor a folder")));
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
        std::os::unix::fs::symlink("/no/such/file", root.join("broken.pdf")).unwrap();
        let found = find_files(&[root.clone(), root.join("b"), root.join("missing")]);
        let names: Vec<_> =
            found.files.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["a.pdf", "b/1.pdf", "b/c/2.pdf"]);
        let lost: Vec<_> = found.unreadable.iter().map(|(path, _)| path.file_name().unwrap()).collect();
        assert_eq!(lost, ["broken.pdf", "missing"]);
    }
}
