//! A played OpenID Connect provider, which a test lets lie.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use ring::{hmac, signature};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// A throw-away key that a test of the engine has too.
const RSA: &str = include_str!("../../../../engine/src/auth/oauth2/jwt_test_key.json");
pub const CLIENT: &str = "tieline-at-idp";
pub const SECRET: &str = "s3cret: of+the client";

/// How the provider signs.
#[derive(Clone, Copy, Default)]
pub enum Signing {
    #[default]
    Es256,
    Rs256,
    /// With a key that it does not publish, under the name of one that it does.
    Forged,
    /// With a key that it has published since.
    Rolled,
    /// Not at all.
    Unsigned,
    /// With what everybody knows: its public key.
    Hs256,
}

#[derive(Default)]
pub struct Seen {
    pub signing: Signing,
    /// What differs in the claims; null leaves one out.
    pub claims: Value,
    /// What differs in what it says of itself.
    pub document: Value,
    /// How large its answers are made.
    pub padding: usize,
    pub keys_read: usize,
    /// What nobody may find in a log.
    pub secrets: Vec<String>,
    /// Each code with nonce, challenge and redirect URI.
    codes: HashMap<String, [String; 3]>,
}

pub struct Provider {
    pub url: String,
    pub seen: Arc<Mutex<Seen>>,
}

#[derive(Clone)]
struct Shared {
    url: String,
    seen: Arc<Mutex<Seen>>,
    keys: Arc<[EcdsaKeyPair; 3]>,
    rsa: Arc<RsaKeyPair>,
}

impl Provider {
    pub async fn start() -> Self {
        let random = SystemRandom::new();
        let key = || {
            let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap()
        };
        let file: Value = serde_json::from_str(RSA).unwrap();
        let pem = file["private_key"].as_str().unwrap();
        let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let rsa = RsaKeyPair::from_pkcs8(&BASE64_STANDARD.decode(der).unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let keys = Arc::new([key(), key(), key()]);
        let shared = Shared { url: url.clone(), seen: seen.clone(), keys, rsa: Arc::new(rsa) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(document))
            .route("/keys", get(jwks))
            .route("/token", post(token))
            .with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    pub fn says(&self, claims: Value) {
        self.seen.lock().unwrap().claims = claims;
    }

    pub fn signs(&self, signing: Signing) {
        self.seen.lock().unwrap().signing = signing;
    }

    /// Somebody agrees on the page at this address: what their browser brings back.
    pub fn agreed(&self, page: &Url) -> String {
        let value = |name: &str| page.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        assert_eq!(page.path(), "/authorize");
        assert_eq!((value("response_type"), value("client_id")), ("code".to_owned(), CLIENT.to_owned()));
        assert_eq!((value("code_challenge_method"), value("scope")), ("S256".to_owned(), "openid email".to_owned()));
        let code = format!("idp-code-{}", uuid::Uuid::new_v4());
        let kept = [value("nonce"), value("code_challenge"), value("redirect_uri")];
        let mut seen = self.seen.lock().unwrap();
        seen.secrets.extend([code.clone(), value("nonce"), value("state")]);
        seen.codes.insert(code.clone(), kept);
        format!("code={code}&state={}", value("state"))
    }
}

fn with(mut object: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    object
}

async fn document(State(shared): State<Shared>) -> Json<Value> {
    let url = &shared.url;
    let seen = shared.seen.lock().unwrap();
    let document = json!({
        "issuer": url,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "padding": "x".repeat(seen.padding),
    });
    Json(with(document, &seen.document))
}

fn public(kid: &str, key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = (BASE64URL.encode(&point[1..33]), BASE64URL.encode(&point[33..]));
    json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": x, "y": y })
}

async fn jwks(State(shared): State<Shared>) -> Json<Value> {
    let mut seen = shared.seen.lock().unwrap();
    seen.keys_read += 1;
    let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(shared.rsa.public());
    let rsa = json!({ "kty": "RSA", "kid": "r1", "alg": "RS256", "n": BASE64URL.encode(n), "e": BASE64URL.encode(e) });
    let mut keys = vec![json!({ "kty": "OKP", "kid": 7 }), public("e1", &shared.keys[0]), rsa];
    if matches!(seen.signing, Signing::Rolled) {
        keys.push(public("e2", &shared.keys[1]));
    }
    Json(json!({ "keys": keys }))
}

async fn token(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let form: HashMap<_, _> = url::form_urlencoded::parse(&body).into_owned().collect();
    let mut seen = shared.seen.lock().unwrap();
    let refused =
        |code: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": code, "error_description": form["code"] })));
    let basic = BASE64_STANDARD.encode(format!("{CLIENT}:s3cret%3A+of%2Bthe+client"));
    let is_known = match seen.document.get("token_endpoint_auth_methods_supported") {
        Some(methods) if methods == &json!(["none"]) => {
            form["client_id"] == CLIENT && !form.contains_key("client_secret") && !headers.contains_key("authorization")
        }
        Some(_) => form.get("client_secret").map(String::as_str) == Some(SECRET),
        None => headers.get("authorization").is_some_and(|given| given == &format!("Basic {basic}")),
    };
    if !is_known {
        return refused("invalid_client");
    }
    let Some([nonce, challenge, redirect_uri]) = seen.codes.remove(&form["code"]) else {
        return refused("invalid_grant");
    };
    if BASE64URL.encode(digest(&SHA256, form["code_verifier"].as_bytes())) != challenge
        || form["redirect_uri"] != redirect_uri
    {
        return refused("invalid_grant");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let claims = json!({
        "iss": shared.url, "sub": "u1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
        "email": "somebody@example.com", "email_verified": true,
    });
    let id_token = signed(&shared, seen.signing, &with(claims, &seen.claims));
    seen.secrets.extend([id_token.clone(), form["code_verifier"].clone(), "idp-access-token".to_owned(), basic]);
    (StatusCode::OK, Json(json!({ "access_token": "idp-access-token", "token_type": "Bearer", "id_token": id_token })))
}

fn signed(shared: &Shared, signing: Signing, claims: &Value) -> String {
    let (alg, kid) = match signing {
        Signing::Es256 | Signing::Forged => ("ES256", "e1"),
        Signing::Rolled => ("ES256", "e2"),
        Signing::Rs256 => ("RS256", "r1"),
        Signing::Unsigned => ("none", "e1"),
        Signing::Hs256 => ("HS256", "e1"),
    };
    let header = json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let text = format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
    let random = SystemRandom::new();
    let ecdsa = |at: usize| shared.keys[at].sign(&random, text.as_bytes()).unwrap().as_ref().to_vec();
    let signature = match signing {
        Signing::Es256 => ecdsa(0),
        Signing::Rolled => ecdsa(1),
        Signing::Forged => ecdsa(2),
        Signing::Unsigned => Vec::new(),
        Signing::Hs256 => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, shared.keys[0].public_key().as_ref());
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
        Signing::Rs256 => {
            let mut bytes = vec![0; shared.rsa.public().modulus_len()];
            let padding: &dyn signature::RsaEncoding = &RSA_PKCS1_SHA256;
            shared.rsa.sign(padding, &random, text.as_bytes(), &mut bytes).unwrap();
            bytes
        }
    };
    format!("{text}.{}", BASE64URL.encode(signature))
}
