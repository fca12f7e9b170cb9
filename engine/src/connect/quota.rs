//! What a connection may spend on sending again.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a connection may spend on further attempts, so that an API that fails is not stormed: each costs, each success gives some back.
#[derive(Debug)]
pub(crate) struct Quota {
    left: AtomicU32,
}

const FULL: u32 = 100;
const PRICE: u32 = 5;
const REFUND: u32 = 1;

impl Default for Quota {
    fn default() -> Self {
        Self { left: AtomicU32::new(FULL) }
    }
}

impl Quota {
    /// Pays for another attempt, if there is enough left.
    pub(crate) fn pay(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(PRICE)).is_ok()
    }

    /// Takes note of a success.
    pub(crate) fn refund(&self) {
        let more = |left: u32| (left < FULL).then(|| (left + REFUND).min(FULL));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}
