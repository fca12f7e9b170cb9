//! Which operation a request is for.

use std::cmp::Reverse;

use tieline::Connector;
use tieline::notation::{Part, Template};
use tieline::plan::{Operation, PathPart};

use crate::received::{Received, decoded};

/// The paths of a connector's operations, cut into segments.
pub(crate) struct Routes {
    routes: Vec<Route>,
}

struct Route {
    entity: String,
    action: String,
    method: &'static str,
    segments: Vec<Vec<PathPart>>,
}

/// An operation that a request fits, with what stands in its path.
#[derive(Debug)]
pub(crate) struct Match<'a> {
    pub(crate) operation: &'a Operation,
    /// The values of the path's parameters, by name, in their order.
    pub(crate) path: Vec<(String, String)>,
}

impl Routes {
    pub(crate) fn new(connector: &Connector) -> Result<Self, tieline::Error> {
        let mut routes = Vec::new();
        for entity in connector.entities()? {
            for operation in entity.operations() {
                let server = operation.server.as_ref().unwrap_or(&connector.head().server);
                let mut parts = base_path(server);
                parts.extend(operation.path.iter().cloned());
                routes.push(Route {
                    entity: operation.entity.clone(),
                    action: operation.action.clone(),
                    method: operation.method.as_str(),
                    segments: segments(&parts),
                });
            }
        }
        Ok(Self { routes })
    }

    /// The operations that a request fits, the most literal path first.
    pub(crate) fn find<'a>(&self, connector: &'a Connector, request: &Received) -> Vec<Match<'a>> {
        let asked = request.segments();
        let mut found: Vec<_> = self
            .routes
            .iter()
            .filter(|route| route.method == request.method.as_str())
            .filter_map(|route| Some((route, route.values(&asked)?)))
            .collect();
        found.sort_by_key(|(route, _)| Reverse(route.literalness()));
        let most = found.first().map(|(route, _)| route.literalness());
        found
            .into_iter()
            .take_while(|(route, _)| Some(route.literalness()) == most)
            .filter_map(|(route, path)| {
                let operation = connector.operation(&route.entity, &route.action).ok()?;
                Some(Match { operation, path })
            })
            .collect()
    }
}

impl Route {
    /// The values of the parameters, when the path fits.
    fn values(&self, asked: &[String]) -> Option<Vec<(String, String)>> {
        let mut values = Vec::new();
        (self.segments.len() == asked.len()).then_some(())?;
        for (parts, segment) in self.segments.iter().zip(asked) {
            fit(parts, segment, &mut values)?;
        }
        // A name that the manifest does not know is one of the server's.
        Some(values.into_iter().filter(|(name, _): &(String, String)| !name.is_empty()).collect())
    }

    /// For each segment, whether it is literal.
    fn literalness(&self) -> Vec<bool> {
        self.segments.iter().map(|parts| parts.iter().all(|part| matches!(part, PathPart::Text(_)))).collect()
    }
}

/// Fits a segment to its parts: a parameter reaches to the next literal text.
fn fit(parts: &[PathPart], segment: &str, values: &mut Vec<(String, String)>) -> Option<()> {
    let Some((part, rest)) = parts.split_first() else { return segment.is_empty().then_some(()) };
    match part {
        PathPart::Text(text) => fit(rest, segment.strip_prefix(text.as_str())?, values),
        PathPart::Param(name) => {
            let end = match rest.first() {
                Some(PathPart::Text(text)) if rest.len() == 1 => segment.strip_suffix(text.as_str())?.len(),
                Some(PathPart::Text(text)) => segment.find(text.as_str())?,
                Some(PathPart::Param(_)) | None => segment.len(),
            };
            (end > 0).then_some(())?;
            values.push((name.clone(), segment[..end].to_owned()));
            fit(rest, &segment[end..], values)
        }
    }
}

/// Parts cut at every `/`, literal text decoded.
fn segments(parts: &[PathPart]) -> Vec<Vec<PathPart>> {
    let mut segments = vec![Vec::new()];
    let mut push = |part: PathPart, starts_new: Next| {
        if starts_new == Next::Segment {
            segments.push(Vec::new());
        }
        if let Some(last) = segments.last_mut()
            && part != PathPart::Text(String::new())
        {
            last.push(part);
        }
    };
    for part in parts {
        match part {
            PathPart::Param(_) => push(part.clone(), Next::Same),
            PathPart::Text(text) => {
                for (index, piece) in text.split('/').enumerate() {
                    push(PathPart::Text(decoded(piece)), if index == 0 { Next::Same } else { Next::Segment });
                }
            }
        }
    }
    // Nothing stands before the first `/`.
    if segments[0].is_empty() {
        segments.remove(0);
    }
    segments
}

#[derive(PartialEq)]
enum Next {
    Same,
    Segment,
}

/// The path of a base URL. What a configuration value decides is a parameter without a name.
fn base_path(server: &Template) -> Vec<PathPart> {
    let parts: Vec<PathPart> = server
        .parts()
        .iter()
        .map(|part| match part {
            Part::Text(text) => PathPart::Text(text.clone()),
            Part::Name(_) => PathPart::Param(String::new()),
        })
        .collect();
    without_origin(parts)
}

/// The path that a URL of the manifest has, in segments.
pub(crate) fn path_of(url: &Template) -> Vec<Vec<PathPart>> {
    segments(&base_path(url))
}

/// Whether a path of the manifest is the one that was asked for.
pub(crate) fn is_path(segments: &[Vec<PathPart>], asked: &[String]) -> bool {
    segments.len() == asked.len()
        && segments.iter().zip(asked).all(|(parts, segment)| fit(parts, segment, &mut Vec::new()).is_some())
}

/// Drops scheme and authority, and the `/` at the end.
fn without_origin(parts: Vec<PathPart>) -> Vec<PathPart> {
    let mut path: Vec<PathPart> = Vec::new();
    let mut in_authority = !matches!(parts.first(), Some(PathPart::Text(text)) if text.starts_with('/'));
    for part in parts {
        match part {
            PathPart::Text(text) if in_authority => {
                let after_scheme = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
                if let Some(slash) = after_scheme.find('/') {
                    in_authority = false;
                    path.push(PathPart::Text(after_scheme[slash..].to_owned()));
                }
            }
            PathPart::Param(_) if in_authority => {}
            part => path.push(part),
        }
    }
    if let Some(PathPart::Text(last)) = path.last_mut() {
        last.truncate(last.trim_end_matches('/').len());
        let end = last.find(['?', '#']).unwrap_or(last.len());
        last.truncate(end);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{PathPart, base_path, fit, is_path, path_of};

    #[test]
    fn the_path_of_a_base_url_is_kept() {
        let path = |server: &str| format!("{:?}", base_path(&server.parse().unwrap()));
        assert_eq!(path("https://api.example.com"), "[]");
        assert_eq!(path("https://api.example.com/v1/"), "[Text(\"/v1\")]");
        assert_eq!(path("https://${config.host}/v1"), "[Text(\"/v1\")]");
        assert_eq!(path("${token.instance_url}/services"), "[Text(\"/services\")]");
        assert_eq!(path("https://a.example/${config.site}/x"), "[Text(\"/\"), Param(\"\"), Text(\"/x\")]");
    }

    #[test]
    fn a_segment_can_hold_several_parameters() {
        let text = |text: &str| PathPart::Text(text.into());
        let param = |name: &str| PathPart::Param(name.into());
        let mut values = Vec::new();
        let parts = [param("owner"), text(":"), param("name"), text(".json")];
        assert!(fit(&parts, "ada:notes.v2.json", &mut values).is_some());
        assert_eq!(values, [("owner".into(), "ada".into()), ("name".into(), "notes.v2".into())]);
        assert!(fit(&parts, "ada.json", &mut Vec::new()).is_none());
        assert!(fit(&[param("id")], "", &mut Vec::new()).is_none());
    }

    #[test]
    fn token_urls_are_compared_by_path() {
        let path = path_of(&"https://login.example.com/${config.tenant}/oauth/token".parse().unwrap());
        let asked = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_path(&path, &asked("acme/oauth/token")));
        assert!(!is_path(&path, &asked("acme/oauth/tokens")));
    }
}
