//! Skills: what an agent reads to use a connector, from its manifest.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tieline::Connector;
use tieline::catalog::agent::{ActionLine, EntityGuide};
use tieline::catalog::{Guide, Subject};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::caller::Caller;
use crate::definitions::Definition;
use crate::error::ApiError;
use crate::extract::Query;
use crate::service::Service;
use crate::store::ConnectorRow;

use super::connectors::definition_of;
use super::workspaces::{limit, page};

/// What stands before a connector's id in the id of its skill.
const PREFIX: &str = "connector-source:";
/// The section about the connector as a whole.
const OVERVIEW: &str = "overview";
/// What stands before an entity's name in the id of its section.
const ENTITY: &str = "entity:";

/// The id of the skill of a connector.
pub(super) fn skill_id(connector: Uuid) -> String {
    format!("{PREFIX}{connector}")
}

/// What a skill is.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillMetadata {
    /// Its id.
    id: String,
    /// `connector_source`.
    kind: &'static str,
    /// The connector's name.
    title: String,
    /// What it is for.
    summary: String,
    /// Where it comes from: the connector's manifest.
    provenance: String,
    /// The version of that manifest.
    version: String,
    /// The connector's title.
    tags: Vec<String>,
    /// What an agent should know first.
    warnings: Vec<String>,
    /// How fresh it is.
    freshness: Freshness,
}

/// How fresh a skill is.
#[derive(Serialize, ToSchema)]
pub(super) struct Freshness {
    /// `static`: it changes with the manifest alone.
    state: &'static str,
    /// Never.
    checked_at: Option<String>,
}

impl SkillMetadata {
    fn new(row: &ConnectorRow, definition: &Definition) -> Self {
        let head = definition.connector.head();
        let summary =
            head.hints.as_ref().and_then(|hints| hints.summary.clone()).unwrap_or_else(|| head.summary.clone());
        Self {
            id: skill_id(row.id),
            kind: "connector_source",
            title: row.name.clone(),
            summary,
            provenance: format!("manifest of {}", head.name),
            version: head.version.clone(),
            tags: vec![head.title.clone()],
            warnings: row.warnings(),
            freshness: Freshness { state: "static", checked_at: None },
        }
    }
}

/// Which skills are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListSkills {
    /// The most that are listed; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where to go on, from `next_cursor`.
    #[param(pattern = "^[0-9]{0,9}$")]
    cursor: Option<String>,
    /// Only connectors of this workspace.
    workspace_id: Option<Uuid>,
}

/// Which skills are searched for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchSkills {
    /// Words of what is to be done.
    #[param(min_length = 1)]
    query: String,
    /// The most that are listed; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where to go on, from `next_cursor`.
    #[param(pattern = "^[0-9]{0,9}$")]
    cursor: Option<String>,
    /// Only connectors of this workspace.
    workspace_id: Option<Uuid>,
}

/// Skills.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillList {
    /// The skills.
    data: Vec<SkillMetadata>,
    /// Goes on from here; null at the end.
    next_cursor: Option<String>,
}

/// Lists the skills: one for each connector that the caller reaches
#[utoipa::path(get, path = "/api/v1/skills", tag = "skills",
    params(ListSkills), responses((status = 200, body = SkillList)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<ListSkills>,
) -> Result<Json<SkillList>, ApiError> {
    let workspace = reached(&service, &caller, query.workspace_id).await?;
    let part = Part::new(query.limit, query.cursor.as_deref())?;
    let rows = service.store.connectors_of(caller.organization, workspace, part.limit, part.offset).await?;
    let (rows, next_cursor) = part.of(rows);
    let skill = |row: ConnectorRow| Some(SkillMetadata::new(&row, service.definitions.of_id(row.definition)?));
    Ok(Json(SkillList { data: rows.into_iter().filter_map(skill).collect(), next_cursor }))
}

/// Searches the skills by words, the best first
#[utoipa::path(get, path = "/api/v1/skills/search", tag = "skills",
    params(SearchSkills), responses((status = 200, body = SkillList)))]
pub(super) async fn search(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<SearchSkills>,
) -> Result<Json<SkillList>, ApiError> {
    if query.query.trim().is_empty() {
        return Err(ApiError::unfit("query", "must have a word"));
    }
    let lower = query.query.to_lowercase();
    // `pages.create` is an entity and an action.
    let words: Vec<_> = lower.split(|c: char| c.is_whitespace() || c == '.').filter(|word| !word.is_empty()).collect();
    let workspace = reached(&service, &caller, query.workspace_id).await?;
    let part = Part::new(query.limit, query.cursor.as_deref())?;
    let mut found = Vec::new();
    for (id, definition, name) in service.store.connector_names(caller.organization, workspace).await? {
        let Some(definition) = service.definitions.of_id(definition) else { continue };
        let name = name.to_lowercase();
        let hits = words.iter().filter(|word| definition.searched.contains(**word) || name.contains(**word)).count();
        if hits > 0 {
            found.push((hits, id, definition));
        }
    }
    found.sort_by_key(|(hits, ..)| Reverse(*hits));
    let found = found.split_off(found.len().min(usize::try_from(part.offset).unwrap_or(usize::MAX)));
    let (found, next_cursor) = part.of(found);
    let mut data = Vec::new();
    for (_, id, definition) in found {
        // It may have been deleted meanwhile.
        if let Some(row) = service.store.connector(caller.organization, workspace, id).await? {
            data.push(SkillMetadata::new(&row, definition));
        }
    }
    Ok(Json(SkillList { data, next_cursor }))
}

/// The part of a list that somebody asks for.
struct Part {
    limit: i64,
    offset: i64,
}

impl Part {
    fn new(given: Option<i64>, cursor: Option<&str>) -> Result<Self, ApiError> {
        let offset: u32 = match cursor {
            None | Some("") => 0,
            Some(text) => text.parse().map_err(|_| ApiError::unfit("cursor", "is not from an earlier answer"))?,
        };
        Ok(Self { limit: limit(given)?, offset: offset.into() })
    }

    /// What of a list that begins here belongs to the part, and where it goes on.
    fn of<T>(&self, list: Vec<T>) -> (Vec<T>, Option<String>) {
        let (list, has_more) = page(list, self.limit);
        (list, has_more.then(|| (self.offset + self.limit).to_string()))
    }
}

/// The workspace whose connectors a caller reaches, where it is one: the one that is given, or that its token is confined to.
async fn reached(service: &Service, caller: &Caller, workspace: Option<Uuid>) -> Result<Option<Uuid>, ApiError> {
    match workspace {
        Some(id) => Ok(Some(caller.workspace(service, id).await?.id)),
        None => Ok(caller.workspace),
    }
}

/// Which skill is read, and which part of it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReadSkill {
    /// The skill.
    id: String,
    /// The section, from the outline; the outline alone when left out.
    section: Option<String>,
}

/// A skill: its outline, and one section of it.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillDocs {
    /// What it is.
    metadata: SkillMetadata,
    /// Its sections.
    outline: Vec<Section>,
    /// The section that was asked for.
    content: Vec<Block>,
    /// Its id.
    section_id: Option<String>,
}

/// A section of a skill.
#[derive(Serialize, ToSchema)]
pub(super) struct Section {
    /// Its id: `overview`, `entity:users`.
    id: String,
    /// What it is about.
    title: String,
    /// More about that.
    summary: Option<String>,
    /// Always.
    available: bool,
}

/// A piece of a section.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Block {
    /// A heading.
    Heading {
        /// 1 is the highest.
        level: u8,
        /// What it says.
        text: String,
    },
    /// Text.
    Paragraph {
        /// What it says.
        text: String,
    },
    /// A list.
    List {
        /// Its items.
        items: Vec<String>,
    },
    /// Something to copy.
    Code {
        /// The language.
        language: String,
        /// The code.
        text: String,
    },
    /// A table.
    Table {
        /// The names of its columns.
        headers: Vec<String>,
        /// Its rows.
        rows: Vec<Vec<String>>,
    },
}

/// Reads a skill: its outline, and one section of it
#[utoipa::path(get, path = "/api/v1/skills/docs", tag = "skills",
    params(ReadSkill), responses((status = 200, body = SkillDocs)))]
pub(super) async fn docs(
    State(service): State<Arc<Service>>,
    caller: Caller,
    Query(query): Query<ReadSkill>,
) -> Result<Json<SkillDocs>, ApiError> {
    let id = query.id.strip_prefix(PREFIX).and_then(|id| Uuid::parse_str(id).ok());
    let row = match id {
        Some(id) => caller.connector(&service, id).await?,
        None => return Err(ApiError::not_found("skill").help("GET /api/v1/skills lists them")),
    };
    let definition = definition_of(&service, &row)?;
    let connector = &definition.connector;
    let outline = outline(&row, connector)?;
    let content = match query.section.as_deref() {
        None => Vec::new(),
        Some(section) if !outline.iter().any(|one| one.id == section) => {
            return Err(ApiError::not_found("section").help("the outline lists the sections"));
        }
        Some(OVERVIEW) => overview(&row, connector)?,
        Some(section) => entity(&row, connector, section.trim_start_matches(ENTITY))?,
    };
    let metadata = SkillMetadata::new(&row, &definition);
    Ok(Json(SkillDocs { metadata, outline, content, section_id: query.section }))
}

fn outline(row: &ConnectorRow, connector: &Connector) -> Result<Vec<Section>, ApiError> {
    let title = format!("What {} is for", connector.head().title);
    let mut outline = vec![Section { id: OVERVIEW.to_owned(), title, summary: None, available: true }];
    for entity in connector.entities()? {
        if entity.operations().any(|operation| row.offers(operation)) {
            outline.push(Section {
                id: format!("{ENTITY}{}", entity.name),
                title: entity.title.clone(),
                summary: entity.summary.clone(),
                available: true,
            });
        }
    }
    Ok(outline)
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph { text: text.into() }
}

fn overview(row: &ConnectorRow, connector: &Connector) -> Result<Vec<Block>, ApiError> {
    let head = connector.head();
    let mut blocks = vec![Block::Heading { level: 1, text: row.name.clone() }, paragraph(&head.summary)];
    if let Some(hints) = &head.hints {
        blocks.extend(hints.when_to_use.iter().chain(&hints.search_strategy).map(|text| paragraph(text.trim())));
    }
    let Guide::Index(index) = Subject::find(connector, None, None)?.for_agent(connector)? else { return Ok(blocks) };
    let is_shown =
        |entity: &str, action: &str| connector.operation(entity, action).is_ok_and(|operation| row.offers(operation));
    let shown = index.entities.iter().filter(|one| one.actions.iter().any(|it| is_shown(&one.entity, &it.action)));
    let rows = shown.map(|entity| {
        let actions = entity.actions.iter().map(|action| action.action.clone());
        let actions: Vec<_> = actions.filter(|action| is_shown(&entity.entity, action)).collect();
        vec![entity.entity.clone(), actions.join(", ")]
    });
    blocks.push(Block::Table { headers: vec!["entity".to_owned(), "actions".to_owned()], rows: rows.collect() });
    blocks.push(paragraph("Read the section of an entity before its first call."));
    Ok(blocks)
}

fn entity(row: &ConnectorRow, connector: &Connector, name: &str) -> Result<Vec<Block>, ApiError> {
    let Guide::Entity(guide) = Subject::find(connector, Some(name), None)?.for_agent(connector)? else {
        return Ok(Vec::new());
    };
    let EntityGuide { summary, description, when_to_use, search_strategy, actions, .. } = &guide;
    let mut blocks = vec![Block::Heading { level: 1, text: guide.entity.clone() }];
    let texts = [summary, description, when_to_use, search_strategy];
    blocks.extend(texts.into_iter().flatten().map(|text| paragraph(text.trim())));
    for ActionLine { action, .. } in actions {
        if !row.offers(connector.operation(name, action)?) {
            continue;
        }
        let Guide::Operation(operation) = Subject::find(connector, Some(name), Some(action))?.for_agent(connector)?
        else {
            continue;
        };
        blocks.push(Block::Heading { level: 2, text: format!("{name}.{action}") });
        blocks.extend(operation.summary.iter().map(|text| paragraph(text.trim())));
        if operation.destructive {
            blocks.push(paragraph("It can destroy something."));
        }
        blocks.push(Block::Code { language: "json".to_owned(), text: operation.params.to_string() });
        let calls = operation.examples.iter().map(|example| example.call.to_string());
        blocks.extend(calls.map(|text| Block::Code { language: "json".to_owned(), text }));
        if !operation.answer.fields.is_empty() {
            blocks.push(Block::List { items: operation.answer.fields.clone() });
        }
    }
    Ok(blocks)
}
