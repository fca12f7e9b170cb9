//! The log of all tests of a program, as text: nothing in it may be a secret.

use std::io;
use std::sync::{Mutex, Once};

use tracing_subscriber::fmt::MakeWriter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static START: Once = Once::new();

struct Keep;

impl io::Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Keep {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Keeps everything that is logged from now on, whatever it is for.
pub(crate) fn keep() {
    START.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(Keep).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// What has been logged so far.
pub(crate) fn text() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap()).into_owned()
}
