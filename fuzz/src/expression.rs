//! Expressions at work: an expression, the record that it looks at, and the configuration.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::json;
use tieline::notation::Expression;

use crate::input::Parts;

/// The longest value that a short expression over a short record may have, as JSON.
const LONGEST: usize = 8 << 20;

pub(crate) fn run(input: &[u8]) {
    let mut parts = Parts::of(input);
    let Ok(expression) = parts.text().parse::<Expression>() else { return };
    let context = json!({ "record": parts.value(), "config": { "site": parts.value() } });
    let now = UNIX_EPOCH + Duration::from_secs(1_767_830_400);
    let evaluated = expression.evaluate(&context, now);
    match &evaluated {
        Ok(value) => assert!(value.to_string().len() <= LONGEST),
        Err(why) => assert!(!why.is_empty() && why.len() <= 8192, "{why}"),
    }
    assert_eq!(expression.evaluate(&context, now), evaluated);
    if expression.check_names(&["record", "config.site"]).is_ok() {
        let names = expression.names();
        let is_known = |name: &String| name.split('.').next() == Some("record") || name.starts_with("config.site");
        assert!(names.iter().all(is_known), "{names:?}");
    }
}
