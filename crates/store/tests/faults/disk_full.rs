//! No space left: in the object store, in the database, and on a real small disk.

use std::path::{Path, PathBuf};
use std::process::Command;

use store::{Options, Store, StoreError, Submitted};

use crate::faulty::FaultyFiles;
use crate::test_log::{TestLog, digests, past_one_machine, statements};

#[tokio::test]
async fn when_the_object_store_is_full_statements_are_still_accepted_and_sealed_once_there_is_space() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let files = FaultyFiles::over(log.files());
    let store = Store::open(Options {
        objects: files.clone(),
        ..log.options()
    })
    .await
    .unwrap();
    let published = log.published().unwrap();
    files.set_full(true);

    assert_eq!(
        store.submit(&statements(0..3)).await.unwrap(),
        [Submitted::Accepted; 3]
    );
    let error = store.seal().await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Object { path, .. } if path.starts_with("staging/")),
        "{error}"
    );
    assert_eq!(log.published().unwrap(), published);

    files.set_full(false);
    store.seal().await.unwrap();
    assert_eq!(
        log.assert_sound(&store, &[published]).await,
        digests(&statements(0..3))
    );
}

#[tokio::test]
async fn when_the_database_is_full_nothing_is_accepted_and_what_was_is_safe() {
    if past_one_machine() {
        println!("SKIPPED: filling the disk of a database server is a test of that server");
        return;
    }
    let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(disk) = SmallDisk::mount(small.path()) else {
        return;
    };
    std::os::unix::fs::symlink(large.path(), disk.0.join("log")).unwrap();
    let log = TestLog::at(&disk.0);
    let store = log.found().await;
    store.submit(&statements(0..3)).await.unwrap();
    fill(&disk.0.join("filler"), 0);

    let error = store.submit(&statements(3..500)).await.unwrap_err();
    assert!(error.to_string().contains("full"), "{error}");
    // Each connection has met the full disk once, and none is spoilt by it.
    for _ in 0..8 {
        let error = store.seal().await.unwrap_err();
        assert!(error.to_string().contains("full"), "{error}");
    }

    std::fs::remove_file(disk.0.join("filler")).unwrap();
    store.close().await.unwrap();
    let store = log.open().await;
    assert_eq!(
        store.submit(&statements(3..500)).await.unwrap(),
        [Submitted::Accepted; 497]
    );
    store.seal().await.unwrap();
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..500)));
    store.close().await.unwrap();
}

/// A file system in memory, two megabytes large; unmounted at the end.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(at)
            .output();
        if mounted.is_ok_and(|done| done.status.success()) {
            return Some(Self(at.to_owned()));
        }
        println!("SKIPPED: a small disk cannot be mounted here (that takes root)");
        None
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test]
async fn on_a_disk_that_fills_up_nothing_acknowledged_is_lost() {
    if past_one_machine() {
        println!("SKIPPED: filling the disk of a database server is a test of that server");
        return;
    }
    let mount = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(mount.path()) else {
        return;
    };
    for spare in (0..200_000).step_by(20_000) {
        let dir = disk.0.join(spare.to_string());
        std::fs::create_dir(&dir).unwrap();
        let log = TestLog::at(&dir);
        log.found().await.close().await.unwrap();
        let filler = disk.0.join("filler");
        fill(&filler, spare);

        // Until something fails; what and where depends on how much space is spared.
        let (mut acknowledged, mut failed) = (0, false);
        if let Ok(store) = Store::open(log.options()).await {
            for n in 0..40 {
                let some = statements(n * 20..(n + 1) * 20);
                if store.submit(&some).await.is_err() {
                    failed = true;
                    break;
                }
                acknowledged += 20;
                if store.seal().await.is_err() {
                    failed = true;
                    break;
                }
            }
            let _ = store.close().await;
        } else {
            failed = true;
        }
        assert!(failed, "the disk did not fill up with {spare} bytes to spare");

        std::fs::remove_file(&filler).unwrap();
        let store = log.open().await;
        store.seal().await.unwrap();
        let sealed = log.assert_sound(&store, &[]).await;
        assert!(
            sealed.len() as u64 >= acknowledged,
            "{spare} bytes to spare: {} of {acknowledged}",
            sealed.len()
        );
        store.submit(&statements(0..100)).await.unwrap();
        store.seal().await.unwrap();
        log.assert_sound(&store, &[]).await;
        store.close().await.unwrap();
        std::fs::remove_dir_all(&dir).unwrap();
    }
}

/// Writes until there is no space, and then gives `spare` bytes back.
fn fill(path: &Path, spare: u64) {
    use std::io::Write as _;
    let mut file = std::fs::File::create(path).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    let len = file.metadata().unwrap().len();
    file.set_len(len.saturating_sub(spare)).unwrap();
}
