//! What a manifest looks like from afar: which of its parts always stand on lines of their own, and where a line is left free.

/// Whether a part of a manifest stands on lines of its own, however small it is. A list's items have the key `-`.
pub(crate) fn is_section(path: &[&str]) -> bool {
    matches!(
        path,
        [] | ["auth" | "config" | "entities" | "limits" | "links" | "pagination" | "params" | "schemas"]
            | ["auth" | "entities", _]
            | ["entities", _, "actions" | "params" | "relations"]
            | ["entities", _, "actions", _]
            | ["entities", _, "actions", _, "params"]
    )
}

/// Whether a free line stands between two keys of the mapping at this path.
pub(crate) fn is_apart(path: &[&str], before: &str, after: &str) -> bool {
    match path {
        [] => group(before) != group(after),
        ["entities"] => true,
        _ => false,
    }
}

/// Which of the keys of a manifest stand together.
fn group(key: &str) -> &str {
    match key {
        "tieline" | "name" | "title" | "id" | "version" | "summary" | "description" | "links" | "questions"
        | "hints" => "what it is",
        "server" | "config" | "headers" | "query" => "where it is",
        "pagination" | "errors" | "limits" | "retry" | "timeout" | "idempotency" | "body" | "empty_body" | "check" => {
            "how it behaves"
        }
        other => other,
    }
}
