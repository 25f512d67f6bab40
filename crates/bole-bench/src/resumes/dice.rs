/// Numbers that look random and are the same on every machine for ever: SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    /// Of one purpose of one resume.
    pub(crate) fn new(seed: u64, index: u32, purpose: u64) -> Self {
        let mut dice = Self(seed ^ purpose.wrapping_mul(0xA076_1D64_78BD_642F));
        Self(dice.next() ^ u64::from(index).wrapping_mul(0xE703_7ED1_A0B4_28DB))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least 0, less than `end`; 0 if that is nothing.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// Both ends included.
    pub(super) fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last - first + 1)
    }

    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of some; there must be one.
    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = self.below(of.len() as u32) as usize;
        of.get(place).unwrap_or_else(|| unreachable!("tables are not empty"))
    }

    /// Where a number falls among weights.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let mut left = self.below(choices.iter().map(|choice| choice.0).sum());
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        unreachable!("weights are not empty")
    }

    /// So many different ones, or all, in no order.
    pub(super) fn several<'a, T>(&mut self, of: &'a [T], n: u32) -> Vec<&'a T> {
        let mut all: Vec<&T> = of.iter().collect();
        let n = (n as usize).min(all.len());
        for place in 0..n {
            let other = place + self.below((all.len() - place) as u32) as usize;
            all.swap(place, other);
        }
        all.truncate(n);
        all
    }
}
