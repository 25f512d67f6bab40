//! How somebody studied: beside work, not yet finished, never finished, or as a guest.

use std::sync::LazyLock;

use crate::tables::degrees::{BESIDE_WORK, GUEST, NEVER_FINISHED, UNDER_WAY};
use crate::terms::Terms;

/// What the words of a stay say beside degree, school and discipline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is said or not, whatever the others")]
pub(crate) struct Manner {
    /// 在职, part-time.
    pub(crate) is_part_time: bool,
    /// 在读, expected.
    pub(crate) is_under_way: bool,
    /// 肄业, 结业: it ended without the degree.
    pub(crate) is_abandoned: bool,
    /// 交换, visiting: the degree is another school's.
    pub(crate) is_guest: bool,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
enum Sign {
    PartTime,
    UnderWay,
    Abandoned,
    Guest,
    /// 全日制: no sign, but it holds the words of one.
    None,
}

static SIGNS: LazyLock<Terms<Sign>> = LazyLock::new(|| {
    let sign = |words: &'static [&'static str], sign: Sign| words.iter().map(move |word| (*word, sign));
    Terms::new(
        sign(BESIDE_WORK, Sign::PartTime)
            .chain(sign(UNDER_WAY, Sign::UnderWay))
            .chain(sign(NEVER_FINISHED, Sign::Abandoned))
            .chain(sign(GUEST, Sign::Guest))
            .chain(sign(&["在职教师", "在职员工", "预计薪资", "part-time job"], Sign::None)),
    )
});

/// What the folded lines of a stay say.
pub(crate) fn manner_of(folded: &[char]) -> Manner {
    let mut manner = Manner::default();
    for found in SIGNS.find_all(folded, 0) {
        match found.value {
            Sign::PartTime => manner.is_part_time = true,
            Sign::UnderWay => manner.is_under_way = true,
            Sign::Abandoned => manner.is_abandoned = true,
            Sign::Guest => manner.is_guest = true,
            Sign::None => {}
        }
    }
    manner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manners_of_study() {
        let cases = [
            ("某某大学 会计学 本科（函授）", "part-time"),
            ("工程硕士（非全日制）", "part-time"),
            ("全日制本科", ""),
            ("Master of Engineering (part-time beside work)", "part-time"),
            ("Lagoon School of Business, EMBA", "part-time"),
            ("MSc Finance (in progress)", "under way"),
            ("硕士（在读），预计2027年6月毕业", "under way"),
            ("某某大学 机械工程 本科肄业", "abandoned"),
            ("Foothill University, BSc Physics, did not graduate", "abandoned"),
            ("某某大学 交换生", "guest"),
            ("Visiting doctoral student, Lagoon University", "guest"),
            ("Foothill University, BSc Physics", ""),
        ];
        for (line, expected) in cases {
            let folded: Vec<char> =
                line.to_lowercase().replace('（', "(").replace('）', ")").chars().collect();
            let manner = manner_of(&folded);
            let said = [
                (manner.is_part_time, "part-time"),
                (manner.is_under_way, "under way"),
                (manner.is_abandoned, "abandoned"),
                (manner.is_guest, "guest"),
            ];
            let said: Vec<_> = said.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
            assert_eq!(said.join(", "), expected, "{line}");
        }
    }
}
