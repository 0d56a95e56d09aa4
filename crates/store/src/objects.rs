//! The immutable, public half: tiles, bundles and the checkpoint, laid out on disk as tlog-tiles says.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use sha2::{Digest as _, Sha256};
use tlog::TreeSize;
use tlog::tile::{BundleId, TileId, decode_bundle};

use crate::error::StoreError;
use crate::watch::{Step, Watch};

/// Objects written at the same time. Local disks gain from grouping fsyncs, object stores from parallel requests.
const PARALLEL: usize = 16;

/// How often to write an object that was there when it was to be written and is gone when it is looked at.
const LOOKS: u32 = 3;

/// The name of the one mutable object.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// The log's objects.
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    watch: Arc<dyn Watch>,
    /// Objects that are being written: read from here, whether they are there yet or not.
    coming: Arc<HashMap<String, Bytes>>,
}

/// A file to be published: path below the log's root, and content.
pub(crate) type Object = (String, Bytes);

impl Objects {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, watch: Arc<dyn Watch>) -> Self {
        Self {
            store,
            watch,
            coming: Arc::default(),
        }
    }

    /// The log as it will be once `objects` are written.
    pub(crate) fn with(&self, objects: &[Object]) -> Self {
        Self {
            coming: Arc::new(objects.iter().cloned().collect()),
            ..self.clone()
        }
    }

    /// Writes an object that never changes. An object that is there already must have these bytes: a retried write that
    /// had succeeded says so, and so does the second run of a recovery.
    pub(crate) async fn put_immutable(&self, path: &str, bytes: Bytes) -> Result<(), StoreError> {
        self.watch.before(&Step::Put(path.to_owned()))?;
        // Another process that staged the same batch may be done with it, and remove it between our two looks.
        for _ in 0..LOOKS {
            match self.put_or_compare(path, &bytes).await? {
                Some(true) => return self.watch.after(&Step::Put(path.to_owned())),
                Some(false) => return Err(StoreError::ObjectDiffers(path.to_owned())),
                None => {}
            }
        }
        Err(StoreError::ObjectMissing(path.to_owned()))
    }

    /// Writes an object where there is none, or looks whether it is the same; `None` where it was there and is gone.
    async fn put_or_compare(&self, path: &str, bytes: &Bytes) -> Result<Option<bool>, StoreError> {
        let options = PutOptions {
            mode: PutMode::Create,
            ..Default::default()
        };
        let payload = PutPayload::from_bytes(bytes.clone());
        let put = self.store.put_opts(&Path::from(path), payload, options).await;
        match put {
            Ok(_) => Ok(Some(true)),
            Err(object_store::Error::AlreadyExists { .. }) => {
                Ok(self.get(path).await?.map(|found| found == bytes))
            }
            // A server without conditional writes, and one told to do without.
            Err(object_store::Error::NotImplemented { .. } | object_store::Error::NotSupported { .. }) => {
                self.put_where_missing(path, bytes.clone()).await?;
                Ok(Some(true))
            }
            Err(source) => Err(StoreError::Object {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Writes an object where there is none. Two processes may both find none; they write the same bytes, because what is
    /// written follows from what was committed.
    async fn put_where_missing(&self, path: &str, bytes: Bytes) -> Result<(), StoreError> {
        match self.get(path).await? {
            Some(found) if found == bytes => Ok(()),
            Some(_) => Err(StoreError::ObjectDiffers(path.to_owned())),
            None => {
                let put = self
                    .store
                    .put(&Path::from(path), PutPayload::from_bytes(bytes))
                    .await;
                put.map(|_| ()).map_err(|source| StoreError::Object {
                    path: path.to_owned(),
                    source,
                })
            }
        }
    }

    /// Writes several, a few at a time.
    pub(crate) async fn put_all(&self, objects: Vec<Object>) -> Result<(), StoreError> {
        stream::iter(objects)
            .map(|(path, bytes)| async move { self.put_immutable(&path, bytes).await })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await
    }

    /// Copies immutable objects to another store.
    pub(crate) async fn copy_to(&self, other: &Self, paths: &[String]) -> Result<(), StoreError> {
        stream::iter(paths)
            .map(|path| async move {
                let bytes = self.get(path).await?;
                let bytes = bytes.ok_or_else(|| StoreError::ObjectMissing(path.clone()))?;
                other.put_immutable(path, bytes).await
            })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await
    }

    /// Replaces the checkpoint.
    pub(crate) async fn put_checkpoint(&self, bytes: Bytes) -> Result<(), StoreError> {
        self.watch.before(&Step::Put(CHECKPOINT.to_owned()))?;
        self.store
            .put(&Path::from(CHECKPOINT), PutPayload::from_bytes(bytes))
            .await
            .map_err(|source| StoreError::Object {
                path: CHECKPOINT.to_owned(),
                source,
            })?;
        self.watch.after(&Step::Put(CHECKPOINT.to_owned()))
    }

    /// Reads an object, or `None` where there is none.
    ///
    /// # Errors
    /// The object store failed.
    pub async fn get(&self, path: &str) -> Result<Option<Bytes>, StoreError> {
        if let Some(bytes) = self.coming.get(path) {
            return Ok(Some(bytes.clone()));
        }
        let fail = |source| StoreError::Object {
            path: path.to_owned(),
            source,
        };
        match self.store.get(&Path::from(path)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(fail)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(fail(source)),
        }
    }

    /// Removes an object; one that is gone already is fine.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), StoreError> {
        self.watch.before(&Step::Delete(path.to_owned()))?;
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(source) => {
                return Err(StoreError::Object {
                    path: path.to_owned(),
                    source,
                });
            }
        }
        self.watch.after(&Step::Delete(path.to_owned()))
    }

    /// All objects below a folder.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let fail = |source| StoreError::Object {
            path: folder.to_owned(),
            source,
        };
        let prefix = (!folder.is_empty()).then(|| Path::from(folder));
        let mut paths: Vec<String> = self
            .store
            .list(prefix.as_ref())
            .map_ok(|meta| meta.location.to_string())
            .try_collect()
            .await
            .map_err(fail)?;
        paths.sort();
        Ok(paths)
    }

    /// The hashes of a tile, `width` × 32 bytes, from the partial object or else from the full one.
    pub(crate) async fn tile(&self, id: &TileId) -> Result<Bytes, StoreError> {
        let wanted = usize::from(id.width) * 32;
        for path in [id.path(), id.full().path()] {
            let Some(bytes) = self.get(&path).await? else {
                continue;
            };
            let exact = if path == id.path() { wanted } else { 256 * 32 };
            if bytes.len() != exact {
                let problem = format!("{} bytes long, must be {exact}", bytes.len());
                return Err(StoreError::ObjectDamaged { path, problem });
            }
            return Ok(bytes.slice(..wanted));
        }
        Err(StoreError::ObjectMissing(id.path()))
    }

    /// Several tiles at once.
    pub(crate) async fn tiles(
        &self,
        ids: impl IntoIterator<Item = TileId>,
    ) -> Result<HashMap<TileId, Vec<u8>>, StoreError> {
        stream::iter(ids)
            .map(|id| async move { Ok::<_, StoreError>((id, self.tile(&id).await?.to_vec())) })
            .buffer_unordered(PARALLEL)
            .try_collect()
            .await
    }

    /// The first `width` entries of a bundle.
    pub(crate) async fn bundle(&self, id: &BundleId) -> Result<Vec<Vec<u8>>, StoreError> {
        for path in [id.path(), id.full().path()] {
            let Some(bytes) = self.get(&path).await? else {
                continue;
            };
            let damaged = |problem: String| StoreError::ObjectDamaged {
                path: path.clone(),
                problem,
            };
            let entries = decode_bundle(&bytes).map_err(|e| damaged(e.to_string()))?;
            let exact = if path == id.path() { id.width } else { 256 };
            if entries.len() != usize::from(exact) {
                return Err(damaged(format!("{} entries, must be {exact}", entries.len())));
            }
            return Ok(entries
                .into_iter()
                .take(usize::from(id.width))
                .map(<[u8]>::to_vec)
                .collect());
        }
        Err(StoreError::ObjectMissing(id.path()))
    }

    /// The bundles that hold all entries of a log of `size`, in order.
    pub(crate) fn bundles_of(size: TreeSize) -> impl Iterator<Item = BundleId> {
        let full = size.0 / 256;
        let rest = u16::try_from(size.0 % 256).unwrap_or(0);
        (0..full)
            .map(|index| BundleId { index, width: 256 })
            .chain((rest > 0).then_some(BundleId {
                index: full,
                width: rest,
            }))
    }
}

/// The files of one batch as a single object, so that one write makes the whole batch recoverable:
/// `carnet-staging/v1\n`, then per file u16 path length ‖ path ‖ u32 length ‖ content.
pub(crate) mod staging {
    use super::*;

    const MAGIC: &[u8] = b"carnet-staging/v1\n";

    /// The object's bytes and its name: log size and content hash.
    pub(crate) fn pack(size: TreeSize, objects: &[Object]) -> (String, Bytes) {
        let mut out =
            Vec::with_capacity(objects.iter().map(|(p, b)| p.len() + b.len() + 6).sum::<usize>() + 32);
        out.extend_from_slice(MAGIC);
        for (path, bytes) in objects {
            out.extend_from_slice(&u16::try_from(path.len()).unwrap_or(u16::MAX).to_be_bytes());
            out.extend_from_slice(path.as_bytes());
            out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(bytes);
        }
        let name = format!("staging/{}-{}", size.0, hex::encode(Sha256::digest(&out)));
        (name, Bytes::from(out))
    }

    /// The files again, if the bytes are the ones the name speaks of.
    pub(crate) fn unpack(name: &str, bytes: &Bytes) -> Result<Vec<Object>, StoreError> {
        let damaged = |problem: &str| StoreError::ObjectDamaged {
            path: name.to_owned(),
            problem: problem.to_owned(),
        };
        if !name.ends_with(&hex::encode(Sha256::digest(bytes))) {
            return Err(damaged("content does not have the hash in its name"));
        }
        let mut at = MAGIC.len();
        if bytes.get(..at) != Some(MAGIC) {
            return Err(damaged("not a staging object"));
        }
        let mut objects = Vec::new();
        while at < bytes.len() {
            let path = field::<2>(bytes, &mut at).ok_or_else(|| damaged("ends inside a path"))?;
            let path = String::from_utf8(path.to_vec()).map_err(|_| damaged("path is not UTF-8"))?;
            let content = field::<4>(bytes, &mut at).ok_or_else(|| damaged("ends inside a file"))?;
            objects.push((path, content));
        }
        Ok(objects)
    }

    fn field<const N: usize>(bytes: &Bytes, at: &mut usize) -> Option<Bytes> {
        let (prefix, _) = bytes.get(*at..)?.split_first_chunk::<N>()?;
        let len = prefix.iter().fold(0_usize, |n, b| (n << 8) | usize::from(*b));
        let start = at.checked_add(N)?;
        let end = start.checked_add(len)?;
        if end > bytes.len() {
            return None;
        }
        *at = end;
        Some(bytes.slice(start..end))
    }
}
