"""The peer's own Python package, unmodified, against a server of ours.

Environment: SDK_DEV_ADP_API_HOST is the server, AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET its client, SLOW a second server over
the same database that allows one request a second.
"""

import asyncio
import json
import os
import urllib.request

import airbyte_agent_sdk as sdk
from airbyte_agent_sdk import AirbyteAuthConfig, Workspace, connect
from airbyte_agent_sdk.connectors.notion import NotionConnector

HOST = os.environ["SDK_DEV_ADP_API_HOST"]
CLIENT = {"client_id": os.environ["AIRBYTE_CLIENT_ID"], "client_secret": os.environ["AIRBYTE_CLIENT_SECRET"]}


def call(method, path, body=None, token=None):
    """One request without the package, to set things up."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(HOST + path, data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def make(token, workspace, name):
    body = {"workspace_name": workspace, "connector_type": "Notion", "name": name, "credentials": {"token": "ntn_value"}}
    return call("POST", "/api/v1/integrations/connectors", body, token)["id"]


async def raises(kind, calling):
    """What is raised, which must be of exactly this kind."""
    try:
        result = calling()
        if asyncio.iscoroutine(result):
            result = await result
    except Exception as error:  # noqa: BLE001
        assert type(error) is kind, f"{type(error).__name__}: {error}"
        assert "ntn_value" not in str(error) and CLIENT["client_secret"] not in str(error)
        return error
    raise AssertionError(f"{kind.__name__} was not raised; it gave {result!r}")


async def main():
    token = call("POST", "/api/v1/account/applications/token", CLIENT)["access_token"]
    for workspace in ["acme", "twice", "empty"]:
        call("POST", "/api/v1/account/applications/scoped-token", {"workspace_name": workspace}, token)
    notion_id = make(token, "acme", "Notes")
    make(token, "twice", "One")
    make(token, "twice", "Two")

    connector = connect("notion", workspace_name="acme")
    users = await connector.execute("users", "list", {"page_size": 2})
    assert len(users.data) == 2, users
    assert users.meta is not None, users
    me = await connector.execute("users", "get", {"user_id": users.data[0]["id"]})
    assert me is not None
    assert connector.connector_id == notion_id
    checked = await connector.check()
    assert checked.status == "healthy", checked
    inspected = await connector.inspect_connector()
    skill = inspected["docs_skill_id"] if isinstance(inspected, dict) else inspected.docs_skill_id
    assert skill == f"connector-source:{notion_id}", inspected
    outline = await connector.read_skill_docs()
    assert "entity:users" in json.dumps(outline, default=lambda one: one.model_dump()), outline
    section = await connector.read_skill_docs(section="entity:users")
    assert "users.list" in json.dumps(section, default=lambda one: one.model_dump()), section
    lazily = NotionConnector(
        auth_config=AirbyteAuthConfig(
            workspace_name="acme",
            airbyte_client_id=CLIENT["client_id"],
            airbyte_client_secret=CLIENT["client_secret"],
        )
    )
    selected = await lazily.execute("users", "list", {"page_size": 1}, select_fields=["id"])
    assert set(selected.data[0]) == {"id"}, selected
    given = connect("notion", connector_id=notion_id)
    assert (await given.execute("users", "list")).data

    workspace = Workspace(workspace_name="acme")
    listed = await workspace.list_connectors()
    assert [(one.id, one.name, one.connector_type) for one in listed] == [(notion_id, "Notes", "Notion")], listed
    found = await workspace.get_connector(name="notion")
    assert (await found.execute("users", "list")) is not None

    # Each kind of error that the package knows.
    await raises(sdk.UnknownConnectorError, lambda: connect("no-such-connector"))
    await raises(sdk.ConnectorNotFoundError, lambda: connect("notion", workspace_name="empty"))
    await raises(sdk.ConnectorAmbiguityError, lambda: connect("notion", workspace_name="twice"))
    await raises(sdk.AuthenticationError, lambda: connect("notion", workspace_name="acme", client_id="x", client_secret="y"))
    error = await raises(sdk.ConnectorValidationError, lambda: connector.execute("users", "list", {"page_sizes": 1}))
    assert "page_size" in str(error), error
    await raises(sdk.ConnectorValidationError, lambda: connector.execute("userz", "list"))
    await raises(sdk.ConnectorValidationError, lambda: connector.execute("users", "context_store_search", {}))
    absent = connect("notion", connector_id="00000000-0000-4000-8000-000000000000")
    await raises(sdk.HTTPStatusError, lambda: absent.execute("users", "list"))
    os.environ["SDK_DEV_ADP_API_HOST"] = os.environ["SLOW"]
    slow = connect("notion", connector_id=notion_id)
    limited = None
    for _ in range(15):
        try:
            await slow.execute("users", "list")
        except sdk.RateLimitError as error:
            limited = error
            break
    assert limited is not None and limited.retry_after >= 1, limited
    os.environ["SDK_DEV_ADP_API_HOST"] = HOST

    await workspace.delete_connector(notion_id)
    assert await workspace.list_connectors() == []
    for opened in [connector, lazily, given, absent, slow]:
        await opened.close()
    print(f"airbyte-agent-sdk {sdk.SDK_VERSION}: all as it expects")


asyncio.run(main())
