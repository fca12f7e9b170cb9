//! Files: in the answer itself, or where the answer leads to.

use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};
use tieline::notation::{Lookup, ParamLookup};
use tieline::plan::PathPart;
use url::Url;

use super::Play;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::file;

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
        for place in self.places(url) {
            self.put_url(&place, &mut draft);
        }
        draft
    }

    /// The places to which the parameters may lead. A value that is not sent may be any that the schema lists, or any small index.
    fn places(&self, url: &ParamLookup) -> Vec<Lookup> {
        let mut filled = vec![Map::new()];
        for name in url.names() {
            let candidates = self.candidates(name);
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

    fn candidates(&self, name: &str) -> Vec<Value> {
        let in_path =
            || self.given.path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str().into());
        if let Some(given) = self.given.values.get(name).cloned().or_else(in_path) {
            return vec![given];
        }
        let schema = self.operation.param(name).map(|param| &param.schema);
        let listed = schema.and_then(|schema| schema.get("enum").or_else(|| schema.get("examples"))?.as_array());
        let assumed = || schema.and_then(|schema| schema.get("default")).map(|value| vec![value.clone()]);
        listed.cloned().or_else(assumed).unwrap_or_else(|| (0..MOST_ELEMENTS).map(Value::from).collect())
    }

    fn put_url(&self, url: &Lookup, draft: &mut Draft) {
        let shown = draft.found(url).and_then(Value::as_str).and_then(|shown| Url::parse(shown).ok());
        let extension =
            shown.as_ref().and_then(|shown| extension_of(shown.path())).or_else(|| self.extension_of_path());
        let id = self.id().unwrap_or("file");
        let name = match extension {
            Some(wanted) if extension_of(id) != Some(wanted) => format!("{id}.{wanted}"),
            Some(_) | None => id.to_owned(),
        };
        let path = format!("/{}/{}/{name}", file::FOLDER, self.operation.entity);
        draft.put(url, self.request.url_at(&path).to_string().into());
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

/// The extension of a path's last segment, when it says what a file holds.
fn extension_of(path: &str) -> Option<&str> {
    let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    (!stem.is_empty() && mime_guess::from_ext(extension).first_raw().is_some()).then_some(extension)
}
