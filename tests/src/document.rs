use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// A document in Markdown, as its readers have it before them.
#[derive(Debug)]
pub struct Document {
    /// Its path in the repository, such as `deploy/guides/portal.md`.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// What stands between two fences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the fence says that it is: `sh` is run by a test, `text` is not.
    pub language: String,
    /// Its lines.
    pub text: String,
    /// The line of the fence, from 1.
    pub line: usize,
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

impl Document {
    /// Reads one by its path in the repository.
    pub fn of(path: &str) -> Result<Self> {
        let text = std::fs::read_to_string(repository().join(path)).with_context(|| path.to_owned())?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// Every document that people work with: the README, and all below `config` and `deploy`.
    pub fn all() -> Result<Vec<Self>> {
        let mut paths = vec![PathBuf::from("README.md")];
        for folder in ["config", "deploy"] {
            find(Path::new(folder), &mut paths)?;
        }
        paths.sort();
        paths.iter().map(|path| Self::of(path.to_str().context("a path")?)).collect()
    }

    /// Its blocks.
    ///
    /// # Errors
    /// If a fence does not say what it begins, or is not closed.
    pub fn blocks(&self) -> Result<Vec<Block>> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_open = false;
        for (number, line) in self.text.lines().enumerate() {
            if let Some(language) = line.trim_start().strip_prefix("```") {
                let at = format!("{}:{}", self.path, number + 1);
                ensure!(
                    is_open || !language.is_empty(),
                    "{at}: say what it is: ```sh is run, ```text is not"
                );
                if !is_open {
                    blocks.push(Block {
                        language: language.to_owned(),
                        text: String::new(),
                        line: number + 1,
                    });
                }
                is_open = !is_open;
            } else if let Some(block) = blocks.last_mut().filter(|_| is_open) {
                block.text += line;
                block.text.push('\n');
            }
        }
        ensure!(!is_open, "{}: the last block is not closed", self.path);
        Ok(blocks)
    }

    /// The blocks of one language.
    pub fn blocks_of(&self, language: &str) -> Result<Vec<Block>> {
        Ok(self.blocks()?.into_iter().filter(|block| block.language == language).collect())
    }

    /// Its lines outside blocks, with their numbers from 1.
    pub fn prose(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut is_block = false;
        self.text.lines().enumerate().filter_map(move |(number, line)| {
            let is_fence = line.trim_start().starts_with("```");
            is_block ^= is_fence;
            (!is_block && !is_fence).then_some((number + 1, line))
        })
    }

    /// What stands between single backquotes outside blocks, with the number of its line.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.prose()
            .flat_map(|(number, line)| line.split('`').skip(1).step_by(2).map(move |code| (number, code)))
    }

    /// Where its links lead, with the number of their line.
    pub fn links(&self) -> impl Iterator<Item = (usize, &str)> {
        self.prose().flat_map(|(number, line)| {
            let ends = line.split("](").skip(1);
            ends.filter_map(move |rest| Some((number, rest.split_once(')')?.0)))
        })
    }

    /// The anchors that links can lead to, as code hosts make them of headings.
    pub fn anchors(&self) -> Vec<String> {
        let headings = self.prose().filter(|(_, line)| line.starts_with('#'));
        headings.map(|(_, line)| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

/// Letters in lower case, digits, `-` and `_` stay, blanks become `-`, all else goes.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|scalar| scalar.is_alphanumeric() || " -_".contains(*scalar));
    kept.flat_map(char::to_lowercase).map(|scalar| if scalar == ' ' { '-' } else { scalar }).collect()
}

/// Adds the documents below a folder of the repository.
fn find(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(repository().join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            find(&path, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document { path: "a.md".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn blocks_code_links_and_anchors_are_found() {
        let text = "# A guide, `bole`\n\n[b](b.md#c) `one` and `two`\n\n```sh\necho `three` [x](y)\n```\n## Is it?\n";
        let guide = document(text);
        let block = Block { language: "sh".to_owned(), text: "echo `three` [x](y)\n".to_owned(), line: 5 };
        assert_eq!(guide.blocks().unwrap(), [block]);
        assert_eq!(guide.code().collect::<Vec<_>>(), [(1, "bole"), (3, "one"), (3, "two")]);
        assert_eq!(guide.links().collect::<Vec<_>>(), [(3, "b.md#c")]);
        assert_eq!(guide.anchors(), ["a-guide-bole", "is-it"]);
    }

    #[test]
    fn a_block_says_what_it_is_and_ends() {
        assert!(document("```\necho\n```\n").blocks().is_err());
        assert!(document("```sh\necho\n").blocks().is_err());
    }
}
