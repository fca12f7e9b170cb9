//! Logging in without a client: a code that an operator gives somebody, and that becomes a client once.

use sqlx::Row as _;
use uuid::Uuid;

use crate::keys::random;

use super::applications::{digest_of, random_text};
use super::{Store, StoreError, json, now};

/// The letters of a code: none that is taken for another (Crockford's base 32, in which each stands for five bits).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many letters a code has: 80 bits.
const LENGTH: usize = 16;

/// Whom somebody logs in as.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    /// The organizations that the client will act for.
    pub organizations: Vec<Uuid>,
    /// What it will be called, where that is known.
    pub name: Option<String>,
}

impl Store {
    /// A new code with which somebody logs in once, for so many milliseconds.
    pub(crate) async fn add_login_code(&self, login: &Login, life: i64) -> Result<String, StoreError> {
        let code = new_code()?;
        self.put_login(&digest_of(&code), login, None, life).await?;
        let groups: Vec<_> = code.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect();
        Ok(groups.join("-"))
    }

    /// Turns a code into what a browser brings back to whoever knows the verifier of this challenge. `None`: it does not count.
    pub(crate) async fn exchange_login_code(
        &self,
        code: &str,
        challenge: &str,
        life: i64,
    ) -> Result<Option<String>, StoreError> {
        let Some(login) = self.use_login_code(code).await? else { return Ok(None) };
        Ok(Some(self.add_login_grant(&login, challenge, life).await?))
    }

    /// What a browser brings back to whoever knows the verifier of this challenge.
    pub(crate) async fn add_login_grant(
        &self,
        login: &Login,
        challenge: &str,
        life: i64,
    ) -> Result<String, StoreError> {
        let grant = random_text()?;
        self.put_login(&digest_of(&grant), login, Some(challenge), life).await?;
        Ok(grant)
    }

    /// Uses a code up. `None`: it does not count.
    pub(crate) async fn use_login_code(&self, code: &str) -> Result<Option<Login>, StoreError> {
        Ok(self.take_login(&digest_of(&plain(code)), false).await?.map(|(login, _)| login))
    }

    /// Uses up what a browser has brought back. `None`: it does not count, or this is not its verifier.
    pub(crate) async fn use_login_grant(&self, grant: &str, verifier: &str) -> Result<Option<Login>, StoreError> {
        let taken = self.take_login(&digest_of(grant), true).await?;
        // A challenge is what `digest_of` makes of its verifier (RFC 7636, S256).
        let fits = |challenge: &Option<String>| challenge.as_deref() == Some(digest_of(verifier).as_str());
        Ok(taken.filter(|(_, challenge)| fits(challenge)).map(|(login, _)| login))
    }

    async fn put_login(
        &self,
        digest: &str,
        login: &Login,
        challenge: Option<&str>,
        life: i64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO login_codes (digest, organizations, name, challenge, expires_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let query = sqlx::query(sql).bind(digest).bind(serde_json::json!(login.organizations).to_string());
        let query = query.bind(login.name.as_deref()).bind(challenge).bind(now() + life);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Takes a code, or a grant, that has not expired: it is given out once.
    async fn take_login(&self, digest: &str, is_grant: bool) -> Result<Option<(Login, Option<String>)>, StoreError> {
        let sql = "SELECT organizations, name, challenge, expires_at FROM login_codes WHERE digest = $1";
        let Some(row) = sqlx::query(sql).bind(digest).fetch_optional(&self.pool).await? else { return Ok(None) };
        let challenge: Option<String> = row.try_get("challenge")?;
        if challenge.is_some() != is_grant {
            return Ok(None);
        }
        // Of two who ask, one deletes it.
        let deleted = sqlx::query("DELETE FROM login_codes WHERE digest = $1").bind(digest);
        let is_first = deleted.execute(&self.pool).await?.rows_affected() == 1;
        let is_fresh = row.try_get::<i64, _>("expires_at")? > now();
        let login = Login { organizations: json(row.try_get("organizations")?)?, name: row.try_get("name")? };
        Ok((is_first && is_fresh).then_some((login, challenge)))
    }

    /// Notes that a sign-in elsewhere, which counts until then, has been answered. `false`: it has been before, at whichever server.
    pub(crate) async fn answer_sign_in(&self, state: &str, until: i64) -> Result<bool, StoreError> {
        let sql = "INSERT INTO login_codes (digest, organizations, expires_at) VALUES ($1, '[]', $2) \
                   ON CONFLICT DO NOTHING";
        // No code and no grant has this digest: none has a space in it.
        let query = sqlx::query(sql).bind(digest_of(&format!("sign in {state}"))).bind(until);
        Ok(query.execute(&self.pool).await?.rows_affected() == 1)
    }

    /// Forgets codes that nobody has used in time.
    pub(crate) async fn forget_login_codes(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM login_codes WHERE expires_at < $1").bind(now()).execute(&self.pool).await?;
        Ok(())
    }
}

fn new_code() -> Result<String, StoreError> {
    let bytes = random::<LENGTH>()?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

/// A code as somebody types it: in any case, with or without dashes, with an O for a zero.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase());
    letters
        .map(|c| match c {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .take(LENGTH + 1)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = new_code().unwrap();
        assert_eq!(code.len(), LENGTH);
        assert_eq!(plain(&code), code);
        assert_eq!(plain(" abcd-0oil "), "ABCD0011");
    }
}
