//! `tieline connectors execute`: one operation with the credentials that are on the server.

use std::path::PathBuf;

use clap::{ArgAction, Args};
use serde::Deserialize;
use serde_json::{Map, Value};
use tieline::{Error, ErrorKind};

use super::create::yes;
use crate::commands::execute::{file, json};
use crate::hosted::api::{Api, Executed};
use crate::hosted::find::Which;
use crate::hosted::given::{Given, Object, put, required};
use crate::stop::{Stop, invalid};
use crate::target::Target;
use crate::{runtime, upload};

/// What to execute.
#[derive(Args)]
#[command(after_help = r#"The answer has the records under `result`, what the connector tells about them under
`connector_metadata`, and where a list goes on under `next`. A download is the file itself.

Examples:
  tieline connectors execute --json '{"name": "notion", "entity": "users", "action": "list"}'
  tieline connectors execute --name notion --entity users --action list --all --select-fields id
  tieline connectors execute --name notion --entity pages --action get --params @page.json
  tieline connectors execute --name notion --entity file_uploads --action send --params @upload.json --file file=photo.png
  tieline connectors execute --json @call.json --output file.pdf"#)]
pub(crate) struct ExecuteArgs {
    #[command(flatten)]
    given: Given<ExecuteFields>,
    /// Write the answer (or the downloaded file) there instead of to stdout
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
}

/// The fields of an execution.
#[derive(Clone, Args, Deserialize)]
pub(crate) struct ExecuteFields {
    #[command(flatten)]
    #[serde(flatten)]
    which: Which,
    /// What it is about: `users`
    #[arg(long)]
    entity: Option<String>,
    /// What to do: `list`
    #[arg(long)]
    action: Option<String>,
    /// The operation's parameters, as a JSON object or a file of it
    #[arg(long, value_name = "JSON|@FILE|-")]
    params: Option<Object>,
    /// A parameter that is a file. May be repeated
    #[arg(long, value_name = "NAME=PATH")]
    file: Option<Vec<String>>,
    /// Keep only these fields of each record: `id,owner.name`
    #[arg(long, value_name = "A,B.C", value_delimiter = ',', help_heading = "Output")]
    select_fields: Option<Vec<String>>,
    /// Leave these fields of each record out, where none are selected
    #[arg(long, value_name = "A,B.C", value_delimiter = ',', help_heading = "Output")]
    exclude_fields: Option<Vec<String>>,
    /// Cut long texts in lists (in --json: "skip_truncation": false)
    #[arg(long = "truncate", action = ArgAction::SetFalse, help_heading = "Output")]
    #[serde(default = "yes")]
    skip_truncation: bool,
    /// Go on where `next` of an earlier answer says
    #[arg(long, value_name = "NEXT", help_heading = "Pages")]
    next: Option<String>,
    /// All pages of a list
    #[arg(long, help_heading = "Pages")]
    #[serde(default)]
    all: bool,
    /// At most so many records
    #[arg(long, value_name = "N", help_heading = "Pages")]
    max_records: Option<u32>,
    /// What the call is for, in a sentence; servers do not keep it yet
    #[arg(long, value_name = "TEXT")]
    intent: Option<String>,
}

impl ExecuteFields {
    /// The operation's parameters, with the files.
    fn with_files(&self, given: Option<Map<String, Value>>) -> Result<Option<Map<String, Value>>, Error> {
        let Some(files) = &self.file else { return Ok(given) };
        let mut params = given.unwrap_or_default();
        for text in files {
            let (name, path) = text.split_once('=').ok_or_else(|| {
                invalid(format!("`file` must look like NAME=PATH, not `{text}`")).with_help("such as file=photo.png")
            })?;
            params.insert(name.to_owned(), upload::as_json(path).map_err(invalid)?);
        }
        Ok(Some(params))
    }

    /// As the API has it, but for the connector.
    fn params(&self) -> Result<Map<String, Value>, Error> {
        let mut params = Map::new();
        if self.entity.is_none() && self.action.is_none() {
            let help =
                "give them with --entity and --action, or in --json; the action `describe` alone shows what there is";
            return Err(invalid("`entity` and `action` are missing").with_help(help));
        }
        let action = required("action", self.action.as_ref())?;
        // What there is belongs to no entity.
        let entity = match (&self.entity, action.as_str()) {
            (None, "describe") => String::new(),
            (entity, _) => required("entity", entity.as_ref())?,
        };
        put(&mut params, "entity", Some(entity));
        put(&mut params, "action", Some(action));
        let given = self.params.as_ref().map(|given| given.read("--params", ErrorKind::InvalidInput)).transpose()?;
        put(&mut params, "params", self.with_files(given)?);
        put(&mut params, "select_fields", self.select_fields.clone());
        put(&mut params, "exclude_fields", self.exclude_fields.clone());
        put(&mut params, "skip_truncation", Some(self.skip_truncation));
        put(&mut params, "next", self.next.clone());
        put(&mut params, "all", self.all.then_some(true));
        put(&mut params, "max_records", self.max_records);
        put(&mut params, "intent", self.intent.clone());
        Ok(params)
    }
}

/// Executes it.
pub(super) fn run(args: &ExecuteArgs) -> Result<(), Stop> {
    let fields = args.given.read()?;
    fields.which.check()?;
    let mut params = fields.params()?;
    let api = Api::open()?;
    runtime::run(async {
        // A file that cannot be written is better known before the call.
        let target = Target::open(args.output.as_deref())?;
        params.insert("id".to_owned(), fields.which.id(&api).await?.into());
        match api.execute(params.into()).await? {
            Executed::File(download) => file(target, download, args.output.as_deref()).await,
            Executed::Envelope(download) => json(target, download).await,
        }
    })
}
