//! What the engine costs by itself: answers come from memory, and there is no network to wait for.
//!
//! One call follows the other, so that its code and data stay in the processor's caches. After a wait for a network they are
//! gone, and the same call costs several times as much: see the rows of `speed`.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use tieline::transport::Transport;
use tieline::wire::{Response, ResponseBody, SignedRequest, TransportError};
use tracing_subscriber::filter::LevelFilter;

use crate::Outcome;
use crate::cost::medians;
use crate::table::{Figure, Table};
use crate::upstream::{Size, page};
use crate::ways::{Way, Ways};

const ROUNDS: usize = 25;
const CALLS: u32 = 10_000;

/// Who listens to spans and metrics.
#[derive(Clone, Copy)]
enum Watching {
    /// Nobody.
    Nobody,
    /// Somebody who wants warnings alone, as programs do that leave watching off.
    Off,
    /// Somebody who writes all down.
    All,
}

/// Measures calls without a network, unwatched and watched.
pub(crate) fn measure(table: &mut Table) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ways = Ways::through(Arc::new(InMemory(page(Size::Small.records(), None).into())))?;
    let watching = [Watching::Nobody, Watching::Off, Watching::All];
    let costs = medians(ROUNDS, &watching, |watching| {
        let calls = || runtime.block_on(ways.repeat(Way::EngineRaw, Size::Small, CALLS));
        let writes_down = |most| tracing_subscriber::fmt().with_max_level(most).with_writer(std::io::sink).finish();
        match watching {
            Watching::Nobody => calls(),
            Watching::Off => tracing::subscriber::with_default(writes_down(LevelFilter::WARN), calls),
            Watching::All => tracing::subscriber::with_default(writes_down(LevelFilter::TRACE), calls),
        }
    })?;
    let [nobody, off, all] = costs[..] else { return Err("a way to watch was not measured".into()) };
    let alone = Figure::Number(nobody.per(CALLS).cpu.as_secs_f64() * 1e6, "µs");
    table.add("processor time of a call without a network, small", "", alone, None);
    let baseline = "nobody listens";
    table.add("the same, with a subscriber for warnings alone", baseline, Figure::ratio(off, nobody, None), Some(1.05));
    table.add("the same, all spans and metrics written down", baseline, Figure::ratio(all, nobody, None), None);
    Ok(())
}

/// A transport that always has the same answer.
struct InMemory(Bytes);

impl Transport for InMemory {
    fn send(&self, request: SignedRequest) -> BoxFuture<'_, Result<Response, TransportError>> {
        drop(request);
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let body = ResponseBody::Bytes(self.0.clone());
        Box::pin(std::future::ready(Ok(Response { status: StatusCode::OK, headers, body })))
    }
}
