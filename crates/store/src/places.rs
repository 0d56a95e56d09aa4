//! Where a log's public files lie: a folder, or a bucket of any object store that speaks S3.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};

use crate::error::StoreError;

/// How long one request may take. Together with [`TRYING`] well below the half minute after which a database gives up on a
/// transaction in which nothing happens, because the checkpoint is written within one.
const REQUEST: Duration = Duration::from_secs(10);

/// How long a request is tried again.
const TRYING: Duration = Duration::from_secs(15);

/// Opens `file:///absolute/folder` or `s3://bucket/prefix?endpoint=…&region=…`.
///
/// What the URL does not say is taken from the usual variables: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
/// `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ALLOW_HTTP`, `AWS_VIRTUAL_HOSTED_STYLE_REQUEST`. Secrets are
/// taken from there only, since URLs end up in logs. Files are written with fsync.
///
/// # Errors
/// The URL is of another kind, has a parameter that is not known, or the folder does not exist.
pub fn open_objects(url: &str) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let wrong = |problem: String| StoreError::ObjectsUrl {
        url: without_password(url),
        problem,
    };
    if let Some(folder) = url.strip_prefix("file://") {
        let files = LocalFileSystem::new_with_prefix(folder).map_err(|e| wrong(e.to_string()))?;
        return Ok(Arc::new(files.with_fsync(true)));
    }
    let Some(rest) = url.strip_prefix("s3://") else {
        return Err(wrong("begins neither with file:// nor with s3://".to_owned()));
    };
    let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err(wrong("names no bucket".to_owned()));
    }
    // rustls has no provider of its own; whoever came first may have installed the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_retry(RetryConfig {
            retry_timeout: TRYING,
            ..RetryConfig::default()
        });
    let mut allow_http = std::env::var("AWS_ALLOW_HTTP").is_ok_and(|value| value == "true" || value == "1");
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, "true"));
        builder = match name {
            "endpoint" => builder.with_endpoint(value),
            "region" => builder.with_region(value),
            "path_style" => builder.with_virtual_hosted_style_request(value == "false"),
            "allow_http" => {
                allow_http = value == "true";
                builder
            }
            _ => {
                return Err(wrong(format!(
                    "{name:?} is not known; there are endpoint, region, path_style and allow_http"
                )));
            }
        };
    }
    let options = ClientOptions::new()
        .with_timeout(REQUEST)
        .with_allow_http(allow_http);
    let bucket = builder
        .with_client_options(options)
        .build()
        .map_err(|e| wrong(e.to_string()))?;
    if prefix.is_empty() {
        Ok(Arc::new(bucket))
    } else {
        Ok(Arc::new(PrefixStore::new(bucket, prefix)))
    }
}

/// A URL as it may be shown: without user and password.
pub fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let tail = match tail.split_once('?') {
        Some((path, parameters)) => {
            let kept: Vec<&str> = parameters
                .split('&')
                .filter(|parameter| !parameter.starts_with("password") && !parameter.starts_with("user="))
                .collect();
            if kept.is_empty() {
                path.to_owned()
            } else {
                format!("{path}?{}", kept.join("&"))
            }
        }
        None => tail.to_owned(),
    };
    format!("{scheme}://{host}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_user_and_password() {
        let shown = without_password("postgres://carnet:p%40ss@db.example/carnet?password=x&sslmode=require");
        assert_eq!(shown, "postgres://db.example/carnet?sslmode=require");
        assert_eq!(
            without_password("s3://bucket/log?region=kr"),
            "s3://bucket/log?region=kr"
        );
        assert_eq!(
            without_password("sqlite:///srv/carnet.sqlite"),
            "sqlite:///srv/carnet.sqlite"
        );
    }

    #[test]
    fn a_url_that_cannot_be_used_says_why() {
        for (url, why) in [
            ("https://bucket", "begins neither"),
            ("s3:///prefix", "names no bucket"),
            ("s3://bucket?secret=x", "\"secret\" is not known"),
            ("file:///no/such/folder", "no/such/folder"),
        ] {
            let error = open_objects(url).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(why), "{url}: {error}");
        }
    }
}
