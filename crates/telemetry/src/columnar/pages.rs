//! Pages between file and decoder: what a page claims is checked, and a dictionary's values are made what they mean once, so that
//! the decoder hands out finished numbers.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use parquet::basic::{Encoding, Repetition, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor, Type as SchemaType};

use super::{Number, Texts};

/// Pages whose dictionary has no more values than bytes: the decoder makes room for as many as the page claims.
pub(super) struct Careful(pub(super) Box<dyn PageReader>);

impl Careful {
    fn look(page: Option<Page>) -> Result<Option<Page>, ParquetError> {
        if let Some(Page::DictionaryPage { buf, num_values, .. }) = &page
            && *num_values as usize > buf.len()
        {
            return Err(ParquetError::General(format!(
                "a dictionary of {} bytes claims {num_values} values",
                buf.len()
            )));
        }
        Ok(page)
    }
}

impl Iterator for Careful {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Careful {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        Self::look(self.0.get_next_page()?)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        self.0.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.0.skip_next_page()
    }
}

/// What the entries of a dictionary become.
#[derive(Debug, Clone)]
enum Entries {
    /// Numbers of a physical type: what they mean, in double precision.
    Numbers(Type, Number),
    /// Texts: their places in the dictionary, which is kept here.
    Texts(Arc<OnceLock<Texts>>),
}

/// Pages of a column whose every value stands in its dictionary, with the dictionary translated.
pub(super) struct Translated {
    pages: Careful,
    entries: Entries,
}

/// A translated column: its pages, the type they have now, and its texts once the dictionary was read.
pub(super) type Translation = (Translated, ColumnDescPtr, Option<Arc<OnceLock<Texts>>>);

impl Translated {
    /// The pages translated, or as they were where the file does not say that all of them use the dictionary.
    pub(super) fn new(
        pages: Careful,
        chunk: &ColumnChunkMetaData,
        number: Number,
    ) -> Result<Result<Translation, Careful>, ParquetError> {
        let by_dictionary = chunk.page_encoding_stats_mask().is_some_and(|mask| {
            mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY)
        });
        let column = chunk.column_descr();
        let (entries, becomes, texts) = match column.physical_type() {
            _ if !by_dictionary => return Ok(Err(pages)),
            kind @ (Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE) => {
                (Entries::Numbers(kind, number), Type::DOUBLE, None)
            }
            Type::BYTE_ARRAY => {
                let texts = Arc::new(OnceLock::new());
                (Entries::Texts(texts.clone()), Type::INT32, Some(texts))
            }
            _ => return Ok(Err(pages)),
        };
        let repetition = match column.max_def_level() {
            0 => Repetition::REQUIRED,
            _ => Repetition::OPTIONAL,
        };
        let leaf = SchemaType::primitive_type_builder(column.name(), becomes)
            .with_repetition(repetition)
            .build()?;
        let descriptor = ColumnDescriptor::new(
            Arc::new(leaf),
            column.max_def_level(),
            column.max_rep_level(),
            column.path().clone(),
        );
        Ok(Ok((Self { pages, entries }, Arc::new(descriptor), texts)))
    }

    fn translate(&self, page: Page) -> Result<Page, ParquetError> {
        match page {
            Page::DictionaryPage {
                buf,
                num_values,
                encoding,
                is_sorted,
            } => Ok(Page::DictionaryPage {
                buf: self.entries.translate(&buf, num_values as usize)?,
                num_values,
                encoding,
                is_sorted,
            }),
            page if matches!(
                page.encoding(),
                Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
            ) =>
            {
                Ok(page)
            }
            page => Err(ParquetError::General(format!(
                "a page is encoded as {}, which the footer does not say",
                page.encoding()
            ))),
        }
    }
}

impl Entries {
    fn translate(&self, buffer: &[u8], count: usize) -> Result<Bytes, ParquetError> {
        let short = || {
            ParquetError::General(format!(
                "a dictionary of {} bytes claims {count} values",
                buffer.len()
            ))
        };
        match self {
            Self::Numbers(Type::INT32, number) => {
                plain(buffer, count, |b| number.int32(i32::from_le_bytes(b)))
            }
            Self::Numbers(Type::INT64, number) => {
                plain(buffer, count, |b| number.int64(i64::from_le_bytes(b)))
            }
            Self::Numbers(Type::FLOAT, _) => plain(buffer, count, |b| super::single(f32::from_le_bytes(b))),
            Self::Numbers(..) => plain(buffer, count, |b| super::double(f64::from_le_bytes(b))),
            Self::Texts(kept) => {
                let mut texts = Texts::default();
                let mut rest = buffer;
                for _ in 0..count {
                    let (len, after) = rest.split_first_chunk::<4>().ok_or_else(short)?;
                    let (text, after) = after
                        .split_at_checked(u32::from_le_bytes(*len) as usize)
                        .ok_or_else(short)?;
                    texts.push(text);
                    rest = after;
                }
                kept.set(texts)
                    .map_err(|_| ParquetError::General("a column has two dictionaries".into()))?;
                let places = 0..i32::try_from(count).map_err(|_| short())?;
                Ok(places.flat_map(i32::to_le_bytes).collect::<Vec<u8>>().into())
            }
        }
        .and_then(|bytes: Bytes| {
            if bytes.is_empty() && count > 0 {
                Err(short())
            } else {
                Ok(bytes)
            }
        })
    }
}

/// Plain numbers of `N` bytes each as those of double precision; nothing if there are fewer than `count`.
fn plain<const N: usize>(
    buffer: &[u8],
    count: usize,
    meaning: impl Fn([u8; N]) -> f64,
) -> Result<Bytes, ParquetError> {
    let (numbers, _) = buffer.as_chunks::<N>();
    let numbers = numbers.get(..count).unwrap_or_default();
    Ok(numbers
        .iter()
        .flat_map(|bytes| meaning(*bytes).to_le_bytes())
        .collect::<Vec<u8>>()
        .into())
}

impl Iterator for Translated {
    type Item = Result<Page, ParquetError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Translated {
    fn get_next_page(&mut self) -> Result<Option<Page>, ParquetError> {
        self.pages
            .get_next_page()?
            .map(|page| self.translate(page))
            .transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>, ParquetError> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<(), ParquetError> {
        self.pages.skip_next_page()
    }
}
