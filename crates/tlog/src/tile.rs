//! Tiles and entry bundles: which bytes of the log live at which path.
//!
//! Specified by [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles).
//!
//! - SPEC: a tile is a run of consecutive hashes of one level; level `L` hashes the roots of full tiles of level `L - 1`,
//!   level 0 the entries. A full tile is exactly 256 hashes, a partial one 1 to 255; there are no empty tiles.
//! - SPEC: paths are `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, `N` in zero-padded groups of three digits, all
//!   but the last prefixed with `x`; `L` is at most 63; no other spelling is accepted.
//! - SPEC: the partial tile at level `l` of a tree of size `s` is `(s >> 8l) mod 256` wide.
//! - SPEC: an entry bundle is the entries of one level 0 tile, each after its length in two big-endian bytes.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::encoding::from_decimal;
use crate::{Hash, TreeSize};

/// Hashes in a full tile, entries in a full bundle.
pub const FULL_WIDTH: u16 = 256;

/// Levels a path may name.
const MAX_LEVEL: u64 = 63;

/// Names a tile. A tile of width 256 is full; a narrower one is a partial tile.
///
/// A value outside the specified ranges (level ≤ 63, width 1 to 256) names no tile: its path does not parse back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Height of the tile's hashes, in steps of eight tree levels.
    pub level: u8,
    /// Position among the tiles of its level.
    pub index: u64,
    /// Number of hashes, 1 to 256.
    pub width: u16,
}

impl TileId {
    /// The full tile at the same place: it begins with the bytes of every partial tile there.
    pub fn full(&self) -> Self {
        Self {
            width: FULL_WIDTH,
            ..*self
        }
    }

    /// Whether this is a full tile.
    pub fn is_full(&self) -> bool {
        self.width == FULL_WIDTH
    }

    /// The tile that holds hash number `position` of `level` in a tree of `size` leaves; `None` if that tree has no such hash.
    pub fn containing(level: u8, position: u64, size: TreeSize) -> Option<Self> {
        let hashes = hashes_at_level(level, size);
        let index = position / u64::from(FULL_WIDTH);
        let behind = hashes.checked_sub(index * u64::from(FULL_WIDTH))?;
        let width = u16::try_from(behind).map_or(FULL_WIDTH, |width| width.min(FULL_WIDTH));
        (position < hashes).then_some(Self { level, index, width })
    }

    /// The path under the log's prefix, such as `tile/0/x001/x234/067` or `tile/1/000.p/17`.
    pub fn path(&self) -> String {
        format!(
            "tile/{}/{}",
            self.level,
            NumberPath {
                index: self.index,
                width: self.width
            }
        )
    }

    /// Reads what [`TileId::path`] writes, and nothing else.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let malformed = || PathError::Malformed(path.to_owned());
        let (level, rest) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(malformed)?;
        let level = from_decimal(level)
            .filter(|level| *level <= MAX_LEVEL)
            .ok_or_else(malformed)?;
        let level = u8::try_from(level).map_err(|_| malformed())?;
        let NumberPath { index, width } = NumberPath::parse(rest).ok_or_else(malformed)?;
        Ok(Self { level, index, width })
    }

    /// Length of the tile's content in bytes.
    pub fn byte_len(&self) -> usize {
        usize::from(self.width) * Hash::LEN
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl FromStr for TileId {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        Self::parse(path)
    }
}

/// Names an entry bundle. The bundle beside a level 0 tile has the same index and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId {
    /// Position among the bundles: entry `n` is in bundle `n / 256`.
    pub index: u64,
    /// Number of entries, 1 to 256.
    pub width: u16,
}

impl BundleId {
    /// The full bundle at the same place.
    pub fn full(&self) -> Self {
        Self {
            width: FULL_WIDTH,
            ..*self
        }
    }

    /// Whether this is a full bundle.
    pub fn is_full(&self) -> bool {
        self.width == FULL_WIDTH
    }

    /// The bundle that holds entry number `position` of a log of `size` entries; `None` if the log is shorter.
    pub fn containing(position: u64, size: TreeSize) -> Option<Self> {
        TileId::containing(0, position, size).map(|tile| Self {
            index: tile.index,
            width: tile.width,
        })
    }

    /// The path under the log's prefix, such as `tile/entries/x001/067.p/8`.
    pub fn path(&self) -> String {
        format!(
            "tile/entries/{}",
            NumberPath {
                index: self.index,
                width: self.width
            }
        )
    }

    /// Reads what [`BundleId::path`] writes, and nothing else.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        path.strip_prefix("tile/entries/")
            .and_then(NumberPath::parse)
            .map(|NumberPath { index, width }| Self { index, width })
            .ok_or_else(|| PathError::Malformed(path.to_owned()))
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

impl FromStr for BundleId {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        Self::parse(path)
    }
}

/// Why a path was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PathError {
    /// Not the one spelling of any tile or bundle.
    #[error("{0:?} is not the path of a tile or an entry bundle")]
    Malformed(String),
}

/// Number of complete hashes at `level` in a tree of `size` leaves.
pub(crate) fn hashes_at_level(level: u8, size: TreeSize) -> u64 {
    size.0.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// `<N>[.p/<W>]`, shared by tiles and bundles.
struct NumberPath {
    index: u64,
    width: u16,
}

impl NumberPath {
    fn parse(path: &str) -> Option<Self> {
        let (number, width) = match path.split_once(".p/") {
            Some((number, width)) => {
                let width = from_decimal(width).and_then(|width| u16::try_from(width).ok())?;
                (number, width)
            }
            None => (path, FULL_WIDTH),
        };
        let partial_or_absent = path.len() == number.len() || (1..FULL_WIDTH).contains(&width);

        let mut index: u64 = 0;
        let mut groups = number.split('/').peekable();
        while let Some(group) = groups.next() {
            let digits = if groups.peek().is_some() {
                group.strip_prefix('x')?
            } else {
                group
            };
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let parsed = Self { index, width };
        // Printing back catches the remaining second spellings, such as leading `x000` groups.
        (partial_or_absent && parsed.to_string() == path).then_some(parsed)
    }
}

impl fmt::Display for NumberPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (remaining, group) in groups.iter().enumerate().rev() {
            match remaining {
                0 => write!(f, "{group:03}")?,
                _ => write!(f, "x{group:03}/")?,
            }
        }
        if self.width != FULL_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Why entries cannot be bundled, or bytes are not a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// A bundle holds 1 to 256 entries.
    #[error("an entry bundle holds 1 to 256 entries, not {0}")]
    WrongCount(usize),
    /// The length field has two bytes.
    #[error("entry {position} of the bundle has {length} bytes, more than 65,535")]
    EntryTooLong {
        /// Position in the bundle.
        position: usize,
        /// Length in bytes.
        length: usize,
    },
    /// The bytes end in the middle of an entry or of its length.
    #[error("the bundle ends within entry {position}")]
    Truncated {
        /// Position of the incomplete entry.
        position: usize,
    },
}

/// The content of a bundle: each entry after its length as a big-endian u16.
pub fn encode_bundle<E: AsRef<[u8]>>(entries: &[E]) -> Result<Vec<u8>, BundleError> {
    if entries.is_empty() || entries.len() > usize::from(FULL_WIDTH) {
        return Err(BundleError::WrongCount(entries.len()));
    }
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| 2 + entry.as_ref().len()).sum());
    for (position, entry) in entries.iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| BundleError::EntryTooLong {
            position,
            length: entry.len(),
        })?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle. The caller compares their number with the width it asked for and their hashes with the tile.
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let truncated = BundleError::Truncated {
            position: entries.len(),
        };
        let (length, after) = rest.split_first_chunk::<2>().ok_or(truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(truncated)?;
        entries.push(entry);
        if entries.len() > usize::from(FULL_WIDTH) {
            return Err(BundleError::WrongCount(entries.len()));
        }
        rest = after;
    }
    if entries.is_empty() {
        return Err(BundleError::WrongCount(0));
    }
    Ok(entries)
}
