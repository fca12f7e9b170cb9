//! The calls of a connection.

use serde_json::Value;

use crate::args;
use crate::connect::Connection;
use crate::error::{Error, ErrorKind};

use super::{Call, Envelope};

impl Connection {
    /// One call: one page of a list, one record, or nothing.
    ///
    /// # Errors
    /// See [`ErrorKind`].
    pub async fn execute(&self, entity: &str, action: &str, params: Value) -> Result<Envelope, Error> {
        self.call(entity, action).params(params).execute().await
    }

    /// A call to be described further.
    pub fn call(&self, entity: &str, action: &str) -> Call {
        Call::new(self.clone(), entity, action)
    }

    /// Whether the connection works: runs the operation that the manifest names under `check`, with the parameters that it says there.
    ///
    /// # Errors
    /// Those of the call; `invalid_input` when such a parameter cannot be filled; `invalid_manifest` when the manifest names none.
    pub async fn check(&self) -> Result<Envelope, Error> {
        let head = self.inner.connector.head();
        let (entity, action) = head.check.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidManifest,
                format!("the manifest of {} names no operation under `check`", head.title),
            )
        })?;
        let params = args::filled(&head.check_params, &self.inner.config, self.inner.clock.now())?;
        self.execute(entity, action, params.into()).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use futures_util::future::BoxFuture;
    use serde_json::{Map, Value, json};

    use crate::connect::{Clock, Connection};
    use crate::error::{Error, ErrorKind};
    use crate::plan::Connector;
    use crate::source::Source;
    use crate::transport::{Exchange, Replay};

    /// 2026-01-08, whenever it is asked.
    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> SystemTime {
            UNIX_EPOCH + Duration::from_secs(1_767_830_400)
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            Box::pin(std::future::pending())
        }

        fn random(&self) -> u64 {
            4
        }
    }

    fn connection(check: &str, config: Value, path: &str) -> Connection {
        let manifest = format!(
            "tieline: 1
name: example
title: Example
version: 0.1.0
summary: An API.
server: https://api.example.com
config: {{ site: {{}}, since: {{}} }}
check: {check}
pagination: {{ page: {{ kind: page, page: page, size: limit }} }}
entities:
  search:
    actions:
      query:
        get: /search
        records: $
        paginate: page
        params:
          q: {{ type: string, required: true }}
          site: {{ type: string }}
          start: {{ type: string, format: date }}
          all: {{ type: boolean }}
"
        );
        let (connector, warnings) = Connector::load(&Source::new("x.yaml", manifest)).unwrap();
        assert!(warnings.is_empty(), "{warnings}");
        let Value::Object(config) = config else { panic!("{config}") };
        let replay = Replay::new([Exchange::new("GET", path).answer(200, json!([]))]);
        let builder = Connection::builder(Arc::new(connector)).config(config).clock(Arc::new(Stopped));
        builder.transport(Arc::new(replay)).connect().unwrap()
    }

    fn checked(check: &str, config: Value, path: &str) -> Result<(), Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(connection(check, config, path).check()).map(drop)
    }

    const CHECK: &str = "{ operation: search.query, params: { q: 'a b', all: true, limit: 1, site: '${config.site}', \
                         start: \"{{ config.since | default(now('-P7D').strftime('%Y-%m-%d')) }}\" } }";

    #[test]
    fn the_check_is_given_what_the_manifest_says() {
        for (config, path) in [
            (json!({}), "/search?q=a+b&start=2026-01-01&all=true&limit=1"),
            (
                json!({ "site": "main", "since": "2025-01-01" }),
                "/search?q=a+b&site=main&start=2025-01-01&all=true&limit=1",
            ),
        ] {
            checked(CHECK, config, path).unwrap();
        }
    }

    #[test]
    fn what_the_check_cannot_be_given_is_said() {
        let error = checked(&CHECK.replace("| default", "+"), json!({}), "/").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.message(), "the parameters of the connection check cannot be filled");
        assert_eq!(error.problems()[0].at, "start");
        let error = checked(&CHECK.replace("all: true", "all: never"), json!({}), "/").unwrap_err();
        assert_eq!((error.kind(), error.problems()[0].at.as_str()), (ErrorKind::InvalidInput, "all"));
        let connector = connection(CHECK, Map::new().into(), "/").connector().to_compiled().unwrap();
        assert!(
            connector.contains(r#""check":["search","query"],"check_params":{"q":{"value":"a b"},"#),
            "{connector}"
        );
    }
}
