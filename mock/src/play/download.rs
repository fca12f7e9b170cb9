//! Files: in the answer itself, or where the answer leads to.

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};
use tieline::notation::{Lookup, ParamLookup};
use tieline::plan::{Answer, Operation, PathPart};
use url::Url;

use super::Play;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::file;
use crate::given::Given;

/// How many elements a list of files has.
const MOST_ELEMENTS: u64 = 8;
/// In how many places a file may be.
const MOST_PLACES: usize = 64;

impl Play<'_> {
    /// The file that the operation answers with.
    pub(super) fn file(&self) -> Result<Response<Bytes>, Failure> {
        let seed = self.world.seed.and(&self.operation.name()).and(&self.place());
        let entity = &self.operation.entity;
        let name = self.extension_of_path().map_or_else(|| entity.clone(), |extension| format!("{entity}.{extension}"));
        let content_type = self.asked_type().unwrap_or_else(|| file::type_of(&name));
        file::answer(self.request, &name, content_type, seed)
    }

    /// The example's answer, with the URL of a file of the mock where it has one of the API: wherever the call may look for it.
    pub(super) fn file_elsewhere(&self, url: &ParamLookup) -> Draft {
        let mut draft = Draft::json(self.example_answer().cloned().unwrap_or_else(|| Value::Object(Map::new())));
        for place in places(self.operation, url, self.given) {
            let url = self.file_url(&place, &draft);
            draft.put(&place, url);
        }
        draft
    }

    /// Puts the URL of a file where other actions look for it in the answer to the same request.
    pub(super) fn put_files_of_others(&self, draft: &mut Draft) {
        let entities = self.world.connector.entities().unwrap_or_default();
        let all = entities.iter().flat_map(|entity| entity.operations());
        for other in all.filter(|other| other.method == self.operation.method && shape(other) == shape(self.operation))
        {
            let Answer::File(Some(url)) = &other.answer else { continue };
            for place in places(other, url, self.given) {
                let url = self.file_url(&place, draft);
                self.put_if_it_fits(draft, &place, url);
            }
        }
    }

    /// The URL of a file of the mock, which ends as the one does that stands there.
    fn file_url(&self, at: &Lookup, draft: &Draft) -> Value {
        let shown = draft.found(at).and_then(Value::as_str).and_then(|shown| Url::parse(shown).ok());
        let extension =
            shown.as_ref().and_then(|shown| extension_of(shown.path())).or_else(|| self.extension_of_path());
        let id = self.id().unwrap_or("file");
        let name = match extension {
            Some(wanted) if extension_of(id) != Some(wanted) => format!("{id}.{wanted}"),
            Some(_) | None => id.to_owned(),
        };
        let path = format!("/{}/{}/{name}", file::FOLDER, self.operation.entity);
        self.request.url_at(&path).to_string().into()
    }

    /// The content type that the request asks for, where it is one.
    fn asked_type(&self) -> Option<&str> {
        let accept = self.request.header("accept")?;
        (accept.contains('/') && !accept.contains([',', '*', ';']) && accept != "application/json").then_some(accept)
    }

    /// `csv` for an operation whose path ends with `/report.csv`.
    fn extension_of_path(&self) -> Option<&str> {
        match self.operation.path.last()? {
            PathPart::Text(text) => extension_of(text),
            PathPart::Param(_) => None,
        }
    }
}

/// The places to which the parameters of an operation may lead. A value that is not sent may be any that its schema lists, or any
/// small index.
fn places(operation: &Operation, url: &ParamLookup, given: &Given) -> Vec<Lookup> {
    let mut filled = vec![Map::new()];
    for name in url.names() {
        let candidates = candidates(operation, name, given);
        let with = |values: &Map<String, Value>, value: &Value| {
            let mut values = values.clone();
            values.insert(name.to_owned(), value.clone());
            values
        };
        filled = filled.iter().flat_map(|values| candidates.iter().map(move |value| with(values, value))).collect();
        filled.truncate(MOST_PLACES);
    }
    filled.iter().filter_map(|values| url.filled(|name| values.get(name).cloned()).ok()).collect()
}

fn candidates(operation: &Operation, name: &str, given: &Given) -> Vec<Value> {
    let in_path = || given.path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str().into());
    if let Some(given) = given.values.get(name).cloned().or_else(in_path) {
        return vec![given];
    }
    let schema = operation.param(name).map(|param| &param.schema);
    let listed = schema.and_then(|schema| schema.get("enum").or_else(|| schema.get("examples"))?.as_array());
    let assumed = || schema.and_then(|schema| schema.get("default")).map(|value| vec![value.clone()]);
    listed.cloned().or_else(assumed).unwrap_or_else(|| (0..MOST_ELEMENTS).map(Value::from).collect())
}

/// A path without the names of its parameters.
fn shape(operation: &Operation) -> Vec<&str> {
    let parts = operation.path.iter();
    parts.map(|part| if let PathPart::Text(text) = part { text } else { "{}" }).collect()
}

/// The extension of a path's last segment, when it says what a file holds.
fn extension_of(path: &str) -> Option<&str> {
    let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    (!stem.is_empty() && mime_guess::from_ext(extension).first_raw().is_some()).then_some(extension)
}
