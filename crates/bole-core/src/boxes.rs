//! Where on the page a stretch of text stands.

use crate::{Bounds, Page, Pages, Run, Span};

impl Pages {
    /// The boxes of `span`, in the order of the text: one for each line that it has a part of. Of a run that is covered in
    /// part the box is cut by its characters, of which wide (East Asian) ones count double.
    ///
    /// Empty if nothing is known to stand there. Goes through the text of the page once.
    pub fn boxes_of(&self, span: Span) -> Vec<Bounds> {
        let page = (span.page as usize).checked_sub(1).and_then(|index| self.pages.get(index));
        page.map(|page| page.boxes_of(span.start, span.end)).unwrap_or_default()
    }
}

impl Page {
    fn boxes_of(&self, start: u32, end: u32) -> Vec<Bounds> {
        // Runs are in the order of the text and do not overlap.
        let first = self.runs.partition_point(|run| run.end <= start);
        let runs = self.runs.get(first..).unwrap_or_default().iter();
        let runs = runs.take_while(|run| run.start < end).filter(|run| run.start < run.end);
        let mut text = self.text.chars();
        let (mut position, mut is_new_line) = (0, true);
        let mut boxes: Vec<Bounds> = Vec::new();
        for run in runs {
            let before = text.by_ref().take(run.start.saturating_sub(position) as usize);
            is_new_line = before.fold(is_new_line, |is_new, scalar| is_new || scalar == '\n');
            let scalars: Vec<char> = text.by_ref().take((run.end - run.start) as usize).collect();
            position = run.end;
            let bounds = part(*run, &scalars, start, end);
            match boxes.last_mut() {
                Some(last) if !is_new_line && on_one_line(*last, bounds) => *last = joined(*last, bounds),
                _ => boxes.push(bounds),
            }
            is_new_line = false;
        }
        boxes
    }
}

/// The part of a run's box that lies between `start` and `end`.
fn part(run: Run, scalars: &[char], start: u32, end: u32) -> Bounds {
    let Bounds { left, right, .. } = run.bounds;
    let width_to = |place: u32| -> i64 {
        let n_scalars = place.clamp(run.start, run.end) - run.start;
        scalars.iter().take(n_scalars as usize).map(|scalar| columns(*scalar)).sum()
    };
    let whole = width_to(run.end).max(1);
    let extent = i64::from(right) - i64::from(left);
    let at = |place: u32| left.saturating_add((extent * width_to(place) / whole) as i32);
    Bounds { left: at(start), right: if end >= run.end { right } else { at(end) }, ..run.bounds }
}

/// How many columns a character takes where wide ones take two.
fn columns(scalar: char) -> i64 {
    let is_wide = matches!(scalar,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{3ffff}');
    if is_wide { 2 } else { 1 }
}

/// Whether two boxes share at least half of the height of the lower one: a raised number does, the next line does not.
fn on_one_line(one: Bounds, other: Bounds) -> bool {
    let shared = i64::from(one.bottom.min(other.bottom)) - i64::from(one.top.max(other.top));
    let height = |bounds: Bounds| i64::from(bounds.bottom) - i64::from(bounds.top);
    shared >= 0 && 2 * shared >= height(one).min(height(other))
}

fn joined(one: Bounds, other: Bounds) -> Bounds {
    Bounds {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(start: u32, end: u32, [left, top, right, bottom]: [i32; 4]) -> Run {
        Run { start, end, bounds: Bounds { left, top, right, bottom } }
    }

    fn boxes(text: &str, runs: &[Run], start: u32, end: u32) -> Vec<[i32; 4]> {
        let page = Page { text: text.to_owned(), runs: runs.to_vec(), ..Page::default() };
        let pages = Pages { pages: vec![Page::default(), page], ..Pages::default() };
        pages.boxes_of(Span { page: 2, start, end }).into_iter().map(Into::into).collect()
    }

    #[test]
    fn words_of_a_line_are_joined_and_cut_by_characters() {
        let text = "solid state cells";
        let runs =
            [run(0, 5, [0, 10, 50, 20]), run(6, 11, [60, 9, 110, 20]), run(12, 17, [120, 10, 170, 21])];
        assert_eq!(boxes(text, &runs, 0, 5), [[0, 10, 50, 20]]);
        assert_eq!(boxes(text, &runs, 0, 17), [[0, 9, 170, 21]]);
        assert_eq!(boxes(text, &runs, 2, 8), [[20, 9, 80, 20]]);
        assert_eq!(boxes(text, &runs, 14, 16), [[140, 10, 160, 21]]);
        assert_eq!(boxes(text, &runs, 5, 6), <[[i32; 4]; 0]>::default(), "white space has no box");
        assert_eq!(boxes(text, &runs, 40, 60), <[[i32; 4]; 0]>::default());
    }

    #[test]
    fn chinese_counts_double() {
        let runs = [run(0, 6, [100, 0, 200, 12])];
        assert_eq!(boxes("固态电池BM", &runs, 0, 4), [[100, 0, 180, 12]]);
        assert_eq!(boxes("固态电池BM", &runs, 4, 6), [[180, 0, 200, 12]]);
        assert_eq!(boxes("固态电池BM", &runs, 2, 5), [[140, 0, 190, 12]]);
    }

    #[test]
    fn each_line_and_each_column_has_a_box() {
        // Two lines of the left column, then the right column, whose first line stands as high as the left one's.
        let text = "固态电池\ncells\n\n储能 BMS";
        let runs = [
            run(0, 4, [0, 0, 80, 20]),
            run(5, 10, [0, 24, 50, 44]),
            run(12, 14, [300, 0, 340, 20]),
            run(15, 18, [345, 0, 375, 20]),
        ];
        assert_eq!(boxes(text, &runs, 2, 8), [[40, 0, 80, 20], [0, 24, 30, 44]]);
        let all = [[0, 0, 80, 20], [0, 24, 50, 44], [300, 0, 375, 20]];
        assert_eq!(boxes(text, &runs, 0, 18), all);
        // The line of one column and that of the next are as high, and yet two.
        let side_by_side = [runs[0], run(5, 10, [300, 0, 350, 20])];
        assert_eq!(boxes(text, &side_by_side, 0, 10), [[0, 0, 80, 20], [300, 0, 350, 20]]);
    }

    #[test]
    fn what_is_set_lower_within_a_line_has_its_own_box() {
        let runs = [run(0, 2, [0, 0, 20, 10]), run(3, 5, [30, 40, 50, 50]), run(5, 6, [50, 36, 54, 44])];
        assert_eq!(boxes("ab cde", &runs, 0, 6), [[0, 0, 20, 10], [30, 36, 54, 50]]);
    }

    #[test]
    fn no_place_has_no_box() {
        let pages = Pages::default();
        for page in [0, 1, u32::MAX] {
            assert!(pages.boxes_of(Span { page, start: 0, end: 9 }).is_empty());
        }
        let odd = [run(0, 3, [i32::MIN, 0, i32::MAX, 10])];
        assert_eq!(boxes("abc", &odd, 0, 3), [[i32::MIN, 0, i32::MAX, 10]]);
        assert_eq!(boxes("", &odd, 0, 2).len(), 1, "a run beyond the text is as its box says");
    }
}
