//! The fonts that are shipped: `fonts/README.md` says where they are from and under which licence. Nothing is taken from the
//! machine, so that the same sheet gives the same bytes everywhere.

use std::borrow::Cow;
use std::sync::Arc;

use krilla::text::Font;
use parley::FontContext;
use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::style::{FontFamily, FontFamilyName};

use crate::RenderError;

const FILES: [&[u8]; 6] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArabic-Bold.ttf"),
    include_bytes!("../fonts/CarnetHangul-Regular.ttf"),
    include_bytes!("../fonts/CarnetHangul-Bold.ttf"),
];

/// The families in order of preference. Latin and Cyrillic come from the first, whatever the language.
pub(crate) const FAMILIES: FontFamily<'static> = FontFamily::List(Cow::Borrowed(&[
    FontFamilyName::named("Noto Sans"),
    FontFamilyName::named("Noto Sans Arabic"),
    FontFamilyName::named("Carnet Hangul"),
]));

/// The shipped fonts for setting text, and nothing else.
pub(crate) struct Shelf {
    pub(crate) context: FontContext,
    /// The identity by which a set run names its font, in the order of the files.
    identities: Vec<u64>,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let mut collection = Collection::new(CollectionOptions {
            shared: false,
            system_fonts: false,
        });
        let mut identities = Vec::new();
        for file in FILES {
            let blob = Blob::new(Arc::new(file));
            identities.push(blob.id());
            collection.register_fonts(blob, None);
        }
        let context = FontContext {
            collection,
            source_cache: SourceCache::default(),
        };
        Self { context, identities }
    }

    /// Which of the shipped files a run was set in.
    pub(crate) fn index(&self, identity: u64) -> Option<usize> {
        self.identities.iter().position(|&known| known == identity)
    }
}

/// The shipped fonts for writing a PDF, in the same order.
pub(crate) fn for_writing() -> Result<Vec<Font>, RenderError> {
    FILES
        .into_iter()
        .map(|file| Font::new(file.into(), 0).ok_or(RenderError::Font))
        .collect()
}
