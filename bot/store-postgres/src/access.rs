use async_trait::async_trait;
use jiff::Timestamp;
use mostik_domain::{User, UserId};
use mostik_store::{AccessStore, Secret, SecretHash, StoreError};

use crate::{
    PostgresStore, column, document,
    error::{failed, failed_on},
    time::micros,
};

#[async_trait]
impl AccessStore for PostgresStore {
    async fn save_user(&self, user: User) -> Result<(), StoreError> {
        let sql = "INSERT INTO desk_user (id, created_at, document) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET document = excluded.document";
        sqlx::query(sql)
            .bind(user.id.to_string())
            .bind(micros(user.created_at))
            .bind(document::encode(&user)?)
            .execute(&mut *self.writer().await?)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        let sql = "SELECT document FROM desk_user ORDER BY created_at, id";
        let found: Vec<String> =
            sqlx::query_scalar(sql).fetch_all(&mut *self.reader().await?).await.map_err(failed)?;
        found.iter().map(|document| document::decode(document)).collect()
    }

    async fn add_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        user: UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO access_secret (kind, hash, user_id, expires_at) \
                   VALUES ($1, $2, $3, $4)";
        sqlx::query(sql)
            .bind(kind.as_str())
            .bind(hash.as_slice())
            .bind(user.to_string())
            .bind(micros(expires_at))
            .execute(&mut *self.writer().await?)
            .await
            .map_err(failed_on("a token"))?;
        Ok(())
    }

    async fn user_by_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let sql = "SELECT u.document FROM access_secret s JOIN desk_user u ON u.id = s.user_id \
                   WHERE s.kind = $1 AND s.hash = $2 AND s.expires_at > $3";
        let found: Option<String> = sqlx::query_scalar(sql)
            .bind(kind.as_str())
            .bind(hash.as_slice())
            .bind(micros(now))
            .fetch_optional(&mut *self.reader().await?)
            .await
            .map_err(failed)?;
        found.as_deref().map(document::decode).transpose()
    }

    async fn take_secret(
        &self,
        kind: Secret,
        hash: SecretHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let mut db = self.begin().await?;
        let sql = "DELETE FROM access_secret \
                   WHERE kind = $1 AND hash = $2 AND expires_at > $3 RETURNING user_id";
        let taken: Option<String> = sqlx::query_scalar(sql)
            .bind(kind.as_str())
            .bind(hash.as_slice())
            .bind(micros(now))
            .fetch_optional(&mut *db)
            .await
            .map_err(failed)?;
        // The outdated go along, so that they do not gather for years.
        sqlx::query("DELETE FROM access_secret WHERE expires_at <= $1")
            .bind(micros(now))
            .execute(&mut *db)
            .await
            .map_err(failed)?;
        let user = match taken {
            Some(id) => {
                document::one(&mut db, "SELECT document FROM desk_user WHERE id = $1", id).await?
            }
            None => None,
        };
        db.commit().await.map_err(failed)?;
        Ok(user)
    }

    async fn installation_secret(
        &self,
        name: &str,
        make: [u8; 32],
    ) -> Result<[u8; 32], StoreError> {
        let mut db = self.begin().await?;
        let name = column::key(name);
        let sql = "INSERT INTO installation_secret (name, value) VALUES ($1, $2) \
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql)
            .bind(&name)
            .bind(make.as_slice())
            .execute(&mut *db)
            .await
            .map_err(failed)?;
        let kept: Vec<u8> =
            sqlx::query_scalar("SELECT value FROM installation_secret WHERE name = $1")
                .bind(&name)
                .fetch_one(&mut *db)
                .await
                .map_err(failed)?;
        db.commit().await.map_err(failed)?;
        kept.try_into().map_err(|_| StoreError::Corrupt { why: format!("the secret {name}") })
    }
}
