//! Traditional characters that the tables of this crate hold in their simplified form.

/// Traditional, simplified: only those that occur in headings, labels, degrees, schools, titles and places. The pairs
/// are those of the General List of Simplified Chinese Characters (1986).
pub(crate) const TRADITIONAL: &str = "\
學学歷历經经驗验專专業业項项習习實实獎奖榮荣譽誉語语證证書书論论發发評评價价個个簡简職职務务興兴愛爱資资聯联術术電电話话碩硕畢毕進进課课題题現现機机構构導导師师\
員员總总監监顧顾問问銀银團团號号歲岁別别齡龄貫贯狀状況况黨党會会計计設设開开區区縣县灣湾東东廣广龍龙蘇苏慶庆長长門门標标籤签稱称獲获競竞賽赛執执認认識识單单紹绍\
績绩輔辅雙双歐欧陽阳漢汉滿满維维僱雇傭佣參参與与負负責责領领組组織织類类創创辦办產产間间財财險险關关係系內内訊讯網网絡络軟软體体環环續续請请態态醫医護护廠厂車车\
場场島岛濟济陸陆綫线線线紅红綠绿農农鄉乡級级軍军種种無无為为應应選选優优異异勵励勞劳動动僑侨國国華华時时從从擔担後后";
