//! Words that tell whether somebody is a woman or a man, outside the fields that ask for it.

/// Schools that take or took women only or men only and whose names do not say so, as runs of Latin words in lower case.
pub(crate) const SCHOOLS_LATIN: &[&str] = &[
    "agnes scott college",
    "alverno college",
    "barnard college",
    "benenden school",
    "bennett college",
    "bethune college",
    "brenau university",
    "bryn mawr",
    "cedar crest college",
    "cottey college",
    "eton college",
    "ewha",
    "hampden sydney college",
    "harrow school",
    "hollins university",
    "indraprastha college",
    "isabella thoburn college",
    "lady irwin college",
    "lady shri ram college",
    "mills college",
    "miranda house",
    "morehouse college",
    "mount holyoke",
    "mount mary university",
    "murray edwards college",
    "newnham college",
    "ochanomizu university",
    "radcliffe college",
    "radley college",
    "roedean school",
    "russell sage college",
    "scripps college",
    "smith college",
    "spelman college",
    "stephens college",
    "sweet briar college",
    "tsuda university",
    "wabash college",
    "wellesley college",
    "wycombe abbey",
];

/// The same, as Chinese writes them.
pub(crate) const SCHOOLS_HAN: &[&str] = &[
    "卫斯理学院",
    "韦尔斯利学院",
    "威尔斯利学院",
    "史密斯学院",
    "巴纳德学院",
    "布林莫尔学院",
    "曼荷莲学院",
    "曼荷莲文理学院",
    "斯佩尔曼学院",
    "莫尔豪斯学院",
    "沃巴什学院",
    "津田塾大学",
    "中西女塾",
    "伊顿公学",
    "哈罗公学",
];

/// Whom a school is for, as a Latin word in lower case; the `s` behind an apostrophe is a word of its own.
pub(crate) const TAUGHT_LATIN: &[&str] = &[
    "women", "womens", "woman", "womans", "girl", "girls", "lady", "ladies", "female", "men", "mens", "boy",
    "boys", "male",
];

/// What a school is, as a Latin word in lower case.
pub(crate) const SCHOOL_KINDS_LATIN: &[&str] =
    &["university", "college", "school", "academy", "institute", "seminary", "gymnasium", "lyceum", "hall"];

/// Whom a school is for, in its Chinese name, and what it is; or both in one.
pub(crate) const TAUGHT_HAN: &[&str] = &["女子", "男子"];
pub(crate) const SCHOOL_KINDS_HAN: &[&str] = &[
    "大学", "学院", "学校", "中学", "小学", "高中", "初中", "书院", "学堂", "师范", "专科", "高等", "职业",
    "技校",
];
pub(crate) const SCHOOLS_OF_ONE_HAN: &[&str] =
    &["女子大", "女大", "女中", "女校", "女塾", "女师", "男校", "男中"];

/// Organisations, honours and circumstances of women or of men, as runs of Latin words in lower case.
pub(crate) const TELLING_LATIN: &[&str] = &[
    "alpha chi omega",
    "alpha delta pi",
    "alpha gamma delta",
    "alpha kappa alpha",
    "alpha omicron pi",
    "alpha phi alpha",
    "alpha xi delta",
    "beta theta pi",
    "boy scout",
    "boy scouts",
    "chi omega",
    "delta delta delta",
    "delta gamma",
    "delta sigma theta",
    "eagle scout",
    "father of",
    "fraternity",
    "gamma phi beta",
    "girl guide",
    "girl guides",
    "girl scout",
    "girl scouts",
    "girls who code",
    "husband",
    "kappa alpha psi",
    "kappa alpha theta",
    "kappa delta",
    "kappa kappa gamma",
    "kappa sigma",
    "lambda chi alpha",
    "maternity leave",
    "mother of",
    "omega psi phi",
    "paternity leave",
    "phi delta theta",
    "phi gamma delta",
    "phi mu",
    "pi beta phi",
    "pi kappa alpha",
    "pi kappa phi",
    "sigma alpha epsilon",
    "sigma chi",
    "sigma kappa",
    "sigma nu",
    "sigma phi epsilon",
    "society of women engineers",
    "sorority",
    "wife",
    "women in engineering",
    "women in finance",
    "women in stem",
    "women in tech",
    "women in technology",
    "zeta phi beta",
    "zeta tau alpha",
];

/// The same in Chinese, with how one is addressed.
pub(crate) const TELLING_HAN: &[&str] = &[
    "女士",
    "女生",
    "女性",
    "女工程师",
    "女科学家",
    "女教师",
    "女职工",
    "女排",
    "女足",
    "女篮",
    "男生",
    "男性",
    "男篮",
    "男足",
    "男排",
    "小姐",
    "巾帼",
    "三八红旗手",
    "妇联",
    "产假",
    "丈夫",
    "妻子",
    "兄弟会",
    "姐妹会",
];

/// How one is spoken of, in lower case. They are taken as words in lower case or with a capital; in capitals they are something
/// else (HER, hydrogen evolution; MS, master of science).
pub(crate) const PRONOUNS: &[&str] = &["he", "she", "him", "his", "her", "hers", "himself", "herself"];

/// How one is addressed, likewise.
pub(crate) const ADDRESSES: &[&str] = &["mr", "mrs", "ms", "miss", "mister", "madam", "sir"];

/// What stands with a name and is no part of it, in lower case.
pub(crate) const BESIDE_NAMES: &[&str] = &[
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "prof",
    "professor",
    "phd",
    "md",
    "mba",
    "cfa",
    "cpa",
    "frm",
    "pmp",
    "msc",
    "bsc",
    "ing",
    "jr",
    "sr",
    "esq",
    "name",
    "resume",
    "cv",
];
