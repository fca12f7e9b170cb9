//! Text to a connector: the whole of `Connector::check`, and all that a connector says about itself.

use tieline::catalog::Subject;
use tieline::source::Diagnostics;
use tieline::yaml::parse;
use tieline::{Connector, Source};
use tieline_openapi::{changes, to_yaml};

use crate::findings;
use crate::input::{LIMITS, text};

pub(crate) fn run(input: &[u8]) {
    let source = Source::new("connector.yaml", text(input));
    let loaded = Connector::check(&source, LIMITS);
    check_findings(&loaded);
    let again = Connector::check(&source, LIMITS);
    assert_eq!(outcome(&loaded), outcome(&again), "loading is not the same each time");
    let Ok((connector, _)) = loaded else { return };
    check_connector(&connector);
    let tree = parse(&source, LIMITS, &mut Vec::new()).expect("a connector came of it");
    check_written(&connector, &to_yaml(&tree, &[]));
}

/// The findings can be shown, and an error is among them exactly if there is no connector.
pub(crate) fn check_findings(loaded: &Result<(Connector, Diagnostics), Diagnostics>) {
    let found = match loaded {
        Ok((_, warnings)) => warnings,
        Err(found) => found,
    };
    assert_eq!(found.errors() == 0, loaded.is_ok());
    findings::check(found);
}

/// What a manifest that was written from a connector's tree means is the connector.
pub(crate) fn check_written(connector: &Connector, written: &str) {
    let again = Connector::load(&Source::new("written.yaml", written));
    let (again, _) = again.unwrap_or_else(|found| unreachable!("what was written is refused: {found}\n{written}"));
    assert_eq!(again.to_compiled(), connector.to_compiled(), "{written}");
    assert_eq!(changes(connector, &again), Ok(Vec::new()));
}

/// Everything that a connector says about itself can be said.
pub(crate) fn check_connector(connector: &Connector) {
    let all = Subject::find(connector, None, None).expect("the connector itself");
    assert_eq!(all.to_json(connector)["name"], connector.name());
    for operation in all.operations() {
        let (entity, action) = (Some(operation.entity.as_str()), Some(operation.action.as_str()));
        let subject = Subject::find(connector, entity, action).expect("an operation that is listed");
        let _ = subject.to_json(connector).to_string();
        let guide = subject.for_agent(connector);
        assert_eq!(guide.is_err(), operation.internal, "{}", operation.name());
        let _ = guide.map(|guide| (guide.to_string(), guide.to_json()));
    }
}

fn outcome(loaded: &Result<(Connector, Diagnostics), Diagnostics>) -> (Option<String>, String) {
    match loaded {
        Ok((connector, warnings)) => (connector.to_compiled().ok(), warnings.render(false)),
        Err(found) => (None, found.render(false)),
    }
}
