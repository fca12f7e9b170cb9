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
    pub(crate) fn pay(&self) -> Option<Paid<'_>> {
        let less = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(PRICE));
        less.ok().map(|_| Paid { back_to: Some(self) })
    }

    /// Takes note of a success.
    pub(crate) fn refund(&self) {
        self.give_back(REFUND);
    }

    fn give_back(&self, some: u32) {
        let more = |left: u32| (left < FULL).then(|| (left + some).min(FULL));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// An attempt that is paid for. Dropped before it is made, since its caller has gone away, it is paid back.
pub(crate) struct Paid<'a> {
    back_to: Option<&'a Quota>,
}

impl Paid<'_> {
    /// The attempt is made.
    pub(crate) fn spend(mut self) {
        self.back_to = None;
    }
}

impl Drop for Paid<'_> {
    fn drop(&mut self) {
        if let Some(quota) = self.back_to {
            quota.give_back(PRICE);
        }
    }
}
