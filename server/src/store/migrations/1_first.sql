-- One schema for SQLite and PostgreSQL: ids are UUIDs as text, times are milliseconds since 1970, secrets are sealed and in base64.

CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- A name is free again once its workspace is deleted.
CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  deleted_at BIGINT
);
CREATE UNIQUE INDEX workspaces_by_name ON workspaces (organization_id, name) WHERE deleted_at IS NULL;

-- A program that signs in with its id, the client id, and a secret, of which only a digest is kept.
CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  secret_digest TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
  application_id TEXT NOT NULL REFERENCES applications (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  PRIMARY KEY (application_id, organization_id)
);

-- What a connector signs in with is in `secrets`, under its id; `credentials_version` is the version since which that, and where it is
-- sent, is as it is.
CREATE TABLE connectors (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  definition_id TEXT NOT NULL,
  name TEXT NOT NULL,
  scheme TEXT,
  config TEXT NOT NULL,
  entities TEXT,
  fields TEXT NOT NULL,
  reauthorize TEXT,
  version BIGINT NOT NULL,
  credentials_version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX connectors_by_workspace ON connectors (workspace_id, definition_id);
CREATE INDEX connectors_by_organization ON connectors (organization_id, name, id);

-- `owner` and `kind` say what a secret is for, and are sealed with it. A data key of its own, wrapped by a master key.
CREATE TABLE secrets (
  owner TEXT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  wrapped_key TEXT NOT NULL,
  master_key TEXT NOT NULL,
  PRIMARY KEY (owner, kind)
);
CREATE INDEX secrets_by_master_key ON secrets (master_key);

-- The right to renew the tokens of a connector, for as long as its holder says so.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until BIGINT NOT NULL
);

-- Requests that a rate limit counts, where several servers share one database.
CREATE TABLE rate_windows (
  name TEXT PRIMARY KEY,
  sent TEXT NOT NULL
);

-- An organization's own OAuth client of a vendor; its secret is in `secrets`, under its id.
CREATE TABLE oauth_clients (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  definition_id TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (organization_id, definition_id)
);

-- A connector that somebody sets up in a browser.
CREATE TABLE setups (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  definition_id TEXT,
  name TEXT,
  replaces TEXT,
  link_digest TEXT NOT NULL UNIQUE,
  browser_digest TEXT,
  state_digest TEXT UNIQUE,
  redirect_url TEXT,
  status TEXT NOT NULL,
  error TEXT,
  connector_id TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

-- Who did what, when, and how it ended. Never a parameter, a record or a secret.
CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  organization_id TEXT NOT NULL,
  workspace_id TEXT,
  connector_id TEXT,
  client TEXT NOT NULL,
  operation TEXT NOT NULL,
  outcome TEXT NOT NULL,
  milliseconds BIGINT NOT NULL,
  request_id TEXT NOT NULL
);
CREATE INDEX audit_by_organization ON audit (organization_id, at, id);
CREATE INDEX audit_by_time ON audit (at);

-- What an operator gives somebody to log in with, once; what a browser brings back to the command line that began; and sign-ins at a
-- provider that have been answered.
CREATE TABLE login_codes (
  digest TEXT PRIMARY KEY,
  organizations TEXT NOT NULL,
  name TEXT,
  challenge TEXT,
  expires_at BIGINT NOT NULL
);
