//! Whether text can be what a page shows: a wrong map gives characters that are all in order by themselves, in an
//! order that no language writes.
//!
//! - **Latin letters.** Pairs of neighbouring letters in words of four letters and more, case aside. Of the 676 pairs 416
//!   each make up 0.2 % or more of the text of at least one of thirty languages, or repeat a letter, or go on in the
//!   alphabet; the others are rare. English resumes have up to 5 % of rare pairs, program code 13 %, and pieces of 1500
//!   characters kept back in those languages 17 %; shifted or exchanged letters have 18 to 66 %. Of pieces in a
//!   hundred languages that were not counted 0.3 % are over the limit.
//! - **Han characters** that are neither among the 3755 of GB 2312 level 1, nor the 5401 of Big5 level 1, nor the 2965 of
//!   JIS X 0208 level 1, are uncommon. Real text has 0 to 3 % of them, lists of names 10 %; one encoding read as another, and
//!   random characters, 23 to 84 %.
//! - **Bytes read as Latin 1.** Accented letters stand alone or in twos; Chinese read byte by byte is nothing but them.
//!
//! Letters exchanged for others just as common are not found: Chinese of which each character is the next one in
//! the order of GB 2312, say.

/// For each first letter, the second letters that make up a pair that is not rare, `a` lowest. Counted over the
/// translations of the messages of free programs into thirty languages of Latin script, their English originals, and
/// syllables of Pinyin; letters with accents part pairs.
const PAIRS: [u32; 26] = [
    0x37f_ffff, 0x112_4997, 0x31e_4f9d, 0x31e_ed99, 0x3fe_ffff, 0x01a_61f1, 0x37e_63dd, 0x17a_699b,
    0x3ff_ffff, 0x010_6711, 0x11e_4d15, 0x37c_7bd9, 0x014_f993, 0x35e_7fdd, 0x27e_ffdf, 0x01b_e995,
    0x013_0111, 0x37f_ffff, 0x31c_efd5, 0x3be_7d91, 0x13e_ff7f, 0x162_6111, 0x1d2_6111, 0x198_0111,
    0x35e_fd7f, 0x358_f593,
];
/// A bit for each of U+4E00 to U+9FFF that is common, the lowest first; from the code tables of the standards.
const COMMON_HAN: &[u8; 2624] = include_bytes!("../../data/common_han.bin");

/// Shorter words are abbreviations as often as not.
const MIN_WORD: u32 = 4;
/// Fewer pairs, or Han characters, say nothing.
const MIN_PAIRS: u32 = 200;
const MIN_HAN: u32 = 50;
/// More rare pairs, or uncommon Han characters, in percent, are of no language.
const MAX_RARE_PERCENT: u32 = 18;
const MAX_UNCOMMON_PERCENT: u32 = 20;
/// So many characters of the upper half of Latin 1 in a row, with two different letters among them, are bytes.
const MIN_BYTES: u32 = 4;

/// What is counted of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plausibility {
    /// Letters of words that are long enough, and the pairs in them.
    n_letters: u32,
    n_pairs: u32,
    n_rare: u32,
    n_han: u32,
    n_uncommon: u32,
    n_bytes: u32,
    word: Word,
    run: Run,
}

#[derive(Clone, Copy, Debug, Default)]
struct Word {
    last: u8,
    n_letters: u32,
    n_rare: u32,
}

/// Characters of the upper half of Latin 1 in a row.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    n_characters: u32,
    letter: Option<char>,
    has_two_letters: bool,
    is_counted: bool,
}

impl Plausibility {
    /// Takes in the next character of the text, white space too.
    #[inline]
    pub(crate) fn add(&mut self, scalar: char) {
        if scalar.is_ascii_alphabetic() {
            if self.run.n_characters > 0 {
                self.run = Run::default();
            }
            let letter = (scalar as u8 | 0x20) - b'a';
            if self.word.n_letters > 0 {
                let is_known =
                    PAIRS.get(usize::from(self.word.last)).is_some_and(|seconds| seconds >> letter & 1 == 1);
                self.word.n_rare += u32::from(!is_known);
            }
            self.word.last = letter;
            self.word.n_letters += 1;
            return;
        }
        if self.word.n_letters > 0 {
            self.end_word();
        }
        if let '\u{4e00}'..='\u{9fff}' = scalar {
            let index = scalar as usize - 0x4e00;
            let is_common = COMMON_HAN.get(index / 8).is_some_and(|bits| bits >> (index % 8) & 1 == 1);
            self.n_han += 1;
            self.n_uncommon += u32::from(!is_common);
        } else if is_upper_half(scalar) {
            self.add_byte(scalar);
            return;
        }
        if self.run.n_characters > 0 {
            self.run = Run::default();
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.n_letters >= MIN_WORD {
            self.n_letters += word.n_letters;
            self.n_pairs += word.n_letters - 1;
            self.n_rare += word.n_rare;
        }
    }

    fn add_byte(&mut self, scalar: char) {
        let run = &mut self.run;
        run.n_characters += 1;
        if scalar.is_alphabetic() {
            run.has_two_letters |= run.letter.is_some_and(|letter| letter != scalar);
            run.letter = Some(scalar);
        }
        if run.is_counted {
            self.n_bytes += 1;
        } else if run.n_characters >= MIN_BYTES && run.has_two_letters {
            run.is_counted = true;
            self.n_bytes += run.n_characters;
        }
    }

    /// After the last character.
    pub(crate) fn end(&mut self) {
        self.end_word();
        self.run = Run::default();
    }

    /// Adds what was counted of another text.
    pub(crate) fn take_in(&mut self, other: &Self) {
        self.n_letters += other.n_letters;
        self.n_pairs += other.n_pairs;
        self.n_rare += other.n_rare;
        self.n_han += other.n_han;
        self.n_uncommon += other.n_uncommon;
        self.n_bytes += other.n_bytes;
    }

    /// How many characters of the text cannot be what the page shows.
    pub(crate) fn n_implausible(&self) -> u32 {
        let is_over = |part: u32, whole: u32, percent: u32| {
            u64::from(part) * 100 > u64::from(whole) * u64::from(percent)
        };
        let mut n_implausible = self.n_bytes;
        if self.n_pairs >= MIN_PAIRS && is_over(self.n_rare, self.n_pairs, MAX_RARE_PERCENT) {
            n_implausible += self.n_letters;
        }
        if self.n_han >= MIN_HAN && is_over(self.n_uncommon, self.n_han, MAX_UNCOMMON_PERCENT) {
            n_implausible += self.n_han;
        }
        n_implausible
    }
}

/// What a byte from 0xA0 on, or from 0x80 on in Windows' code page 1252, becomes.
fn is_upper_half(scalar: char) -> bool {
    matches!(scalar, '\u{a1}'..='\u{ff}')
        || ('\u{152}'..='\u{2122}').contains(&scalar)
            && matches!(
                scalar,
                'Œ' | 'œ'
                    | 'Š'
                    | 'š'
                    | 'Ÿ'
                    | 'Ž'
                    | 'ž'
                    | 'ƒ'
                    | 'ˆ'
                    | '˜'
                    | '‚'
                    | '„'
                    | '…'
                    | '†'
                    | '‡'
                    | '‰'
                    | '‹'
                    | '›'
                    | '€'
                    | '™'
                    | '‘'
                    | '’'
                    | '“'
                    | '”'
                    | '•'
                    | '–'
                    | '—'
            )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n_implausible(text: &str) -> u32 {
        let mut plausibility = Plausibility::default();
        text.chars().for_each(|scalar| plausibility.add(scalar));
        plausibility.end();
        plausibility.n_implausible()
    }

    fn shifted(text: &str, by: u8) -> String {
        let shift = |scalar: char| match scalar {
            'a'..='z' => char::from((scalar as u8 - b'a' + by) % 26 + b'a'),
            'A'..='Z' => char::from((scalar as u8 - b'A' + by) % 26 + b'A'),
            _ => scalar,
        };
        text.chars().map(shift).collect()
    }

    const ENGLISH: &str = "Designed and validated battery packs for electric vehicles, from the choice of cells to the tests \
        that customers require. Wrote the software that watches temperature and voltage, and trained colleagues in two plants. \
        Worked closely with suppliers on coating quality, reduced scrap by a third within one year, and reported to management.";

    #[test]
    fn shifted_letters_are_of_no_language() {
        assert_eq!(n_implausible(ENGLISH), 0);
        for by in [1, 3, 4, 7, 13, 20, 25] {
            assert!(n_implausible(&shifted(ENGLISH, by)) > 200, "by {by}");
        }
        assert_eq!(n_implausible(&shifted("Kurz gesagt", 4)), 0, "too little to tell");
    }

    #[test]
    fn languages_and_lists_are_plausible() {
        for text in [
            "Verantwortlich für Entwicklung und Prüfung von Hochvoltspeichern, Qualitätssicherung sowie Einführung neuer \
             Fertigungsverfahren; Zusammenarbeit mit Zulieferern. Abgeschlossenes Studium der Werkstoffwissenschaften, sehr gute \
             Kenntnisse der Messtechnik und Programmierung, verhandlungssicheres Englisch, Französisch in Grundkenntnissen.",
            "Odpowiedzialny za rozwój oprogramowania sterującego, współpraca z dostawcami, wdrożenie nowych procesów \
             produkcyjnych oraz szkolenie pracowników; znajomość języków programowania, przygotowanie dokumentacji technicznej, \
             zarządzanie zespołem projektowym, bardzo dobra organizacja czasu pracy, prawo jazdy, gotowość do podróży.",
            "HTML XHTML MySQL PostgreSQL JavaScript TypeScript Kubernetes Docker Jenkins GitHub NumPy SciPy PyTorch MATLAB \
             Simulink AutoCAD SolidWorks LabVIEW FPGA VHDL CANoe AUTOSAR FMEA DVPR xxxxxxxxxxxx xxxxxxxx HTTPS JSON YAML \
             struct impl async await println stdin malloc printf fprintf strcmp memcpy gcc clang cmake pytest numpy pandas",
            "Zhang Xiaoqing, Wang Qiuyue, Xu Zhiqiang, Zhuang Shuangxi, Guo Xuejiao, Jiang Qixuan, Hu Guangzhou, Qiu Zhenyu, \
             Xie Jiaxin, Lv Chunxiao, Ruan Xiangyu, Yuan Quanxin, Zheng Nanjing, Cui Xingtai, Feng Wuxi, Cao Xuchang, Quzhou",
        ] {
            assert_eq!(n_implausible(text), 0, "{text}");
        }
        let names = "张子涵李梓萱王浩轩赵怡然陈思睿刘诗雨杨婷佳黄琪晨周曦皓吴琳瑶徐瑾璇孙煜烨胡翊鑫朱鹏飞高雪梅林宇航何郭罗梁";
        assert_eq!(n_implausible(names), 0);
    }

    #[test]
    fn one_encoding_read_as_another_is_of_no_language() {
        // Chinese in UTF-8 read as GBK, in GBK as Latin 1, and in UTF-8 as Latin 1.
        let as_gbk = "鐢垫睜鏉愭枡宸ョ▼甯堬紝鍗佸勾鍥烘€佺數姹犵粡楠屻€傝礋璐ｉ摑鎵佺殑寮€鍙戯紝涓绘寔杩囧涓噺浜ч」鐩€傜啛鎮夌數鍖栧娴嬭瘯";
        assert!(n_implausible(as_gbk) > 40, "{}", n_implausible(as_gbk));
        assert!(n_implausible("µç³Ø²ÄÁÏ¹¤³ÌÊ¦£¬Ê®Äê¹ÌÌ¬µç³Ø¾Ñé") > 25);
        assert!(n_implausible("ç”µæ±\u{a0}æ\u{9d}\u{90}æ–™å·¥ç¨‹å¸ˆ") > 10);
        for text in [
            "café à Besançon, déjà vu; Müller & Söhne",
            "······ «Élève» ······",
            "größer – “naïve” … €50",
            "ÄÖÜ äöü",
        ] {
            assert_eq!(n_implausible(text), 0, "{text}");
        }
    }
}
