//! Takes the credential out of a PDF again. Whoever asks to verify a certificate hands in a file that anybody may have made,
//! so nothing here trusts it: sizes are bounded before and after unpacking, and what is not exactly one credential is refused.

use lopdf::{Dictionary, Document, LoadOptions, Object, Stream};

use crate::bounds::LARGEST_CREDENTIAL;
use crate::{CREDENTIAL_TYPE, Language, ReadError};

/// A certificate has some 100 kB; whoever adds stamps or signatures to it may multiply that.
const LARGEST_FILE: usize = 32 << 20;
/// Bound for each cross-reference and object stream.
const LARGEST_STREAM: usize = 16 << 20;
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
    let options = LoadOptions::with_max_decompressed_size(LARGEST_STREAM);
    let document =
        Document::load_mem_with_options(pdf, options).map_err(|e| ReadError::NotPdf(e.to_string()))?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(ReadError::Encrypted);
    }
    Ok(document)
}

fn catalog(document: &Document) -> Result<&Dictionary, ReadError> {
    document
        .catalog()
        .map_err(|e| ReadError::NotPdf(e.to_string()))
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
