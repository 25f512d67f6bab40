use serde::{Deserialize, Serialize};

/// How a text with markup is set on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawnLayout {
    /// One column, headings bold.
    Plain,
    /// A left and a right column, the wider one for the longer text.
    Columns,
    /// A form of ruled cells.
    Form,
    /// One column of small letters between wide margins.
    Wide,
}

/// A line of text with markup, or several that are one paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// `= X`
    Title(String),
    /// `# X`
    Heading(String),
    /// `- X`
    Item(String),
    /// `~ X`: white on white, as what is written for machines only.
    Hidden(String),
    /// `X >> Y`: the second at the right margin.
    Spread(String, String),
    /// `| a | b |`, and the rows that follow.
    Table(Vec<Vec<String>>),
    /// An empty line.
    Gap,
    /// `[left]`, `[right]`, `[full]`: where the blocks after it go.
    Place(Place),
    /// Anything else.
    Paragraph(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Left,
    Right,
    Full,
}

/// Cuts a text with markup into blocks; whatever is no markup is a paragraph.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for line in text.trim_matches('\n').lines() {
        let block = block(line.trim());
        if let (Block::Table(row), Some(Block::Table(rows))) = (&block, blocks.last_mut()) {
            rows.extend_from_slice(row);
        } else {
            blocks.push(block);
        }
    }
    blocks
}

fn block(line: &str) -> Block {
    let owned = |text: &str| text.trim().to_owned();
    match line {
        "" => return Block::Gap,
        "[left]" => return Block::Place(Place::Left),
        "[right]" => return Block::Place(Place::Right),
        "[full]" => return Block::Place(Place::Full),
        _ => {}
    }
    if let Some(title) = line.strip_prefix("= ") {
        Block::Title(owned(title))
    } else if let Some(heading) = line.strip_prefix("# ") {
        Block::Heading(owned(heading))
    } else if let Some(item) = line.strip_prefix("- ") {
        Block::Item(owned(item))
    } else if let Some(hidden) = line.strip_prefix("~ ") {
        Block::Hidden(owned(hidden))
    } else if let Some(cells) = line.strip_prefix('|').and_then(|row| row.strip_suffix('|')) {
        Block::Table(vec![cells.split('|').map(owned).collect()])
    } else if let Some((left, right)) = line.split_once(" >> ") {
        Block::Spread(owned(left), owned(right))
    } else {
        Block::Paragraph(owned(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_is_told() {
        let text =
            "\n= 李明\n| a | |\n| b |\n\n# 教育\n- x\n~ unseen\n2018 >> y\n[left]\n-60 degrees | or less\n";
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let expected = [
            Block::Title("李明".to_owned()),
            Block::Table(vec![row(&["a", ""]), row(&["b"])]),
            Block::Gap,
            Block::Heading("教育".to_owned()),
            Block::Item("x".to_owned()),
            Block::Hidden("unseen".to_owned()),
            Block::Spread("2018".to_owned(), "y".to_owned()),
            Block::Place(Place::Left),
            Block::Paragraph("-60 degrees | or less".to_owned()),
        ];
        assert_eq!(blocks(text), expected);
    }
}
