//! Changes of valid bytes that leave most of them as they were.

use std::ops::Range;

use lopdf::{Document, LoadOptions};

/// SplitMix64: the same numbers everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 on that is less than `bound`; 0 if there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.number() % bound.max(1) as u64) as usize
    }

    /// One of several things.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// A stretch of `length` things, of at most `longest`.
    fn range(&mut self, length: usize, longest: usize) -> Range<usize> {
        let start = self.below(length);
        start..length.min(start + 1 + self.below(longest))
    }
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutator {
    /// Some bytes are others.
    Flip,
    /// Pieces are missing, elsewhere, or there twice.
    Move,
    /// Numbers are of another size.
    Lie,
    /// The beginning of one and the end of another.
    Splice,
    /// The end is missing.
    Truncate,
}

const LIES: [&str; 8] =
    ["0", "-1", "7", "65536", "2147483647", "-2147483648", "99999999999999999999", "0.00000001"];

impl Mutator {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Flip, Self::Move, Self::Lie, Self::Splice, Self::Truncate];

    /// Changes `bytes`; `other` is what a splice ends with.
    pub fn apply(self, bytes: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
        match self {
            Self::Flip => flip(bytes, random),
            Self::Move => moved(bytes, random),
            Self::Lie => lie(bytes, random),
            Self::Splice => {
                let (head, tail) = (random.below(bytes.len()), random.below(other.len()));
                [&bytes[..head], &other[tail..]].concat()
            }
            // Files keep what finds everything else in their last bytes.
            Self::Truncate if random.below(2) == 0 => {
                bytes[..bytes.len().saturating_sub(1 + random.below(16))].to_vec()
            }
            Self::Truncate => bytes[..random.below(bytes.len())].to_vec(),
        }
    }
}

fn flip(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(12) {
        let index = random.below(changed.len());
        let Some(byte) = changed.get_mut(index) else { break };
        *byte = match random.below(3) {
            0 => random.number() as u8,
            1 => *byte ^ (1 << random.below(8)),
            _ => *random.one_of(b"0123456789-+.()<>[]{}/% \n"),
        };
    }
    changed
}

fn moved(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=random.below(3) {
        let piece = random.range(changed.len(), 400);
        match random.below(3) {
            0 => drop(changed.drain(piece)),
            1 => {
                let taken: Vec<u8> = changed.drain(piece).collect();
                let at = random.below(changed.len());
                drop(changed.splice(at..at, taken));
            }
            _ => {
                let copy = changed[piece].to_vec();
                let at = random.below(changed.len());
                drop(changed.splice(at..at, copy));
            }
        }
        if changed.is_empty() {
            break;
        }
    }
    changed
}

fn lie(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let is_start = |index: usize| bytes[index].is_ascii_digit() && !bytes[index - 1].is_ascii_digit();
    let starts: Vec<usize> = (1..bytes.len()).filter(|&index| is_start(index)).collect();
    let mut changed = bytes.to_vec();
    if starts.is_empty() {
        return changed;
    }
    // From the back, so that the places before stay where they are.
    let mut chosen: Vec<usize> = (0..=random.below(4)).map(|_| *random.one_of(&starts)).collect();
    chosen.sort_unstable();
    for start in chosen.into_iter().rev() {
        let n_digits = changed[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        drop(changed.splice(start..start + n_digits, random.one_of(&LIES).bytes()));
    }
    changed
}

/// How many bytes a stream may unfold to that is unpacked, and all of a file: there are files that unfold to gigabytes.
const MAX_STREAM_BYTES: usize = 1 << 20;
const MAX_UNPACKED_BYTES: usize = 16 << 20;

/// The same file with its streams unpacked, so that a change reaches what reads them and not only the checks of the
/// filters. None of a file that cannot be opened, is encrypted or unfolds to too much.
pub fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let options = LoadOptions { max_decompressed_size: Some(MAX_STREAM_BYTES), ..LoadOptions::default() };
    let mut document = Document::load_mem_with_options(bytes, options).ok()?;
    if document.is_encrypted() {
        return None;
    }
    let mut n_bytes = 0;
    for stream in document.objects.values_mut().filter_map(|object| object.as_stream_mut().ok()) {
        if let Ok(content) = stream.decompressed_content_with_limit(MAX_STREAM_BYTES) {
            n_bytes += content.len();
            if n_bytes > MAX_UNPACKED_BYTES {
                return None;
            }
            stream.set_plain_content(content);
        }
    }
    let mut unpacked = Vec::new();
    document.save_to(&mut unpacked).ok()?;
    Some(unpacked)
}
