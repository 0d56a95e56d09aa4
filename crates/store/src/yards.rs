//! Yards: which organisation has which car, and the links by which it shows a car's dossier to somebody.
//!
//! Numbers of cars, lots and notes are encrypted under the content key: who gets hold of the database alone learns no
//! exporter's stock.

use index::Label;
use statement::KeyId;

use crate::db::{Row, query, query_scalar};
use crate::error::StoreError;
use crate::log_row::{bytes32, unsigned};
use crate::open::Store;
use crate::trail::Deed;

/// A car in a yard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredYardCar {
    /// Whose yard.
    pub organisation: String,
    /// The car.
    pub label: Label,
    /// Its number in canonical form.
    pub vehicle: String,
    /// The lot number, or empty.
    pub lot: String,
    /// A note, or empty.
    pub note: String,
    /// When it was added, in Unix seconds.
    pub added: i64,
    /// When it was confirmed that the organisation holds the car.
    pub confirmed: Option<i64>,
}

/// A link by which anybody who has it sees a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredShare {
    /// Names it in lists; no secret.
    pub id: String,
    /// Whose.
    pub organisation: String,
    /// The car.
    pub label: Label,
    /// Its number in canonical form.
    pub vehicle: String,
    /// Which personal fields it shows: names separated by commas, `all`, or empty for none.
    pub fields: String,
    /// The account that made it.
    pub created_by: String,
    /// When, in Unix seconds.
    pub created: i64,
    /// When it ends.
    pub expires: i64,
    /// When it was withdrawn.
    pub withdrawn: Option<i64>,
}

/// Between number and lot in what is encrypted; neither holds a line break.
const BETWEEN: char = '\n';

impl Store {
    /// The cars in a yard, oldest first.
    ///
    /// # Errors
    /// The database failed, or is of another log.
    pub async fn yard(&self, organisation: &str) -> Result<Vec<StoredYardCar>, StoreError> {
        let rows = query("SELECT * FROM yard WHERE organisation = $1 ORDER BY added, label")
            .bind(organisation)
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(|row| self.yard_car_of(row)).collect()
    }

    /// A car in a yard, if it is there.
    ///
    /// # Errors
    /// The database failed, or is of another log.
    pub async fn yard_car(
        &self,
        organisation: &str,
        label: &Label,
    ) -> Result<Option<StoredYardCar>, StoreError> {
        let row = query("SELECT * FROM yard WHERE organisation = $1 AND label = $2")
            .bind(organisation)
            .bind(label.0.to_vec())
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(|row| self.yard_car_of(row)).transpose()
    }

    /// Puts a car into a yard, or changes its lot and note there. Once confirmed it stays so.
    ///
    /// # Errors
    /// There is no such organisation, or the database failed.
    pub async fn put_yard_car(&self, car: &StoredYardCar, deed: &Deed) -> Result<(), StoreError> {
        let row = row_name(&car.organisation, &car.label);
        let sealed = self
            .vault
            .seal_private(&row, &format!("{}{BETWEEN}{}", car.vehicle, car.lot))?;
        let note = match car.note.as_str() {
            "" => None,
            note => Some(self.vault.seal_private(&format!("{row} note"), note)?),
        };
        let mut tx = self.write().await?;
        query(
            "INSERT INTO yard (organisation, label, car, note, added, confirmed) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (organisation, label) DO UPDATE SET car = excluded.car, note = excluded.note,
                 confirmed = coalesce(yard.confirmed, excluded.confirmed)",
        )
        .bind(&car.organisation)
        .bind(car.label.0.to_vec())
        .bind(sealed)
        .bind(note)
        .bind(car.added)
        .bind(car.confirmed)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("yard", tx).await
    }

    /// Confirms that an organisation holds a car, which is put into its yard where it is not there. What is written beside it is
    /// not touched, so that nothing comes back that was erased meanwhile. Once confirmed it stays so, as of then.
    ///
    /// # Errors
    /// There is no such organisation, or the database failed.
    pub async fn confirm_yard_car(
        &self,
        organisation: &str,
        label: &Label,
        vehicle: &str,
        deed: &Deed,
    ) -> Result<(), StoreError> {
        let row = row_name(organisation, label);
        let sealed = self.vault.seal_private(&row, &format!("{vehicle}{BETWEEN}"))?;
        let mut tx = self.write().await?;
        query(
            "INSERT INTO yard (organisation, label, car, note, added, confirmed) VALUES ($1, $2, $3, NULL, $4, $4)
             ON CONFLICT (organisation, label) DO UPDATE SET confirmed = coalesce(yard.confirmed, excluded.confirmed)",
        )
        .bind(organisation)
        .bind(label.0.to_vec())
        .bind(sealed)
        .bind(deed.at)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("yard", tx).await
    }

    /// Takes a car out of a yard; `false` where it is not there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remove_yard_car(
        &self,
        organisation: &str,
        label: &Label,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = query("DELETE FROM yard WHERE organisation = $1 AND label = $2")
            .bind(organisation)
            .bind(label.0.to_vec())
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("yard", tx).await?;
        Ok(true)
    }

    /// How many cars are in a yard.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_yard(&self, organisation: &str) -> Result<u64, StoreError> {
        let count: i64 = query_scalar("SELECT count(*) FROM yard WHERE organisation = $1")
            .bind(organisation)
            .fetch_one(&self.db)
            .await?;
        unsigned("yard", count)
    }

    /// How many links an organisation has made.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_shares(&self, organisation: &str) -> Result<u64, StoreError> {
        let count: i64 = query_scalar("SELECT count(*) FROM share_link WHERE organisation = $1")
            .bind(organisation)
            .fetch_one(&self.db)
            .await?;
        unsigned("share_link", count)
    }

    /// The keys that sealed statements about a car are signed with, each once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sealed_keys(&self, label: &Label) -> Result<Vec<KeyId>, StoreError> {
        let rows = query(
            "SELECT DISTINCT key_id FROM statement
             WHERE substr(label, 1, 8) = substr($1, 1, 8) AND label = $1 AND log_index IS NOT NULL",
        )
        .bind(label.0.to_vec())
        .fetch_all(&self.db)
        .await?;
        rows.iter()
            .map(|row| Ok(KeyId(bytes32("statement", row.try_get("key_id")?)?)))
            .collect()
    }

    fn yard_car_of(&self, row: &Row) -> Result<StoredYardCar, StoreError> {
        let organisation: String = row.try_get("organisation")?;
        let label = Label(bytes32("yard", row.try_get("label")?)?);
        let name = row_name(&organisation, &label);
        let car: Vec<u8> = row.try_get("car")?;
        let car = self.vault.open_private("yard", &name, &car)?;
        let (vehicle, lot) = car.split_once(BETWEEN).unwrap_or((&car, ""));
        let note = match row.try_get::<Option<Vec<u8>>>("note")? {
            Some(note) => self.vault.open_private("yard", &format!("{name} note"), &note)?,
            None => String::new(),
        };
        Ok(StoredYardCar {
            vehicle: vehicle.to_owned(),
            lot: lot.to_owned(),
            note,
            added: row.try_get("added")?,
            confirmed: row.try_get("confirmed")?,
            organisation,
            label,
        })
    }

    /// Adds a link.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_share(
        &self,
        share: &StoredShare,
        hash: &[u8; 32],
        deed: &Deed,
    ) -> Result<(), StoreError> {
        let car = self.vault.seal_private(&share_name(&share.id), &share.vehicle)?;
        let mut tx = self.write().await?;
        query(
            "INSERT INTO share_link (id, hash, organisation, label, car, fields, created_by, created, expires)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&share.id)
        .bind(hash.to_vec())
        .bind(&share.organisation)
        .bind(share.label.0.to_vec())
        .bind(car)
        .bind(&share.fields)
        .bind(&share.created_by)
        .bind(share.created)
        .bind(share.expires)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("share link", tx).await
    }

    /// The link whose secret has this hash, whether or not it has ended.
    ///
    /// # Errors
    /// The database failed, or is of another log.
    pub async fn share(&self, hash: &[u8; 32]) -> Result<Option<StoredShare>, StoreError> {
        let row = query("SELECT * FROM share_link WHERE hash = $1")
            .bind(hash.to_vec())
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(|row| self.share_of(row)).transpose()
    }

    /// All links of an organisation, newest first.
    ///
    /// # Errors
    /// The database failed, or is of another log.
    pub async fn shares(&self, organisation: &str) -> Result<Vec<StoredShare>, StoreError> {
        let rows = query("SELECT * FROM share_link WHERE organisation = $1 ORDER BY created DESC, id")
            .bind(organisation)
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(|row| self.share_of(row)).collect()
    }

    /// Withdraws a link of an organisation that is not withdrawn yet; `false` where there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn withdraw_share(
        &self,
        id: &str,
        organisation: &str,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = query(
            "UPDATE share_link SET withdrawn = $1 WHERE id = $2 AND organisation = $3 AND withdrawn IS NULL",
        )
        .bind(deed.at)
        .bind(id)
        .bind(organisation)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("share link", tx).await?;
        Ok(true)
    }

    fn share_of(&self, row: &Row) -> Result<StoredShare, StoreError> {
        let id: String = row.try_get("id")?;
        let car: Vec<u8> = row.try_get("car")?;
        Ok(StoredShare {
            vehicle: self.vault.open_private("share_link", &share_name(&id), &car)?,
            organisation: row.try_get("organisation")?,
            label: Label(bytes32("share_link", row.try_get("label")?)?),
            fields: row.try_get("fields")?,
            created_by: row.try_get("created_by")?,
            created: row.try_get("created")?,
            expires: row.try_get("expires")?,
            withdrawn: row.try_get("withdrawn")?,
            id,
        })
    }
}

fn row_name(organisation: &str, label: &Label) -> String {
    format!("yard {organisation} {}", hex::encode(label.0))
}

fn share_name(id: &str) -> String {
    format!("share_link {id}")
}
