//! What can go wrong, said so that it can be mended.

use crate::{Language, Standing};

/// Why a sheet was not printed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// Only a certificate in force is printed as one.
    #[error(
        "not printed: the certificate is not in force ({0:?}); only one in force is printed as a certificate"
    )]
    NotInForce(Standing),
    /// A number that is none, or outside what its field can be.
    #[error("{field}: {value} is not between {low} and {high}")]
    Number {
        /// Which field.
        field: &'static str,
        /// What it held.
        value: f64,
        /// Smallest allowed.
        low: f64,
        /// Largest allowed.
        high: f64,
    },
    /// An interval must hold its value.
    #[error("health: the interval from {lower} to {upper} does not hold its value {value}")]
    Interval {
        /// The value, in percent.
        value: f64,
        /// Lower end, in percent.
        lower: f64,
        /// Upper end, in percent.
        upper: f64,
    },
    /// The grade must follow from the lower end of the interval.
    #[error("health: grade {grade} does not follow from a lower end of {lower} %")]
    Grade {
        /// The letter given.
        grade: &'static str,
        /// Lower end, in percent.
        lower: f64,
    },
    /// Too few or too many of something.
    #[error("{field}: {count} given, {least} to {most} can be printed")]
    Count {
        /// Which field.
        field: &'static str,
        /// How many there are.
        count: usize,
        /// Fewest.
        least: usize,
        /// Most.
        most: usize,
    },
    /// A text that is empty or too long.
    #[error("{field}: {length} characters given, 1 to {most} can be printed")]
    Length {
        /// Which field.
        field: &'static str,
        /// Its length in characters.
        length: usize,
        /// Most.
        most: usize,
    },
    /// A character that prints nothing and can disguise what is printed: a control character, or one that turns the
    /// direction of writing.
    #[error("{field}: U+{code:04X} is invisible and not allowed in a certificate")]
    Invisible {
        /// Which field.
        field: &'static str,
        /// The character.
        code: u32,
    },
    /// No font that we ship has these characters.
    #[error(
        "no shipped font has {characters} in \"{text}\"; write it in Latin, Cyrillic, Arabic or Hangul letters"
    )]
    MissingGlyphs {
        /// The characters with their code points.
        characters: String,
        /// The text they stand in.
        text: String,
    },
    /// The content is too much for two pages even in small type.
    #[error("page {page} overflows by {over_mm:.0} mm even in the smallest type; shorten names or drop rows")]
    DoesNotFit {
        /// Which page, from 1.
        page: usize,
        /// By how much, in mm.
        over_mm: f32,
    },
    /// The address does not fit a QR code.
    #[error("the address of the certificate does not fit a QR code: {0}")]
    Qr(String),
    /// A message is missing or malformed: a defect of this crate, kept from happening by its tests.
    #[error("message {id} in {language:?}: {problem}")]
    Message {
        /// In which language.
        language: Language,
        /// Which message.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A shipped font does not parse: a defect of this crate, kept from happening by its tests.
    #[error("a shipped font does not parse")]
    Font,
    /// The file would break PDF/A-3, or cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

/// Why no credential could be taken out of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Larger than any certificate.
    #[error("the file has {size} bytes; a certificate has at most {most}")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The bound.
        most: usize,
    },
    /// More objects than any certificate.
    #[error("the PDF has {objects} objects; a certificate has at most {most}")]
    TooManyObjects {
        /// How many it has.
        objects: usize,
        /// The bound.
        most: usize,
    },
    /// Not a PDF, a damaged one, or one that another program has rewritten.
    #[error("not a PDF as certificates are issued: {0}; use the file as it came from the issuer")]
    NotPdf(String),
    /// Encrypted, which PDF/A forbids.
    #[error("the PDF is encrypted; a certificate is not")]
    Encrypted,
    /// A PDF without what a certificate carries.
    #[error(
        "the PDF carries no associated file of type application/vc+json: it is not a certificate by Carnet"
    )]
    NoCredential,
    /// More than one: which of them the pages stand for could not be told.
    #[error("the PDF carries {0} credentials; a certificate carries exactly one")]
    SeveralCredentials(usize),
    /// Unpacks to more than a credential ever has.
    #[error("the credential cannot be unpacked within {most} bytes: {problem}")]
    Credential {
        /// The bound.
        most: usize,
        /// What went wrong.
        problem: String,
    },
    /// The document names no language, or one in which we do not print.
    #[error("the PDF names no language that certificates are printed in")]
    Language,
}
