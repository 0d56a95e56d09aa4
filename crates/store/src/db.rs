//! One way of speaking SQL to two databases: SQLite on one machine, PostgreSQL past it.
//!
//! Statements are written once. What differs is here: how a connection is set up, how a transaction keeps others from
//! writing, and how many rows travel in one statement (`VALUES` lists to SQLite, arrays to PostgreSQL). Names follow sqlx,
//! whose own `Any` driver knows neither arrays nor how a transaction begins ([why](../../../docs/decisions/0032-two-databases-one-text.md)).

use std::str::FromStr as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query as SqlxQuery;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{
    AssertSqlSafe, Connection as _, Database, Postgres, Row as _, SqlSafeStr as _, SqlStr, Sqlite,
    Transaction,
};

use crate::error::StoreError;

/// How long a writer waits for another.
pub(crate) const BUSY: Duration = Duration::from_secs(30);

/// Connections to PostgreSQL that one process opens at most.
const CONNECTIONS: u32 = 8;

/// An open database.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What a transaction keeps others from doing. SQLite knows one writer at a time, so there all are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lock {
    /// Changing where the log stands: its row, the lease, what is shown.
    Log,
    /// Changing what is known of vehicles: statements that wait, contents, keys, cases.
    Contents,
}

/// One connection, in a transaction or not.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(Held<Sqlite>),
    Postgres(Held<Postgres>),
}

/// How a connection is held.
pub(crate) enum Held<D: Database> {
    Pooled(PoolConnection<D>),
    Transaction(Transaction<'static, D>),
}

impl<D: Database> std::fmt::Debug for Held<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pooled(_) => "Pooled",
            Self::Transaction(_) => "Transaction",
        })
    }
}

impl<D: Database> Held<D> {
    fn get(&mut self) -> &mut D::Connection {
        match self {
            Self::Pooled(connection) => connection,
            Self::Transaction(transaction) => transaction,
        }
    }
}

/// Whether a database URL names a PostgreSQL server.
pub(crate) fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Only these two kinds are spoken; anything else would be taken for the name of a file.
fn check_kind(url: &str) -> Result<(), StoreError> {
    if is_postgres(url) || url.starts_with("sqlite:") {
        return Ok(());
    }
    Err(StoreError::DatabaseUrl(crate::places::without_password(url)))
}

impl Db {
    /// Opens the database and brings its schema up to date.
    pub(crate) async fn connect(url: &str, create: bool) -> Result<Self, StoreError> {
        check_kind(url)?;
        if is_postgres(url) {
            connect_postgres(url).await
        } else {
            connect_sqlite(url, create).await
        }
    }

    /// Opens the database as it is; `None` where there are no tables in it yet.
    pub(crate) async fn look(url: &str) -> Result<Option<Self>, StoreError> {
        check_kind(url)?;
        if !is_postgres(url) {
            let options = SqliteConnectOptions::from_str(url)?.read_only(true);
            if !options.get_filename().exists() {
                return Ok(None);
            }
            return Ok(Some(Self::Sqlite(SqlitePool::connect_with(options).await?)));
        }
        let options = PgConnectOptions::from_str(url)?;
        PgConnection::connect_with(&options).await?.close().await?;
        let db = Self::Postgres(PgPool::connect_with(options).await?);
        let there: Option<bool> = query_scalar("SELECT to_regclass('moved') IS NOT NULL")
            .fetch_optional(&db)
            .await?;
        Ok((there == Some(true)).then_some(db))
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(Held::Pooled(pool.acquire().await?)),
            Self::Postgres(pool) => Connection::Postgres(Held::Pooled(pool.acquire().await?)),
        })
    }

    /// A transaction that nobody else writes beside, as far as `lock` goes. PostgreSQL would let them: there a lock named
    /// after a table of this log is taken, which its server gives back when the connection is gone, however it went.
    pub(crate) async fn begin(&self, lock: Lock) -> Result<Connection, StoreError> {
        match self {
            Self::Sqlite(pool) => {
                let tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                Ok(Connection::Sqlite(Held::Transaction(tx)))
            }
            Self::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let sql = match lock {
                    Lock::Log => "SELECT pg_advisory_xact_lock('log'::regclass::oid::bigint)",
                    Lock::Contents => "SELECT pg_advisory_xact_lock('statement'::regclass::oid::bigint)",
                };
                sqlx::query(sql).execute(&mut *tx).await?;
                Ok(Connection::Postgres(Held::Transaction(tx)))
            }
        }
    }

    /// A transaction that sees one state of the database, whatever others write meanwhile.
    pub(crate) async fn read(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(Held::Transaction(pool.begin().await?)),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Connection::Postgres(Held::Transaction(pool.begin_with(begin).await?))
            }
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// WAL so that readers never wait for the sequencer, FULL so that a commit is on the disk, and deleted content overwritten.
async fn connect_sqlite(url: &str, create: bool) -> Result<Db, StoreError> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "MEMORY")
        // A batch of real statements writes 2 MB; with SQLite's usual 4 MB every second batch would wait for the log to be moved.
        .pragma("wal_autocheckpoint", "8192");
    let pool = SqlitePoolOptions::new()
        .max_connections(4)
        // SQLite itself ends a transaction for which there is no room on the disk, and sqlx does not learn of it: that connection
        // would never begin another one.
        .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        .connect_with(options)
        .await?;
    crate::migrations::sqlite().run(&pool).await?;
    Ok(Db::Sqlite(pool))
}

/// A connection that vanished must not hold its locks for the hours that TCP would give it, and neither must a process that
/// hangs inside a transaction: both hold up whoever wants to take over.
async fn connect_postgres(url: &str) -> Result<Db, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("carnet")
        .options([
            ("tcp_keepalives_idle", "5"),
            ("tcp_keepalives_interval", "2"),
            ("tcp_keepalives_count", "3"),
            ("lock_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("default_transaction_isolation", "read committed"),
        ]);
    // The pool would try a server that is not there for half a minute, and then not say why.
    PgConnection::connect_with(&options).await?.close().await?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                // A server set up to forget is told not to; one that waits for replicas too is left as it is.
                sqlx::query(
                    "SELECT set_config('synchronous_commit', 'on', false)
                     WHERE current_setting('synchronous_commit') IN ('off', 'local')",
                )
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .connect_with(options)
        .await?;
    crate::migrations::postgres().run(&pool).await?;
    Ok(Db::Postgres(pool))
}

/// Which database a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Connection {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Commits, where this is a transaction.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Held::Transaction(tx)) => tx.commit().await,
            Self::Postgres(Held::Transaction(tx)) => tx.commit().await,
            Self::Sqlite(Held::Pooled(_)) | Self::Postgres(Held::Pooled(_)) => Ok(()),
        }
    }

    /// Undoes everything, where this is a transaction.
    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(Held::Transaction(tx)) => tx.rollback().await,
            Self::Postgres(Held::Transaction(tx)) => tx.rollback().await,
            Self::Sqlite(Held::Pooled(_)) | Self::Postgres(Held::Pooled(_)) => Ok(()),
        }
    }
}

/// What a statement runs on.
pub(crate) enum On<'e> {
    Pool(&'e Db),
    One(&'e mut Connection),
}

impl<'e> From<&'e Db> for On<'e> {
    fn from(db: &'e Db) -> Self {
        Self::Pool(db)
    }
}

impl<'e> From<&'e mut Connection> for On<'e> {
    fn from(connection: &'e mut Connection) -> Self {
        Self::One(connection)
    }
}

/// A value that goes into a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Bytes(Option<Vec<u8>>),
    Text(Option<String>),
}

/// What stands for one placeholder: a value, or to PostgreSQL a whole column of them.
enum Bound {
    One(Value),
    Column(Vec<Value>),
}

macro_rules! value_from {
    ($($from:ty => |$v:ident| $into:expr),+ $(,)?) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Self {
                $into
            }
        }
    )+};
}

value_from! {
    i64 => |v| Self::Int(Some(v)),
    Option<i64> => |v| Self::Int(v),
    Vec<u8> => |v| Self::Bytes(Some(v)),
    &[u8] => |v| Self::Bytes(Some(v.to_vec())),
    &Vec<u8> => |v| Self::Bytes(Some(v.clone())),
    Option<Vec<u8>> => |v| Self::Bytes(v),
    String => |v| Self::Text(Some(v)),
    &str => |v| Self::Text(Some(v.to_owned())),
    &String => |v| Self::Text(Some(v.clone())),
    Option<&str> => |v| Self::Text(v.map(str::to_owned)),
    Option<String> => |v| Self::Text(v),
    &Option<String> => |v| Self::Text(v.clone()),
}

/// A row of either database.
#[derive(Debug)]
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub(crate) trait Column<'r>:
    sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

impl<'r, T> Column<'r> for T where
    T: sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}

impl Row {
    pub(crate) fn try_get<'r, T: Column<'r>>(&'r self, name: &str) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(name),
            Self::Postgres(row) => row.try_get(name),
        }
    }

    /// A value as it goes into the other database.
    pub(crate) fn value(&self, name: &str, kind: Kind) -> Result<Value, sqlx::Error> {
        Ok(match kind {
            Kind::Int => Value::Int(self.try_get(name)?),
            Kind::Bytes => Value::Bytes(self.try_get(name)?),
            Kind::Text => Value::Text(self.try_get(name)?),
        })
    }

    fn first<'r, T: Column<'r>>(&'r self) -> Result<T, sqlx::Error> {
        match self {
            Self::Sqlite(row) => row.try_get(0),
            Self::Postgres(row) => row.try_get(0),
        }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Bytes,
    Text,
}

/// How many rows a statement changed.
pub(crate) struct Done(u64);

impl Done {
    pub(crate) fn rows_affected(&self) -> u64 {
        self.0
    }
}

/// A statement with its values.
pub(crate) struct Query {
    sql: SqlStr,
    values: Vec<Bound>,
}

/// A statement both databases understand, with `$1`, `$2`… for its values.
pub(crate) fn query(sql: &'static str) -> Query {
    Query {
        sql: sql.into_sql_str(),
        values: Vec::new(),
    }
}

/// The same for one value of one row.
pub(crate) fn query_scalar<T>(sql: &'static str) -> QueryScalar<T> {
    QueryScalar(query(sql), std::marker::PhantomData)
}

impl Query {
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(Bound::One(value.into()));
        self
    }

    pub(crate) async fn execute<'e>(self, on: impl Into<On<'e>>) -> Result<Done, sqlx::Error> {
        Ok(Done(match on.into() {
            On::Pool(Db::Sqlite(pool)) => self.sqlite().execute(pool).await?.rows_affected(),
            On::Pool(Db::Postgres(pool)) => self.postgres().execute(pool).await?.rows_affected(),
            On::One(Connection::Sqlite(held)) => self.sqlite().execute(held.get()).await?.rows_affected(),
            On::One(Connection::Postgres(held)) => self.postgres().execute(held.get()).await?.rows_affected(),
        }))
    }

    pub(crate) async fn fetch_optional<'e>(self, on: impl Into<On<'e>>) -> Result<Option<Row>, sqlx::Error> {
        Ok(match on.into() {
            On::Pool(Db::Sqlite(pool)) => self.sqlite().fetch_optional(pool).await?.map(Row::Sqlite),
            On::Pool(Db::Postgres(pool)) => self.postgres().fetch_optional(pool).await?.map(Row::Postgres),
            On::One(Connection::Sqlite(held)) => {
                self.sqlite().fetch_optional(held.get()).await?.map(Row::Sqlite)
            }
            On::One(Connection::Postgres(held)) => self
                .postgres()
                .fetch_optional(held.get())
                .await?
                .map(Row::Postgres),
        })
    }

    pub(crate) async fn fetch_one<'e>(self, on: impl Into<On<'e>>) -> Result<Row, sqlx::Error> {
        self.fetch_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    pub(crate) async fn fetch_all<'e>(self, on: impl Into<On<'e>>) -> Result<Vec<Row>, sqlx::Error> {
        fn sqlite(rows: Vec<SqliteRow>) -> Vec<Row> {
            rows.into_iter().map(Row::Sqlite).collect()
        }
        fn postgres(rows: Vec<PgRow>) -> Vec<Row> {
            rows.into_iter().map(Row::Postgres).collect()
        }
        Ok(match on.into() {
            On::Pool(Db::Sqlite(pool)) => sqlite(self.sqlite().fetch_all(pool).await?),
            On::Pool(Db::Postgres(pool)) => postgres(self.postgres().fetch_all(pool).await?),
            On::One(Connection::Sqlite(held)) => sqlite(self.sqlite().fetch_all(held.get()).await?),
            On::One(Connection::Postgres(held)) => postgres(self.postgres().fetch_all(held.get()).await?),
        })
    }

    /// Row by row, for what may not fit into memory.
    pub(crate) fn fetch<'e>(self, on: impl Into<On<'e>>) -> BoxStream<'e, Result<Row, sqlx::Error>> {
        match on.into() {
            On::Pool(Db::Sqlite(pool)) => self.sqlite().fetch(pool).map(|row| row.map(Row::Sqlite)).boxed(),
            On::Pool(Db::Postgres(pool)) => self
                .postgres()
                .fetch(pool)
                .map(|row| row.map(Row::Postgres))
                .boxed(),
            On::One(Connection::Sqlite(held)) => self
                .sqlite()
                .fetch(held.get())
                .map(|row| row.map(Row::Sqlite))
                .boxed(),
            On::One(Connection::Postgres(held)) => self
                .postgres()
                .fetch(held.get())
                .map(|row| row.map(Row::Postgres))
                .boxed(),
        }
    }

    fn sqlite<'q>(self) -> SqlxQuery<'q, Sqlite, SqliteArguments> {
        fn bind<'q>(
            query: SqlxQuery<'q, Sqlite, SqliteArguments>,
            value: Value,
        ) -> SqlxQuery<'q, Sqlite, SqliteArguments> {
            match value {
                Value::Int(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
            }
        }
        self.values
            .into_iter()
            .fold(sqlx::query(self.sql), |query, bound| match bound {
                Bound::One(value) => bind(query, value),
                Bound::Column(values) => values.into_iter().fold(query, bind),
            })
    }

    fn postgres<'q>(self) -> SqlxQuery<'q, Postgres, PgArguments> {
        let mut query = sqlx::query(self.sql);
        for bound in self.values {
            query = match bound {
                Bound::One(Value::Int(v)) => query.bind(v),
                Bound::One(Value::Bytes(v)) => query.bind(v),
                Bound::One(Value::Text(v)) => query.bind(v),
                Bound::Column(values) => match values.first() {
                    None | Some(Value::Int(_)) => query.bind(column(values, |value| match value {
                        Value::Int(v) => v,
                        _ => None,
                    })),
                    Some(Value::Bytes(_)) => query.bind(column(values, |value| match value {
                        Value::Bytes(v) => v,
                        _ => None,
                    })),
                    Some(Value::Text(_)) => query.bind(column(values, |value| match value {
                        Value::Text(v) => v,
                        _ => None,
                    })),
                },
            };
        }
        query
    }
}

fn column<T>(values: Vec<Value>, take: impl Fn(Value) -> Option<T>) -> Vec<Option<T>> {
    values.into_iter().map(take).collect()
}

/// A statement that gives one value.
pub(crate) struct QueryScalar<T>(Query, std::marker::PhantomData<T>);

impl<T> QueryScalar<T>
where
    T: for<'r> Column<'r>,
{
    pub(crate) fn bind(self, value: impl Into<Value>) -> Self {
        Self(self.0.bind(value), self.1)
    }

    pub(crate) async fn fetch_one<'e>(self, on: impl Into<On<'e>>) -> Result<T, sqlx::Error> {
        self.0.fetch_one(on).await?.first()
    }

    pub(crate) async fn fetch_optional<'e>(self, on: impl Into<On<'e>>) -> Result<Option<T>, sqlx::Error> {
        self.0
            .fetch_optional(on)
            .await?
            .map(|row| row.first())
            .transpose()
    }
}

/// A statement that is put together because it speaks of many rows.
pub(crate) struct QueryBuilder {
    dialect: Dialect,
    sql: String,
    values: Vec<Bound>,
}

/// One row of [`QueryBuilder::push_values`].
pub(crate) struct Tuple(Vec<Value>);

impl Tuple {
    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.0.push(value.into());
        self
    }
}

impl QueryBuilder {
    pub(crate) fn new(dialect: Dialect, sql: impl Into<String>) -> Self {
        Self {
            dialect,
            sql: sql.into(),
            values: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, sql: &str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    pub(crate) fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.push_bound(Bound::One(value.into()));
        self
    }

    /// Several rows as a table with the columns `column1`, `column2`…; at least one row, and each as long as the first.
    pub(crate) fn push_values<I, F>(&mut self, rows: I, mut each: F) -> &mut Self
    where
        I: IntoIterator,
        F: FnMut(&mut Tuple, I::Item),
    {
        let rows = rows
            .into_iter()
            .map(|row| {
                let mut tuple = Tuple(Vec::new());
                each(&mut tuple, row);
                tuple.0
            })
            .collect::<Vec<_>>();
        match self.dialect {
            Dialect::Sqlite => self.push_rows(rows),
            Dialect::Postgres => self.push_columns(rows),
        }
        self
    }

    fn push_rows(&mut self, rows: Vec<Vec<Value>>) {
        self.sql.push_str("VALUES ");
        for (at, row) in rows.into_iter().enumerate() {
            self.sql.push_str(if at == 0 { "(" } else { ", (" });
            for (at, value) in row.into_iter().enumerate() {
                if at > 0 {
                    self.sql.push_str(", ");
                }
                self.push_bound(Bound::One(value));
            }
            self.sql.push(')');
        }
    }

    fn push_columns(&mut self, rows: Vec<Vec<Value>>) {
        let mut columns: Vec<Vec<Value>> = Vec::new();
        for row in rows {
            columns.resize_with(row.len(), Vec::new);
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let mut names = String::new();
        self.sql.push_str("SELECT * FROM UNNEST(");
        for (at, column) in columns.into_iter().enumerate() {
            if at > 0 {
                self.sql.push_str(", ");
                names.push_str(", ");
            }
            names.push_str(&format!("column{}", at + 1));
            self.push_bound(Bound::Column(column));
        }
        self.sql.push_str(") AS u (");
        self.sql.push_str(&names);
        self.sql.push(')');
    }

    /// `IN (…)`.
    pub(crate) fn push_in<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        match self.dialect {
            Dialect::Sqlite => {
                self.sql.push_str(" IN (");
                for (at, value) in values.into_iter().enumerate() {
                    if at > 0 {
                        self.sql.push_str(", ");
                    }
                    self.push_bound(Bound::One(value));
                }
                self.sql.push(')');
            }
            Dialect::Postgres => {
                self.sql.push_str(" = ANY(");
                self.push_bound(Bound::Column(values));
                self.sql.push(')');
            }
        }
        self
    }

    /// SQLite looks a numbered placeholder up among all those before it, one without number not.
    fn push_bound(&mut self, bound: Bound) {
        self.values.push(bound);
        match self.dialect {
            Dialect::Sqlite => self.sql.push('?'),
            Dialect::Postgres => {
                let number = self.values.len();
                self.sql.push_str(&format!("${number}"));
                if let Some(Bound::Column(values)) = self.values.last() {
                    self.sql.push_str(match values.first() {
                        None | Some(Value::Int(_)) => "::bigint[]",
                        Some(Value::Bytes(_)) => "::bytea[]",
                        Some(Value::Text(_)) => "::text[]",
                    });
                }
            }
        }
    }

    /// The statement. Its text holds only what this program wrote; every value is bound.
    pub(crate) fn build(self) -> Query {
        Query {
            sql: AssertSqlSafe(self.sql).into_sql_str(),
            values: self.values,
        }
    }
}
