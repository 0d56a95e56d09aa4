//! Storage that fails on demand: at the n-th step the store reports, or at the n-th call to the object store.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use store::{Step, StoreError, Watch};
use tokio::sync::oneshot;

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is reported as failed and did not happen.
    DidNotHappen,
    /// It is reported as failed, but it did happen.
    DidHappen,
}

pub const BOTH: [Failure; 2] = [Failure::DidNotHappen, Failure::DidHappen];

/// Counts operations and lets one of them fail.
#[derive(Debug, Default)]
struct Plan {
    seen: usize,
    fail: Option<(usize, Failure)>,
    failed: Option<String>,
}

impl Plan {
    /// Whether the operation that begins now is to fail, and how.
    fn next(&mut self, operation: impl fmt::Display) -> Option<Failure> {
        let at = self.seen;
        self.seen += 1;
        let (_, how) = self.fail.filter(|(n, _)| *n == at)?;
        self.failed = Some(format!("{operation} {how:?}"));
        Some(how)
    }
}

/// A watch that lets the n-th step fail.
#[derive(Default)]
pub struct FaultyStep {
    plan: Mutex<Plan>,
    /// Fails the first step that begins so, whatever its number.
    at: Mutex<Option<(&'static str, Failure)>>,
    /// The step that happens now and is to be reported as failed.
    doomed: Mutex<Option<Step>>,
}

impl FaultyStep {
    pub fn new(n: usize, how: Failure) -> Arc<Self> {
        Arc::new(Self {
            plan: Mutex::new(Plan {
                fail: Some((n, how)),
                ..Plan::default()
            }),
            ..Self::default()
        })
    }

    pub fn at(step: &'static str, how: Failure) -> Arc<Self> {
        Arc::new(Self {
            at: Mutex::new(Some((step, how))),
            ..Self::default()
        })
    }

    /// What failed, if it has come to that.
    pub fn failed(&self) -> Option<String> {
        self.plan.lock().unwrap().failed.clone()
    }

    fn next(&self, step: &Step) -> Option<Failure> {
        let named = self
            .at
            .lock()
            .unwrap()
            .take_if(|(at, _)| step.to_string().starts_with(*at));
        named
            .map(|(_, how)| how)
            .or_else(|| self.plan.lock().unwrap().next(step))
    }
}

impl Watch for FaultyStep {
    fn before(&self, step: &Step) -> std::result::Result<(), StoreError> {
        match self.next(step) {
            Some(Failure::DidNotHappen) => return Err(StoreError::Injected(step.to_string())),
            Some(Failure::DidHappen) => *self.doomed.lock().unwrap() = Some(step.clone()),
            None => {}
        }
        Ok(())
    }

    fn after(&self, step: &Step) -> std::result::Result<(), StoreError> {
        match self.doomed.lock().unwrap().take_if(|doomed| doomed == step) {
            Some(_) => Err(StoreError::Injected(step.to_string())),
            None => Ok(()),
        }
    }
}

/// Files of which one operation fails, or which are full.
#[derive(Debug)]
pub struct FaultyFiles {
    files: Arc<dyn ObjectStore>,
    plan: Mutex<Plan>,
    full: Mutex<bool>,
    checkpoints: Mutex<Vec<Vec<u8>>>,
    sleep: Mutex<Option<Sleep>>,
}

/// Says that it has come to the operation, and waits to be woken.
#[derive(Debug)]
struct Sleep {
    before: String,
    asleep: oneshot::Sender<()>,
    woken: oneshot::Receiver<()>,
}

impl FaultyFiles {
    /// Files that do not fail, for the time being.
    pub fn over(files: Arc<dyn ObjectStore>) -> Arc<Self> {
        let (plan, full, checkpoints, sleep) = Default::default();
        Arc::new(Self {
            files,
            plan,
            full,
            checkpoints,
            sleep,
        })
    }

    /// Lets the n-th operation from now fail.
    pub fn fail(&self, n: usize, how: Failure) {
        *self.plan.lock().unwrap() = Plan {
            fail: Some((n, how)),
            ..Plan::default()
        };
    }

    /// From now on nothing can be written, or everything again.
    pub fn set_full(&self, full: bool) {
        *self.full.lock().unwrap() = full;
    }

    /// What failed, if it has come to that.
    pub fn failed(&self) -> Option<String> {
        self.plan.lock().unwrap().failed.clone()
    }

    /// Every checkpoint that was put, in order.
    pub fn checkpoints(&self) -> Vec<Vec<u8>> {
        self.checkpoints.lock().unwrap().clone()
    }

    /// Falls asleep once before the object is read. Says when, and takes the word to wake.
    pub fn sleep_before_get(&self, path: &str) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        self.sleep_before(format!("get {path}"))
    }

    /// The same before a folder is listed.
    pub fn sleep_before_list(&self, path: &str) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        self.sleep_before(format!("list {path}"))
    }

    fn sleep_before(&self, before: String) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (asleep, sleeps) = oneshot::channel();
        let (wake, woken) = oneshot::channel();
        *self.sleep.lock().unwrap() = Some(Sleep {
            before,
            asleep,
            woken,
        });
        (sleeps, wake)
    }

    /// What to wait for before the operation, if it is the one to sleep before.
    fn sleep(&self, operation: &str) -> impl Future<Output = ()> + Send + use<> {
        let sleep = self
            .sleep
            .lock()
            .unwrap()
            .take_if(|sleep| sleep.before == operation);
        async move {
            if let Some(sleep) = sleep {
                sleep.asleep.send(()).unwrap();
                sleep.woken.await.unwrap();
            }
        }
    }

    fn next(&self, operation: &str, path: impl fmt::Display) -> Option<Failure> {
        self.plan.lock().unwrap().next(format_args!("{operation} {path}"))
    }
}

fn error(kind: io::ErrorKind) -> object_store::Error {
    object_store::Error::Generic {
        store: "FaultyFiles",
        source: Box::new(io::Error::from(kind)),
    }
}

fn broken() -> object_store::Error {
    error(io::ErrorKind::ConnectionReset)
}

impl fmt::Display for FaultyFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FaultyFiles({})", self.files)
    }
}

#[async_trait]
impl ObjectStore for FaultyFiles {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let failure = self.next("put", path);
        if failure == Some(Failure::DidNotHappen) {
            return Err(broken());
        }
        if *self.full.lock().unwrap() {
            return Err(error(io::ErrorKind::StorageFull));
        }
        let bytes = Bytes::from(payload.clone());
        let result = self.files.put_opts(path, payload, options).await;
        if result.is_ok() && path.as_ref() == "checkpoint" {
            self.checkpoints.lock().unwrap().push(bytes.to_vec());
        }
        if failure.is_some() { Err(broken()) } else { result }
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.files.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.sleep(&format!("get {path}")).await;
        match self.next("get", path) {
            Some(_) => Err(broken()),
            None => self.files.get_opts(path, options).await,
        }
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.next("delete", "") {
            Some(Failure::DidNotHappen) => failing(),
            Some(Failure::DidHappen) => self.files.delete_stream(paths).map(|_| Err(broken())).boxed(),
            None => self.files.delete_stream(paths),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let folder = prefix.cloned().unwrap_or_default();
        let sleep = self.sleep(&format!("list {folder}"));
        let (failure, files) = (self.next("list", &folder), self.files.clone());
        let list = async move {
            sleep.await;
            files.list(Some(&folder).filter(|folder| !folder.as_ref().is_empty()))
        };
        match failure {
            Some(Failure::DidNotHappen) => failing(),
            // The connection breaks at the end, after everything was said.
            Some(Failure::DidHappen) => list.flatten_stream().chain(failing()).boxed(),
            None => list.flatten_stream().boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}

fn failing<T: Send + 'static>() -> BoxStream<'static, Result<T>> {
    stream::once(async { Err(broken()) }).boxed()
}
