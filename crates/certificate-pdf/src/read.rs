//! Takes the credential out of a PDF again. Whoever asks to verify a certificate hands in a file that anybody may have made,
//! so nothing here trusts it: sizes are bounded before and after unpacking, a damaged file is refused and not repaired, and so
//! is what does not hold exactly one credential.
//!
//! Object streams and cross-reference streams, which we never write, are not followed: they let a small file become any number
//! of large objects in memory. A certificate that another program has rewritten with them is refused; the file as issued is not.

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId, Stream};

use crate::bounds::LARGEST_CREDENTIAL;
use crate::{CREDENTIAL_TYPE, Language, ReadError};

/// A certificate has some 100 kB.
const LARGEST_FILE: usize = 2 << 20;
/// A certificate has some 300 objects. Each entry of a cross-reference table can point at the same large object, so their
/// number bounds the time that reading takes.
const MOST_OBJECTS: usize = 1_000;
/// Associated files that are looked at.
const MOST_FILES: usize = 64;

/// The credential that a certificate carries, byte for byte as it was embedded.
///
/// It is found where PDF/A-3 puts associated files (ISO 19005-3, 6.8): the `AF` array of the catalog, with the type
/// `application/vc+json`. Whether it verifies is for the caller to find out.
///
/// # Errors
/// A file that is too large, no PDF, encrypted, or that carries no credential or several.
pub fn embedded_credential(pdf: &[u8]) -> Result<Vec<u8>, ReadError> {
    let document = load(pdf)?;
    let catalog = catalog(&document)?;
    let files = match catalog.get_deref(b"AF", &document) {
        Ok(Object::Array(files)) => files.as_slice(),
        _ => return Err(ReadError::NoCredential),
    };
    let credentials: Vec<&Stream> = files
        .iter()
        .take(MOST_FILES)
        .filter_map(|file| credential(&document, file))
        .collect();
    let stream = match credentials.as_slice() {
        [] => return Err(ReadError::NoCredential),
        [stream] => stream,
        several => return Err(ReadError::SeveralCredentials(several.len())),
    };
    stream
        .get_plain_content_with_limit(LARGEST_CREDENTIAL)
        .map_err(|e| ReadError::Credential {
            most: LARGEST_CREDENTIAL,
            problem: e.to_string(),
        })
}

/// The language of the pages, as the catalog states it.
///
/// # Errors
/// A file that cannot be read, or names no language that certificates are printed in.
pub fn language(pdf: &[u8]) -> Result<Language, ReadError> {
    let document = load(pdf)?;
    let tag = match catalog(&document)?.get_deref(b"Lang", &document) {
        Ok(Object::String(tag, _)) => tag.as_slice(),
        _ => return Err(ReadError::Language),
    };
    std::str::from_utf8(tag)
        .ok()
        .and_then(Language::from_tag)
        .ok_or(ReadError::Language)
}

fn load(pdf: &[u8]) -> Result<Document, ReadError> {
    if pdf.len() > LARGEST_FILE {
        return Err(ReadError::TooLarge {
            size: pdf.len(),
            most: LARGEST_FILE,
        });
    }
    let objects = pdf.windows(3).filter(|bytes| is_entry(bytes)).count();
    if objects > MOST_OBJECTS {
        return Err(ReadError::TooManyObjects {
            objects,
            most: MOST_OBJECTS,
        });
    }
    let options = LoadOptions {
        strict: true,
        filter: Some(without_object_streams),
        // Nothing needs unpacking to load what we write.
        max_decompressed_size: Some(0),
        ..LoadOptions::default()
    };
    let document =
        Document::load_mem_with_options(pdf, options).map_err(|e| ReadError::NotPdf(e.to_string()))?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(ReadError::Encrypted);
    }
    Ok(document)
}

/// The end of an entry of a cross-reference table that is in use (ISO 32000-1, 7.5.4).
fn is_entry(bytes: &[u8]) -> bool {
    matches!(bytes, [b' ', b'n', b' ' | b'\r' | b'\n'])
}

fn without_object_streams(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let packed = object
        .as_stream()
        .is_ok_and(|stream| stream.dict.has_type(b"ObjStm"));
    (!packed).then(|| (id, object.clone()))
}

fn catalog(document: &Document) -> Result<&Dictionary, ReadError> {
    document.catalog().map_err(|e| ReadError::NotPdf(e.to_string()))
}

/// The stream of a file specification, when its type is that of a credential.
fn credential<'a>(document: &'a Document, file: &'a Object) -> Option<&'a Stream> {
    let (_, file) = document.dereference(file).ok()?;
    let embedded = file
        .as_dict()
        .ok()?
        .get_deref(b"EF", document)
        .ok()?
        .as_dict()
        .ok()?;
    let stream = embedded
        .get_deref(b"UF", document)
        .or_else(|_| embedded.get_deref(b"F", document))
        .ok()?
        .as_stream()
        .ok()?;
    let subtype = stream.dict.get_deref(b"Subtype", document).ok()?;
    (subtype.as_name().ok()? == CREDENTIAL_TYPE.as_bytes()).then_some(stream)
}
