//! `500ms`, `30s`, `2m`, `1h`: lengths of time.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::notation;

/// A length of time in whole milliseconds, at most a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(u64);

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];
const DAY: u64 = 86_400_000;

impl Millis {
    /// So many milliseconds.
    pub const fn new(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// The same length for the standard library.
    pub const fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl FromStr for Millis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, length)| length);
        number
            .parse::<u64>()
            .ok()
            .zip(unit)
            .and_then(|(number, unit)| number.checked_mul(*unit))
            .filter(|length| *length <= DAY)
            .map(Self)
            .ok_or_else(|| {
                format!("`{text}` is not a length of time; write `500ms`, `30s`, `2m` or `1h`, at most a day")
            })
    }
}

impl fmt::Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, length) =
            UNITS.iter().rev().find(|(_, length)| self.0 != 0 && self.0.is_multiple_of(*length)).unwrap_or(&UNITS[0]);
        write!(f, "{}{unit}", self.0 / length)
    }
}

notation!(Millis, "duration", InvalidValue);

#[cfg(test)]
mod tests {
    use super::Millis;

    #[test]
    fn reads_and_prints_the_largest_unit() {
        assert_eq!("90s".parse::<Millis>(), Ok(Millis::new(90_000)));
        assert_eq!(Millis::new(120_000).to_string(), "2m");
        assert_eq!(Millis::new(0).to_string(), "0ms");
        for bad in ["", "5", "s", "1.5s", "-1s", "48h", "99999999999999999999s"] {
            assert!(bad.parse::<Millis>().is_err(), "{bad}");
        }
    }
}
