//! A guide for agents, with what to type next.

use tieline::catalog::Guide;

use crate::connector::quoted;

/// The guide and the command that goes on from it. `name` is how the user named the connector.
pub(super) fn text(guide: &Guide, name: &str) -> String {
    let next = match guide {
        Guide::Index(_) => format!("tieline describe {name} ENTITY [ACTION] --for-agent"),
        Guide::Entity(entity) => format!("tieline describe {name} {} ACTION --for-agent", quoted(&entity.entity)),
        Guide::Operation(operation) => {
            let (entity, action) = (quoted(&operation.entity), quoted(&operation.action));
            let more = if operation.answer.paginated { " [--next NEXT]" } else { "" };
            format!("tieline execute {name} {entity} {action} --params JSON{more}")
        }
    };
    format!("{guide}Next: {next}\n")
}
