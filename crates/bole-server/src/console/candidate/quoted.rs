//! A line of a resume with the words marked that it is quoted for.

use bole_core::Span;
use bole_engine::{PageShown, Quote};
use maud::{Markup, html};

/// The line of `quote`, the words of its span marked.
pub(super) fn line(pages: &[PageShown], quote: &Quote) -> Markup {
    let page = pages.iter().find(|page| page.number == quote.span.page);
    let found = page.and_then(|page| words_at(&page.lines, quote.span));
    let (before, words) = found.unwrap_or_default();
    let (before, words, after) = parted(&quote.text, &before, &words);
    html! { (before) @if !words.is_empty() { mark { (words) } } (after) }
}

/// What stands on the line of `span` before it, and its words on that line, white space folded as in quotes.
fn words_at(lines: &[String], span: Span) -> Option<(String, String)> {
    let (from, n_words) = (span.start as usize, span.end.checked_sub(span.start)? as usize);
    let mut start = 0;
    for line in lines {
        let end = start + line.chars().count();
        if from <= end {
            let at = from.saturating_sub(start);
            let before: String = line.chars().take(at).collect();
            let words: String = line.chars().skip(at).take(n_words).collect();
            return Some((folded(&before), folded(&words)));
        }
        start = end + 1;
    }
    None
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` as what is before `words`, they, and the rest; nothing is marked if they are not in it.
fn parted<'a>(text: &'a str, before: &str, words: &str) -> (&'a str, &'a str, &'a str) {
    let nothing = (text, "", "");
    if words.is_empty() {
        return nothing;
    }
    // The same words may stand on the line more than once; of one that is cut its beginning is not known.
    let n_before = if text.starts_with('…') { 0 } else { before.matches(words).count() };
    let found = text.match_indices(words).nth(n_before).or_else(|| text.match_indices(words).next());
    let Some((at, _)) = found else { return nothing };
    let (before, rest) = text.split_at(at);
    let (words, after) = rest.split_at(words.len());
    (before, words, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_span_are_marked_and_no_others_like_them() {
        let lines = ["固态电池".to_owned(), String::new(), "电池  研发与电池 测试".to_owned()];
        let span = |start, end| Span { page: 1, start, end };
        let (before, words) = words_at(&lines, span(13, 15)).unwrap();
        assert_eq!((before.as_str(), words.as_str()), ("电池 研发与", "电池"));
        assert_eq!(parted("电池 研发与电池 测试", &before, &words), ("电池 研发与", "电池", " 测试"));
        assert_eq!(parted("…研发与电池 测试", &before, &words), ("…研发与", "电池", " 测试"));
        assert_eq!(parted("别的", &before, &words), ("别的", "", ""));
        assert_eq!(words_at(&lines, span(0, 9)).unwrap(), (String::new(), "固态电池".to_owned()));
        assert_eq!(words_at(&lines, span(99, 100)), None);
    }
}
