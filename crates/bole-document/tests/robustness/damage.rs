//! Fixtures cut, flipped, shuffled and spliced. Half of the changes are made to files whose streams are unpacked, so
//! that they reach the interpreter and not only the checks of the filters.

use std::panic::catch_unwind;
use std::path::Path;

use lopdf::Document;

use crate::read_checked;

/// Larger fixtures take too long for how often each is read.
const MAX_BYTES: usize = 12 << 10;
/// The seed of all changes; another finds other ways to break.
const SEED: u64 = 0x0b01_e000;

/// SplitMix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// A stretch of at most `longest`.
    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length);
        start..length.min(start + 1 + self.below(longest))
    }
}

fn fixtures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fidelity");
    let mut fixtures = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "pdf") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        if let Some(unpacked) = unpacked(&bytes).filter(|bytes| bytes.len() <= 2 * MAX_BYTES) {
            fixtures.push((format!("{name}, unpacked"), unpacked));
        }
        if bytes.len() <= MAX_BYTES {
            fixtures.push((name, bytes));
        }
    }
    fixtures.sort();
    assert!(fixtures.len() > 60, "{}", fixtures.len());
    fixtures
}

fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut document = Document::load_mem(bytes).ok().filter(|document| !document.is_encrypted())?;
    document.decompress();
    let mut unpacked = Vec::new();
    document.save_to(&mut unpacked).ok()?;
    Some(unpacked)
}

/// Reads `bytes`; tells which change it was if that panics.
fn survives(change: &str, name: &str, bytes: &[u8]) {
    let result = catch_unwind(|| drop(read_checked(bytes)));
    assert!(result.is_ok(), "{change} of {name}");
}

#[test]
fn every_length_of_a_file_is_read() {
    for (name, bytes) in fixtures() {
        // About so many lengths of each file, at odd strides.
        let stride = (bytes.len() / 24) | 1;
        for length in (0..bytes.len()).step_by(stride) {
            survives(&format!("the first {length} bytes"), &name, &bytes[..length]);
        }
        let tail = bytes.len() - 16;
        for length in tail..bytes.len() {
            survives(&format!("the first {length} bytes"), &name, &bytes[..length]);
        }
    }
}

#[test]
fn flipped_bytes_are_read() {
    let mut random = Random(SEED);
    for (name, bytes) in fixtures() {
        for round in 0..30 {
            let mut changed = bytes.clone();
            for _ in 0..=random.below(12) {
                let index = random.below(changed.len());
                changed[index] = match random.below(3) {
                    0 => random.next() as u8,
                    1 => changed[index] ^ (1 << random.below(8)),
                    _ => b"0123456789-+.()<>[]{}/% \n"[random.below(25)],
                };
            }
            survives(&format!("flip {round}"), &name, &changed);
        }
    }
}

#[test]
fn moved_and_missing_pieces_are_read() {
    let mut random = Random(SEED + 1);
    for (name, bytes) in fixtures() {
        for round in 0..20 {
            let mut changed = bytes.clone();
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
            survives(&format!("move {round}"), &name, &changed);
        }
    }
}

#[test]
fn numbers_that_lie_are_read() {
    const LIES: [&str; 8] =
        ["0", "-1", "7", "65536", "2147483647", "-2147483648", "99999999999999999999", "0.00000001"];
    let mut random = Random(SEED + 2);
    for (name, bytes) in fixtures() {
        let starts: Vec<usize> = (1..bytes.len())
            .filter(|&index| bytes[index].is_ascii_digit() && !bytes[index - 1].is_ascii_digit())
            .collect();
        for round in 0..20 {
            let mut changed = bytes.clone();
            // From the back, so that the places before stay where they are.
            let mut chosen: Vec<usize> =
                (0..=random.below(4)).map(|_| starts[random.below(starts.len())]).collect();
            chosen.sort_unstable();
            for start in chosen.into_iter().rev() {
                let digits = changed[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                drop(changed.splice(start..start + digits, LIES[random.below(LIES.len())].bytes()));
            }
            survives(&format!("lie {round}"), &name, &changed);
        }
    }
}

#[test]
fn spliced_files_are_read() {
    let mut random = Random(SEED + 3);
    let fixtures = fixtures();
    for round in 0..1_500 {
        let (first, second) =
            (&fixtures[random.below(fixtures.len())], &fixtures[random.below(fixtures.len())]);
        let (head, tail) = (random.below(first.1.len()), random.below(second.1.len()));
        let spliced = [&first.1[..head], &second.1[tail..]].concat();
        survives(&format!("splice {round}"), &format!("{} and {}", first.0, second.0), &spliced);
    }
}
