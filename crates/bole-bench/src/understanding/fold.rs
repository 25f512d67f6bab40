use bole_core::fold_for_matching;

/// Folded as for matching, without white space.
pub(super) fn dense(text: &str) -> String {
    fold_for_matching(text).0.into_iter().filter(|scalar| !scalar.is_whitespace()).collect()
}

/// What two values are compared by: NFKC, lower case, dashes and quotation marks of one kind, without white space and
/// outer punctuation.
pub(super) fn folded(text: &str) -> String {
    dense(text).trim_matches(is_outer).to_owned()
}

fn is_outer(scalar: char) -> bool {
    ".,;:、。·•*-_/|~'\"".contains(scalar)
}

pub(super) fn is_same(truth: &str, said: &str) -> bool {
    folded(truth) == folded(said)
}

/// Addresses of pages are the same with and without scheme, `www.` and last slash.
pub(super) fn is_same_link(truth: &str, said: &str) -> bool {
    let bare = |link: &str| {
        let link = folded(link);
        let link = link.trim_start_matches("https://").trim_start_matches("http://");
        link.trim_start_matches("www.").trim_end_matches('/').to_owned()
    };
    bare(truth) == bare(said)
}

/// A school or an employer is right if it is the same, or if one of both begins or ends with the other and what is left
/// is nothing but brackets with what stands in them, a department, or a city.
pub(super) fn is_same_institution(truth: &str, said: &str) -> bool {
    let (truth, said) = (spaced(truth), spaced(said));
    if folded(&truth) == folded(&said) {
        return true;
    }
    let (longer, shorter) = if truth.len() > said.len() { (&truth, &said) } else { (&said, &truth) };
    if shorter.chars().count() < 2 {
        return false;
    }
    let cuts = [longer.strip_prefix(shorter.as_str()), longer.strip_suffix(shorter.as_str())];
    // Half a word is none: `Shell` is not `Shellfish`.
    let is_cut = |rest: &&str| {
        let edge = if longer.starts_with(shorter.as_str()) {
            (shorter.chars().last(), rest.chars().next())
        } else {
            (rest.chars().last(), shorter.chars().next())
        };
        !matches!(edge, (Some(one), Some(other)) if one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric())
    };
    cuts.into_iter().flatten().filter(is_cut).any(is_aside)
}

/// Folded as for matching, one space for any white space.
fn spaced(text: &str) -> String {
    let folded: String = fold_for_matching(text).0.into_iter().collect();
    let words: Vec<_> = folded.split_whitespace().collect();
    words.join(" ").trim_matches(is_outer).trim().to_owned()
}

/// What a name of an institution may have more or less.
fn is_aside(rest: &str) -> bool {
    let outer = |scalar: char| scalar.is_whitespace() || is_outer(scalar);
    let parts = rest.split([',', '·', '|', '/', '、']).map(|part| part.trim_matches(outer));
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    !parts.is_empty() && parts.iter().all(|part| is_bracket(part) || is_department(part) || is_city(part))
}

fn is_bracket(part: &str) -> bool {
    let inner = part.strip_prefix('(').and_then(|part| part.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.contains(['(', ')']))
}

/// Ends as departments do in Chinese, or has a department's word in English.
fn is_department(part: &str) -> bool {
    const CHINESE: [&str; 13] = [
        "学院",
        "系",
        "部",
        "中心",
        "研究所",
        "研究院",
        "实验室",
        "分公司",
        "分行",
        "支行",
        "办事处",
        "分部",
        "课题组",
    ];
    const ENGLISH: [&str; 16] = [
        "department",
        "dept",
        "school",
        "college",
        "faculty",
        "institute",
        "division",
        "branch",
        "laboratory",
        "lab",
        "centre",
        "center",
        "office",
        "group",
        "team",
        "unit",
    ];
    let is_short = part.chars().count() <= 60;
    let chinese = CHINESE.iter().any(|end| part.ends_with(end));
    let english =
        part.split(|scalar: char| !scalar.is_ascii_alphanumeric()).any(|word| ENGLISH.contains(&word));
    is_short && (chinese || english)
}

/// A city, province or country by itself, `市` and `省` aside.
fn is_city(part: &str) -> bool {
    let bare = part.trim_end_matches(['市', '省']);
    CITIES.contains(&bare) || bare.split(' ').all(|word| CITIES.contains(&word))
}

/// Of the places that resumes name beside an institution.
const CITIES: &[&str] = &[
    "北京",
    "上海",
    "天津",
    "重庆",
    "广州",
    "深圳",
    "武汉",
    "南京",
    "杭州",
    "苏州",
    "无锡",
    "常州",
    "宁波",
    "合肥",
    "成都",
    "西安",
    "长沙",
    "郑州",
    "济南",
    "青岛",
    "大连",
    "沈阳",
    "哈尔滨",
    "长春",
    "福州",
    "厦门",
    "宁德",
    "南昌",
    "昆明",
    "贵阳",
    "南宁",
    "太原",
    "兰州",
    "珠海",
    "东莞",
    "佛山",
    "惠州",
    "香港",
    "台北",
    "新加坡",
    "东京",
    "伦敦",
    "纽约",
    "慕尼黑",
    "江苏",
    "浙江",
    "广东",
    "福建",
    "安徽",
    "四川",
    "湖北",
    "湖南",
    "山东",
    "河南",
    "河北",
    "陕西",
    "辽宁",
    "江西",
    "中国",
    "美国",
    "英国",
    "德国",
    "法国",
    "日本",
    "加拿大",
    "澳大利亚",
    "beijing",
    "shanghai",
    "tianjin",
    "chongqing",
    "guangzhou",
    "shenzhen",
    "wuhan",
    "nanjing",
    "hangzhou",
    "suzhou",
    "wuxi",
    "changzhou",
    "ningbo",
    "hefei",
    "chengdu",
    "xi'an",
    "xian",
    "changsha",
    "zhengzhou",
    "jinan",
    "qingdao",
    "dalian",
    "shenyang",
    "harbin",
    "changchun",
    "fuzhou",
    "xiamen",
    "ningde",
    "nanchang",
    "kunming",
    "zhuhai",
    "dongguan",
    "foshan",
    "huizhou",
    "hong kong",
    "hong",
    "kong",
    "taipei",
    "singapore",
    "tokyo",
    "london",
    "cambridge",
    "oxford",
    "manchester",
    "edinburgh",
    "bristol",
    "toulouse",
    "paris",
    "munich",
    "berlin",
    "hamburg",
    "frankfurt",
    "zurich",
    "new york",
    "new",
    "york",
    "boston",
    "chicago",
    "seattle",
    "houston",
    "austin",
    "san francisco",
    "los angeles",
    "toronto",
    "sydney",
    "melbourne",
    "jiangsu",
    "zhejiang",
    "guangdong",
    "fujian",
    "anhui",
    "sichuan",
    "hubei",
    "hunan",
    "shandong",
    "henan",
    "hebei",
    "shaanxi",
    "liaoning",
    "jiangxi",
    "china",
    "p.r. china",
    "usa",
    "us",
    "u.s.",
    "united states",
    "uk",
    "united kingdom",
    "england",
    "scotland",
    "germany",
    "france",
    "japan",
    "canada",
    "australia",
    "netherlands",
    "switzerland",
    "ma",
    "ca",
    "ny",
    "tx",
    "il",
    "wa",
];

/// Whether an item of a list names a skill: the same, or the skill between other words of an item that is no sentence.
pub(super) fn names_skill(truth: &str, said: &str) -> bool {
    /// More letters around a skill than that are a sentence.
    const MOST_AROUND: usize = 24;
    let (truth, said) = (spaced(truth), spaced(said));
    if folded(&truth) == folded(&said) {
        return true;
    }
    if said.chars().count() > truth.chars().count() + MOST_AROUND {
        return false;
    }
    let is_edge = |scalar: Option<char>| scalar.is_none_or(|scalar| !scalar.is_ascii_alphanumeric());
    let starts_word = truth.chars().next().is_some_and(|scalar| scalar.is_ascii_alphanumeric());
    let ends_word = truth.chars().last().is_some_and(|scalar| scalar.is_ascii_alphanumeric());
    said.match_indices(truth.as_str()).any(|(place, found)| {
        let before = said.get(..place).and_then(|before| before.chars().last());
        let after = said.get(place + found.len()..).and_then(|after| after.chars().next());
        (!starts_word || is_edge(before)) && (!ends_word || is_edge(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_may_have_a_department_a_city_or_brackets_more() {
        let same = [
            ("清华大学", "清华大学"),
            ("清华大学", "清华大学（深圳）"),
            ("清华大学", "清华大学材料学院"),
            ("清华大学", "北京 清华大学"),
            ("East China University", "East China University, Shanghai, China"),
            ("School of Physics, Peking University", "Peking University"),
            ("ACME Co., Ltd.", "Acme Co., Ltd"),
            ("国投证券股份有限公司", "国投证券股份有限公司 投资银行部"),
        ];
        for (one, other) in same {
            assert!(is_same_institution(one, other) && is_same_institution(other, one), "{one} {other}");
        }
        let different = [
            ("清华大学", "清华"),
            ("Shell", "Shellfish China"),
            ("苏州某某公司", "苏州某某公司 高级工程师"),
            ("Acme Ltd", "Acme Ltd, Senior Engineer"),
            ("Acme Ltd", "at Acme Ltd"),
            ("Acme Ltd", ""),
            ("Peking University", "Peking University, 2012"),
        ];
        for (one, other) in different {
            assert!(!is_same_institution(one, other) && !is_same_institution(other, one), "{one} {other}");
        }
    }

    #[test]
    fn a_skill_stands_between_words_of_an_item() {
        for (truth, said) in [("C++", "C++"), ("Python", "Python (pandas)"), ("MATLAB", "熟练使用MATLAB")]
        {
            assert!(names_skill(truth, said), "{truth} {said}");
        }
        let sentence = "I have used Python for many years in various projects";
        for (truth, said) in [("C", "CFD"), ("R", "Origin"), ("SQL", "MySQL"), ("Python", sentence)] {
            assert!(!names_skill(truth, said), "{truth} {said}");
        }
    }

    #[test]
    fn outer_punctuation_and_widths_say_nothing() {
        assert!(is_same("Ａ Ｂ－１ 。", "ab-1"));
        assert!(!is_same("C++", "C"));
        assert!(is_same_link("https://www.example.com/a/", "example.com/A"));
        assert!(!is_same_link("example.com/a", "example.com/b"));
    }
}
