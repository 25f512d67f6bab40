use super::truetype::u16_at;

static STANDARD_STRINGS: &str = include_str!("../../data/cff_strings.txt");

/// What a compact font program (Adobe technical note 5176) says about the names of its glyphs.
struct Cff<'a> {
    bytes: &'a [u8],
    strings: Vec<&'a [u8]>,
    charset: usize,
    encoding: usize,
    n_glyphs: usize,
    /// Its glyphs have CIDs and no names.
    is_cid: bool,
}

const CHARSET: u16 = 15;
const ENCODING: u16 = 16;
const CHAR_STRINGS: u16 = 17;
const ROS: u16 = 0x0c1e;

/// The built-in encoding: for each code a glyph name.
pub(crate) fn encoding(bytes: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
    let cff = Cff::parse(bytes)?;
    // 0 and 1 are the standard and the expert encoding, which need no embedded table.
    if cff.is_cid || cff.encoding < 2 {
        return None;
    }
    let names = cff.glyph_names();
    let name_of = |glyph: usize| names.get(glyph).cloned().flatten();
    let mut by_code = vec![None; 256];
    let format = *bytes.get(cff.encoding)?;
    let n_entries = usize::from(*bytes.get(cff.encoding + 1)?);
    let entries = bytes.get(cff.encoding + 2..)?;
    match format & 0x7f {
        0 => {
            for (index, code) in entries.iter().take(n_entries).enumerate() {
                *by_code.get_mut(usize::from(*code))? = name_of(index + 1);
            }
        }
        1 => {
            let mut glyph = 1;
            for range in entries.chunks_exact(2).take(n_entries) {
                if let [first, n_left] = *range {
                    for code in usize::from(first)..=usize::from(first) + usize::from(n_left) {
                        if let Some(slot) = by_code.get_mut(code) {
                            *slot = name_of(glyph);
                        }
                        glyph += 1;
                    }
                }
            }
        }
        _ => return None,
    }
    by_code.iter().any(Option::is_some).then_some(by_code)
}

/// For each glyph its name; empty for a font whose glyphs have CIDs.
pub(crate) fn glyph_names(bytes: &[u8]) -> Vec<Option<Vec<u8>>> {
    match Cff::parse(bytes) {
        Some(cff) if !cff.is_cid => cff.glyph_names(),
        _ => Vec::new(),
    }
}

/// For each glyph its CID; none for a font whose glyphs have names.
pub(crate) fn glyph_cids(bytes: &[u8]) -> Option<Vec<u32>> {
    let cff = Cff::parse(bytes).filter(|cff| cff.is_cid)?;
    if cff.charset < 3 {
        return None;
    }
    let mut cids = vec![0];
    let _ = cff.read_charset(&mut cids, &u32::from);
    Some(cids)
}

impl<'a> Cff<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let header_length = usize::from(*bytes.get(2)?);
        let (_, after_names) = index(bytes, header_length)?;
        let (dictionaries, after_dictionaries) = index(bytes, after_names)?;
        let (strings, _) = index(bytes, after_dictionaries)?;
        let mut cff = Self { bytes, strings, charset: 0, encoding: 0, n_glyphs: 0, is_cid: false };
        let mut char_strings = 0;
        for (operator, operand) in dictionary(dictionaries.first()?) {
            let offset = usize::try_from(operand).unwrap_or(0);
            match operator {
                CHARSET => cff.charset = offset,
                ENCODING => cff.encoding = offset,
                CHAR_STRINGS => char_strings = offset,
                ROS => cff.is_cid = true,
                _ => {}
            }
        }
        // Each glyph takes a byte at least, whatever the count says.
        cff.n_glyphs = usize::from(u16_at(bytes, char_strings)?).min(bytes.len());
        Some(cff)
    }

    fn glyph_names(&self) -> Vec<Option<Vec<u8>>> {
        let standard: Vec<&str> = STANDARD_STRINGS.lines().collect();
        let name = |sid: u16| match usize::from(sid).checked_sub(standard.len()) {
            Some(own) => self.strings.get(own).map(|name| name.to_vec()),
            None => standard.get(usize::from(sid)).map(|name| name.as_bytes().to_vec()),
        };
        let mut names = vec![None];
        if self.charset < 3 {
            // The predefined charset of ISO Latin: string numbers are glyph numbers.
            names.extend((1..self.n_glyphs.min(229)).map(|glyph| name(glyph as u16)));
            return names;
        }
        let _ = self.read_charset(&mut names, &name);
        names
    }

    /// Appends what the charset says of each glyph: the number of a string, or a CID.
    fn read_charset<T>(&self, names: &mut Vec<T>, name: &impl Fn(u16) -> T) -> Option<()> {
        let format = *self.bytes.get(self.charset)?;
        let mut at = self.charset + 1;
        while names.len() < self.n_glyphs {
            let first = u16_at(self.bytes, at)?;
            let n_left = match format {
                0 => 0,
                1 => u16::from(*self.bytes.get(at + 2)?),
                _ => u16_at(self.bytes, at + 2)?,
            };
            at += 2 + usize::from(format.min(2));
            for offset in 0..=n_left {
                if names.len() < self.n_glyphs {
                    names.push(name(first.saturating_add(offset)));
                }
            }
        }
        Some(())
    }
}

/// The entries of an INDEX and where it ends.
fn index(bytes: &[u8], at: usize) -> Option<(Vec<&[u8]>, usize)> {
    let n_entries = usize::from(u16_at(bytes, at)?);
    if n_entries == 0 {
        return Some((Vec::new(), at + 2));
    }
    let offset_size = usize::from(*bytes.get(at + 2)?);
    if !(1..=4).contains(&offset_size) {
        return None;
    }
    let offset = |entry: usize| {
        let start = at + 3 + entry * offset_size;
        let field = bytes.get(start..start + offset_size)?;
        Some(field.iter().fold(0, |value, byte| value << 8 | usize::from(*byte)))
    };
    let data = at + 2 + (n_entries + 1) * offset_size;
    let mut entries = Vec::with_capacity(n_entries);
    for entry in 0..n_entries {
        entries.push(bytes.get(data + offset(entry)?..data + offset(entry + 1)?)?);
    }
    Some((entries, data + offset(n_entries)?))
}

/// Operators with their last operand.
fn dictionary(bytes: &[u8]) -> Vec<(u16, i32)> {
    let mut entries = Vec::new();
    let mut operand = 0;
    let mut rest = bytes;
    loop {
        rest = match *rest {
            [12, second, ref rest @ ..] => {
                entries.push((12 << 8 | u16::from(second), operand));
                rest
            }
            [operator @ 0..=21, ref rest @ ..] => {
                entries.push((u16::from(operator), operand));
                rest
            }
            [28, high, low, ref rest @ ..] => {
                operand = i32::from(i16::from_be_bytes([high, low]));
                rest
            }
            [29, a, b, c, d, ref rest @ ..] => {
                operand = i32::from_be_bytes([a, b, c, d]);
                rest
            }
            [30, ref rest @ ..] => {
                let length =
                    rest.iter().position(|byte| byte & 0xf == 0xf).map_or(rest.len(), |last| last + 1);
                operand = 0;
                rest.get(length..).unwrap_or_default()
            }
            [single @ 32..=246, ref rest @ ..] => {
                operand = i32::from(single) - 139;
                rest
            }
            [high @ 247..=250, low, ref rest @ ..] => {
                operand = (i32::from(high) - 247) * 256 + i32::from(low) + 108;
                rest
            }
            [high @ 251..=254, low, ref rest @ ..] => {
                operand = -(i32::from(high) - 251) * 256 - i32::from(low) - 108;
                rest
            }
            [_, ref rest @ ..] => rest,
            [] => return entries,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_encoding_of_a_small_font() {
        // Header, name INDEX, top DICT INDEX, string INDEX, then charset, encoding and a count of glyphs.
        let mut bytes = vec![1, 0, 4, 1];
        bytes.extend_from_slice(&[0, 1, 1, 1, 2, b'F']);
        let top = [29, 0, 0, 0, 43, 15, 29, 0, 0, 0, 48, 16, 29, 0, 0, 0, 52, 17];
        bytes.extend_from_slice(&[0, 1, 1, 1, 1 + top.len() as u8]);
        bytes.extend_from_slice(&top);
        bytes.extend_from_slice(&[0, 1, 1, 1, 6]);
        bytes.extend_from_slice(b"smile");
        assert_eq!(bytes.len(), 43);
        // Glyph 1 is "A" (string 34), glyph 2 the font's own first string (391).
        bytes.extend_from_slice(&[0, 0, 34, 1, 135]);
        bytes.extend_from_slice(&[0, 2, 65, 200]);
        bytes.extend_from_slice(&[0, 3]);
        let names = glyph_names(&bytes);
        assert_eq!(names[1].as_deref(), Some(&b"A"[..]));
        assert_eq!(names[2].as_deref(), Some(&b"smile"[..]));
        let by_code = encoding(&bytes).unwrap();
        assert_eq!(by_code[65].as_deref(), Some(&b"A"[..]));
        assert_eq!(by_code[200].as_deref(), Some(&b"smile"[..]));
    }

    #[test]
    fn cids_of_glyphs() {
        // As above, but with a ROS operator and a charset of one range: glyphs 1 to 3 are the CIDs 700 to 702.
        let mut bytes = vec![1, 0, 4, 1, 0, 1, 1, 1, 2, b'F'];
        let top = [139, 139, 139, 12, 30, 29, 0, 0, 0, 37, 15, 29, 0, 0, 0, 42, 17];
        bytes.extend_from_slice(&[0, 1, 1, 1, 1 + top.len() as u8]);
        bytes.extend_from_slice(&top);
        bytes.extend_from_slice(&[0, 0, 0, 0, 0]);
        assert_eq!(bytes.len(), 37);
        bytes.extend_from_slice(&[2, 2, 188, 0, 2, 0, 4]);
        assert_eq!(glyph_cids(&bytes), Some(vec![0, 700, 701, 702]));
        assert!(glyph_names(&bytes).is_empty());
    }

    #[test]
    fn cut_programs_give_nothing() {
        for length in 0..8 {
            assert!(encoding(&[1, 0, 4, 1, 0, 1, 1, 1][..length]).is_none());
        }
    }
}
