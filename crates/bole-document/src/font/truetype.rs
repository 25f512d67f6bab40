use std::cell::Cell;

use rustc_hash::FxHashMap;

use super::{cff, glyph_names};

static MAC_GLYPHS: &str = include_str!("../../data/mac_glyphs.txt");

/// The tables of an embedded TrueType or OpenType font that tell what its glyphs mean.
#[derive(Debug)]
pub(crate) struct TrueType<'a> {
    cmap: &'a [u8],
    post: &'a [u8],
    cff: &'a [u8],
    /// How many pairs may still be unfolded.
    pairs_left: Cell<usize>,
}

/// How many code-glyph pairs one font may unfold to.
const MAX_PAIRS: usize = 400_000;

impl<'a> TrueType<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let n_tables = u16_at(bytes, 4)?;
        let mut font = Self { cmap: &[], post: &[], cff: &[], pairs_left: Cell::new(MAX_PAIRS) };
        for index in 0..usize::from(n_tables.min(256)) {
            let record = bytes.get(12 + index * 16..28 + index * 16)?;
            let offset = u32_at(record, 8)? as usize;
            let end = offset.saturating_add(u32_at(record, 12)? as usize).min(bytes.len());
            let table = bytes.get(offset..end).unwrap_or_default();
            match record.get(..4) {
                Some(b"cmap") => font.cmap = table,
                Some(b"post") => font.post = table,
                Some(b"CFF ") => font.cff = table,
                _ => {}
            }
        }
        Some(font)
    }

    /// What was unfolded of the font so far, in bytes.
    pub(crate) fn unfolded_bytes(&self) -> usize {
        (MAX_PAIRS - self.pairs_left.get()) * size_of::<(u32, u32)>()
    }

    /// The compact font program within an OpenType font; empty if there is none.
    pub(crate) fn cff(&self) -> &'a [u8] {
        self.cff
    }

    /// For each glyph the scalar that its cmap, else its name, gives it.
    pub(crate) fn glyph_scalars(&self) -> FxHashMap<u32, char> {
        let mut scalars = FxHashMap::default();
        for (platform, encoding, table) in self.subtables() {
            if !matches!((platform, encoding), (0, 0..=6) | (3, 1 | 10)) {
                continue;
            }
            for_each_pair(table, &self.pairs_left, &mut |code, glyph| {
                if let Some(scalar) = char::from_u32(code).filter(|_| glyph != 0) {
                    // Of several scalars of one glyph the lowest: U+0020 before U+00A0.
                    let lowest = scalars.entry(glyph).or_insert(scalar);
                    *lowest = scalar.min(*lowest);
                }
            });
        }
        let mut name_glyph = |glyph: usize, name: &[u8]| {
            if let Some(&[scalar]) = glyph_names::scalars(name).as_deref() {
                scalars.entry(glyph as u32).or_insert(scalar);
            }
        };
        for (glyph, name) in self.glyph_names().into_iter().enumerate() {
            if let Some(name) = name {
                name_glyph(glyph, name);
            }
        }
        if !self.cff.is_empty() {
            for (glyph, name) in cff::glyph_names(self.cff).into_iter().enumerate() {
                if let Some(name) = name {
                    name_glyph(glyph, &name);
                }
            }
        }
        scalars
    }

    /// For each one-byte code of a symbolic font its scalar (ISO 32000-1, 9.6.6.4): by the glyph of the symbol or
    /// Macintosh subtable.
    pub(crate) fn symbolic_scalars(&self) -> Option<Vec<Option<char>>> {
        let mut glyphs = [0_u32; 256];
        let mut found = false;
        for (platform, encoding, table) in self.subtables() {
            if !matches!((platform, encoding), (3 | 1, 0)) {
                continue;
            }
            for_each_pair(table, &self.pairs_left, &mut |code, glyph| {
                let is_symbol = (0xf000..=0xf0ff).contains(&code);
                if (code < 256 || is_symbol)
                    && let Some(slot) = glyphs.get_mut((code & 0xff) as usize)
                    && glyph != 0
                {
                    *slot = glyph;
                    found = true;
                }
            });
        }
        if !found {
            return None;
        }
        let scalars = self.glyph_scalars();
        let by_code: Vec<Option<char>> = glyphs.iter().map(|glyph| scalars.get(glyph).copied()).collect();
        by_code.iter().any(Option::is_some).then_some(by_code)
    }

    fn subtables(&self) -> impl Iterator<Item = (u16, u16, &'a [u8])> {
        let cmap = self.cmap;
        (0..usize::from(u16_at(cmap, 2).unwrap_or(0).min(64))).filter_map(move |index| {
            let record = cmap.get(4 + index * 8..12 + index * 8)?;
            let table = cmap.get(u32_at(record, 4)? as usize..)?;
            Some((u16_at(record, 0)?, u16_at(record, 2)?, table))
        })
    }

    /// Glyph names by the post table, format 2.
    fn glyph_names(&self) -> Vec<Option<&'a [u8]>> {
        if u32_at(self.post, 0) != Some(0x0002_0000) {
            return Vec::new();
        }
        let n_glyphs = usize::from(u16_at(self.post, 32).unwrap_or(0));
        let mut own = Vec::new();
        let mut rest = self.post.get(34 + n_glyphs * 2..).unwrap_or_default();
        while let Some((length, after)) = rest.split_first() {
            let length = usize::from(*length).min(after.len());
            let (name, after) = after.split_at(length);
            own.push(name);
            rest = after;
        }
        let mac: Vec<&'static str> = MAC_GLYPHS.lines().collect();
        (0..n_glyphs)
            .map(|glyph| {
                let index = usize::from(u16_at(self.post, 34 + glyph * 2)?);
                match index.checked_sub(mac.len()) {
                    Some(index) => own.get(index).copied(),
                    None => mac.get(index).map(|name| name.as_bytes()),
                }
            })
            .collect()
    }
}

/// Calls `each` with the codes and glyphs of one cmap subtable of format 0, 4, 6 or 12.
fn for_each_pair(table: &[u8], n_left: &Cell<usize>, each: &mut impl FnMut(u32, u32)) -> Option<()> {
    let mut each = |code, glyph| {
        n_left.set(n_left.get().checked_sub(1)?);
        each(code, glyph);
        Some(())
    };
    match u16_at(table, 0)? {
        0 => {
            for (code, glyph) in table.get(6..262)?.iter().enumerate() {
                each(code as u32, u32::from(*glyph))?;
            }
        }
        4 => {
            let n_segments = usize::from(u16_at(table, 6)?) / 2;
            for segment in 0..n_segments {
                let end = u16_at(table, 14 + segment * 2)?;
                let start = u16_at(table, 16 + (n_segments + segment) * 2)?;
                let delta = u16_at(table, 16 + (2 * n_segments + segment) * 2)?;
                let range_at = 16 + (3 * n_segments + segment) * 2;
                let range = u16_at(table, range_at)?;
                for code in start..=end {
                    if code == 0xffff {
                        break;
                    }
                    let glyph = if range == 0 {
                        code.wrapping_add(delta)
                    } else {
                        let at = range_at + usize::from(range) + usize::from(code - start) * 2;
                        match u16_at(table, at) {
                            Some(0) | None => 0,
                            Some(glyph) => glyph.wrapping_add(delta),
                        }
                    };
                    each(u32::from(code), u32::from(glyph))?;
                }
            }
        }
        6 => {
            let first = u32::from(u16_at(table, 6)?);
            for index in 0..u32::from(u16_at(table, 8)?) {
                each(first + index, u32::from(u16_at(table, 10 + index as usize * 2)?))?;
            }
        }
        12 => {
            for group in 0..u32_at(table, 12)? as usize {
                let at = 16 + group.checked_mul(12)?;
                let (start, end) = (u32_at(table, at)?, u32_at(table, at + 4)?);
                let glyph = u32_at(table, at + 8)?;
                for code in start..=end {
                    each(code, glyph.wrapping_add(code - start))?;
                }
            }
        }
        _ => {}
    }
    Some(())
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font(subtable: &[u8], platform: u8, encoding: u8) -> Vec<u8> {
        let mut cmap = vec![0, 0, 0, 1, 0, platform, 0, encoding, 0, 0, 0, 12];
        cmap.extend_from_slice(subtable);
        let mut bytes = vec![0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        bytes.extend_from_slice(b"cmap\0\0\0\0\0\0\0\x1c");
        bytes.extend_from_slice(&(cmap.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&cmap);
        bytes
    }

    #[test]
    fn glyphs_of_a_segmented_subtable() {
        // One segment U+0041..U+0043 to the glyphs 5..7, and the closing one.
        let units: [u16; 16] =
            [4, 32, 0, 4, 0, 0, 0, 0x43, 0xffff, 0, 0x41, 0xffff, 5_u16.wrapping_sub(0x41), 1, 0, 0];
        let subtable: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let bytes = font(&subtable, 3, 1);
        let scalars = TrueType::parse(&bytes).unwrap().glyph_scalars();
        assert_eq!(scalars.get(&6), Some(&'B'));
        assert_eq!(scalars.len(), 3);
    }

    #[test]
    fn a_group_without_end_ends() {
        let mut subtable = vec![0, 12, 0, 0, 0, 0, 0, 28, 0, 0, 0, 0, 0, 0, 0, 1];
        subtable.extend_from_slice(&[0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1]);
        let bytes = font(&subtable, 3, 10);
        assert!(TrueType::parse(&bytes).unwrap().glyph_scalars().len() <= MAX_PAIRS);
    }
}
