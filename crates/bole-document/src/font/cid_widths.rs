use lopdf::{Dictionary, Object};

use super::code_table::CodeTable;
use crate::file::{File, as_number};

/// The advances of CIDs in ems: along a horizontal line, and down a vertical one (ISO 32000-1, 9.7.4.3).
#[derive(Debug)]
pub(crate) struct CidWidths {
    horizontal: CodeTable,
    default_horizontal: f32,
    vertical: CodeTable,
    default_vertical: f32,
    /// How many CIDs the arrays name, ranges unfolded.
    pub(crate) n_set: usize,
}

/// How many CIDs one array may name, ranges unfolded.
const MAX_WIDTHS: usize = 400_000;

impl CidWidths {
    /// Reads the arrays of a CID font.
    pub(crate) fn read(file: &File, descendant: &Dictionary, vertical: bool) -> Self {
        let mut widths = Self::default();
        if let Some(width) = file.number(descendant, b"DW") {
            widths.default_horizontal = width / 1000.0;
        }
        if let Some(array) = file.array(descendant, b"W") {
            widths.n_set += unfold::<1>(file, array, |cid, [width]| {
                set(&mut widths.horizontal, cid, width);
            });
        }
        if !vertical {
            return widths;
        }
        if let Some([_, advance]) = file.numbers(descendant, b"DW2") {
            widths.default_vertical = advance / 1000.0;
        }
        if let Some(array) = file.array(descendant, b"W2") {
            // The position vector, by which a glyph hangs from its line, moves all glyphs of a line alike.
            widths.n_set += unfold::<3>(file, array, |cid, [advance, _, _]| {
                set(&mut widths.vertical, cid, advance);
            });
        }
        widths
    }

    #[inline]
    pub(crate) fn horizontal(&self, cid: u32) -> f32 {
        match self.horizontal.get(cid) {
            0 => self.default_horizontal,
            bits => f32::from_bits(bits),
        }
    }

    pub(crate) fn vertical(&self, cid: u32) -> f32 {
        match self.vertical.get(cid) {
            0 => self.default_vertical,
            bits => f32::from_bits(bits),
        }
    }
}

impl Default for CidWidths {
    fn default() -> Self {
        Self {
            horizontal: CodeTable::default(),
            default_horizontal: 1.0,
            vertical: CodeTable::default(),
            default_vertical: -1.0,
            n_set: 0,
        }
    }
}

fn set(table: &mut CodeTable, cid: u32, thousandths: f32) {
    // Minus zero is not the table's "none".
    let width = if thousandths == 0.0 { -0.0 } else { thousandths / 1000.0 };
    table.set(cid, width.to_bits());
}

/// Walks `c [v …]` and `c_first c_last v`, where a value has `N` numbers; says how many CIDs were named.
fn unfold<const N: usize>(file: &File, array: &[Object], mut each: impl FnMut(u32, [f32; N])) -> usize {
    let mut pending: Vec<f32> = Vec::with_capacity(2 + N);
    let mut n_set = 0;
    for object in array {
        match file.resolve(object) {
            Object::Array(values) => {
                let Some(first) = pending.last().map(|cid| cid.clamp(0.0, 65535.0) as u32) else {
                    continue;
                };
                for (value, cid) in values.chunks_exact(N).zip(first..=0xffff) {
                    let mut numbers = [0.0; N];
                    for (slot, number) in numbers.iter_mut().zip(value) {
                        *slot = as_number(file.resolve(number)).unwrap_or(0.0);
                    }
                    each(cid, numbers);
                    n_set += 1;
                }
                pending.clear();
            }
            other => {
                pending.extend(as_number(other));
                if let [first, last, ref value @ ..] = *pending.as_slice()
                    && let Ok(value) = <[f32; N]>::try_from(value)
                {
                    let [first, last] = [first, last].map(|cid| cid.clamp(0.0, 65535.0) as u32);
                    for cid in first..=last {
                        each(cid, value);
                        n_set += 1;
                    }
                    pending.clear();
                }
            }
        }
        if n_set > MAX_WIDTHS {
            break;
        }
    }
    n_set
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use lopdf::dictionary;

    fn numbers(numbers: &[i64]) -> Object {
        numbers.iter().map(|number| Object::Integer(*number)).collect::<Vec<_>>().into()
    }

    #[test]
    fn both_forms_and_both_directions() {
        let file = File::open(&crate::testing::one_page(""), &Limits::STANDARD).unwrap();
        let font = dictionary! {
            "DW" => 900,
            "W" => vec![1.into(), numbers(&[250, 0]), 10.into(), 12.into(), 600.into(), 20.into(), numbers(&[700])],
            "DW2" => numbers(&[880, -800]),
            "W2" => vec![1.into(), numbers(&[-500, 250, 880, -400, 0, 0]), 7.into(), 8.into(), (-300).into(), 0.into(), 0.into()],
        };
        let widths = CidWidths::read(&file, &font, true);
        for (cid, expected) in [(0, 0.9_f32), (1, 0.25), (2, 0.0), (10, 0.6), (12, 0.6), (13, 0.9), (20, 0.7)]
        {
            assert!((widths.horizontal(cid) - expected).abs() < 1e-6, "{cid}");
        }
        for (cid, expected) in [(0, -0.8_f32), (1, -0.5), (2, -0.4), (3, -0.8), (7, -0.3), (8, -0.3)] {
            assert!((widths.vertical(cid) - expected).abs() < 1e-6, "{cid}");
        }
    }
}
