//! Numbers that look random and are always the same: everything that is made up comes from one of these.

use uuid::Uuid;

/// Where made-up values come from. Equal seeds give equal values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(u64);

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl Seed {
    /// The seed of a number.
    pub(crate) fn new(number: u64) -> Self {
        Self(mixed(number ^ FNV_OFFSET))
    }

    /// The seed of something within what this is the seed of.
    pub(crate) fn and(self, text: &str) -> Self {
        let hash =
            text.bytes().fold(self.0 ^ FNV_OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
        Self(mixed(hash ^ (text.len() as u64).rotate_left(32)))
    }

    /// The seed of the element at a place.
    pub(crate) fn nth(self, index: usize) -> Self {
        Self(mixed(self.0 ^ (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number below a limit; 0 when the limit is 0.
    pub(crate) fn below(self, limit: u64) -> u64 {
        self.0.checked_rem(limit).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick<T>(self, choices: &[T]) -> Option<&T> {
        choices.get(self.below(choices.len() as u64) as usize)
    }

    /// A UUID.
    pub(crate) fn uuid(self) -> Uuid {
        let (high, low) = (self.0, self.nth(0).0);
        uuid::Builder::from_random_bytes(((u128::from(high) << 64) | u128::from(low)).to_be_bytes()).into_uuid()
    }

    /// All its bits.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

/// The finalizer of SplitMix64.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn equal_seeds_give_equal_values_and_others_do_not() {
        let seed = Seed::new(1).and("users");
        assert_eq!(seed.nth(3).uuid(), Seed::new(1).and("users").nth(3).uuid());
        let all: std::collections::HashSet<_> = (0..1000).map(|n| seed.nth(n).uuid()).collect();
        assert_eq!(all.len(), 1000);
        assert_ne!(Seed::new(1).and("ab").and("c"), Seed::new(1).and("a").and("bc"));
        assert_eq!(seed.below(0), 0);
        assert_eq!(seed.uuid().get_version_num(), 4);
    }
}
