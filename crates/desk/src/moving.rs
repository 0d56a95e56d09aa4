//! Moving a log to another database and object store; keys, policy and the cosigners' memory stay in the data directory.

use store::{MoveReport, Moving, Store};

use crate::data_dir::{DataDir, Passphrase};
use crate::desk::Keys;
use crate::error::DeskError;

/// Carries the log from where `from` has it to where `to` says; both are of the same data directory. A dry run looks whether
/// all could be done and changes nothing.
///
/// # Errors
/// Source and target are one database, somebody is sealing, not all that is sealed is published, there is a log at the target
/// already, or storage failed. Before
/// the copy is verified nothing changes at the source.
pub async fn move_log(
    from: &DataDir,
    to: &DataDir,
    passphrase: &Passphrase,
    dry_run: bool,
    progress: impl FnMut(Moving),
) -> Result<MoveReport, DeskError> {
    if from.has_database() && !from.database().exists() {
        return Err(DeskError::NoLog(from.root().to_owned()));
    }
    if from.database_place() == to.database_place() {
        let problem = "the log is there already, and nothing was touched; say where it shall be with --to-database URL \
                       (postgres://…), and with --to-objects URL (s3://…) for its public files";
        return Err(DeskError::value("database", to.database_shown(), problem));
    }
    if to.has_database() && to.database().exists() {
        let problem = "is in the way, probably the database this log once moved from; move it aside, with what \
                       follows its name (-wal, -shm), and run the same again";
        return Err(DeskError::malformed(&to.database(), problem));
    }
    let source = Store::inspect(Keys::read(from, passphrase)?.options(from)?).await?;
    let target = Keys::read(to, passphrase)?.options(to)?;
    let same_objects = from.objects_place() == to.objects_place();
    let report = source
        .move_to(target, &from.database_url(), same_objects, dry_run, progress)
        .await;
    source.close().await?;
    Ok(report?)
}
