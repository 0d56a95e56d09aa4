//! The paper side of a certificate: two pages that a buyer can read, as PDF/A-3 with the signed credential inside, in six
//! languages; and the way back, from such a file to the credential.
//!
//! It knows nothing of telemetry, schemes or signatures. Whoever calls fills a [`Sheet`] from the credential and from nothing
//! else. [`render`] then gives the same bytes for the same sheet, on every machine. So a verifier that holds a PDF can take the
//! credential out ([`embedded_credential`]), verify it, fill the sheet again in the PDF's [`language`] and compare: whether the
//! pages say what the credential says is then a matter of equality, not of reading.
//!
//! The path of a sheet: [`sheet`] → bounds → two pages as a list of marks (front, back) → a PDF (write, pen). The engines are
//! krilla and parley (docs/decisions/0019-pdf-engine.md).

mod assessed;
mod back;
mod bounds;
mod draft;
mod error;
mod fonts;
mod front;
mod gauge;
mod ink;
mod language;
#[cfg(test)]
mod layout_tests;
mod pen;
pub mod phrases;
mod plot;
mod press;
mod qr;
mod read;
pub mod sheet;
mod text;
mod write;

// The sample sheets that the tests share name this crate from outside.
#[cfg(test)]
extern crate self as certificate_pdf;

use sha2::{Digest, Sha256};

use crate::draft::Draft;
use crate::language::Words;
use crate::press::Press;
use crate::text::Typesetter;

pub use error::{ReadError, RenderError};
pub use language::Language;
pub use read::{embedded_credential, language};
pub use sheet::{Sheet, Standing};

/// The name of the credential among the files of the PDF.
pub const CREDENTIAL_NAME: &str = "credential.json";
/// Its media type (W3C Verifiable Credentials Data Model 2.0, B.2).
pub const CREDENTIAL_TYPE: &str = "application/vc+json";

/// Sizes of type that are tried, largest first. Below the last one a page is no longer read but deciphered.
const SCALES: [f32; 6] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75];

/// Prints a certificate: two A4 pages, PDF/A-3a and PDF/UA-1, with the credential embedded.
///
/// # Errors
/// What must not be printed (not in force, numbers that contradict each other), and what cannot be (a character without a
/// glyph, text that does not fit).
pub fn render(sheet: &Sheet) -> Result<Vec<u8>, RenderError> {
    bounds::check(sheet)?;
    let words = Words::new(sheet.language)?;
    let credential_sha256 = hex::encode(Sha256::digest(&sheet.credential));
    let draft = draft(sheet, &words, &credential_sha256)?;
    write::pdf(draft, sheet, &words, &credential_sha256)
}

/// Both pages at the largest size of type at which they fit.
fn draft(sheet: &Sheet, words: &Words, credential_sha256: &str) -> Result<Draft, RenderError> {
    let mut setter = Typesetter::new(sheet.language.is_right_to_left());
    let mut tight = RenderError::DoesNotFit {
        page: 1,
        over_mm: 0.0,
    };
    for scale in SCALES {
        setter.scale = scale;
        let mut press = Press {
            sheet,
            words,
            setter: &mut setter,
            draft: Draft::new(),
            credential_sha256,
        };
        match press.front().and_then(|()| press.back()) {
            Ok(()) => return Ok(press.draft),
            Err(error @ RenderError::DoesNotFit { .. }) => tight = error,
            Err(error) => return Err(error),
        }
    }
    Err(tight)
}
