//! The tree as tiles: growing it, and computing roots and proofs from tiles someone stored.
//!
//! The tree is that of [RFC 6962 section 2.1](https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1), its storage that of
//! [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles). Nothing here reads storage: a function names the tiles it needs, the
//! caller brings them in a [`TileSource`].
//!
//! - SPEC: a partial tile is not hashed into the level above.
//! - SPEC: a partial tile may be gone once the full one exists, and a reader may take the full one instead. So wherever a tile
//!   of some width is asked for, a longer one is accepted and its first hashes are used.
//!
//! Tiles are not trusted: what is computed from wrong tiles is a proof or a root that does not verify against the checkpoint.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

use thiserror::Error;

use crate::tile::{FULL_WIDTH, TileId, hashes_at_level};
use crate::{Hash, LeafIndex, TreeSize, empty_root, merkle, node_hash};

/// Largest size a tree can grow to; other implementations count leaves in signed 64-bit integers.
pub const MAX_TREE_SIZE: TreeSize = TreeSize(i64::MAX as u64);

/// Where tree functions find the tiles they named.
pub trait TileSource {
    /// The content of `id`, or of a wider tile at the same place.
    fn tile(&self, id: &TileId) -> Option<&[u8]>;
}

impl<S: BuildHasher> TileSource for HashMap<TileId, Vec<u8>, S> {
    fn tile(&self, id: &TileId) -> Option<&[u8]> {
        self.get(id).or_else(|| self.get(&id.full())).map(Vec::as_slice)
    }
}

impl TileSource for BTreeMap<TileId, Vec<u8>> {
    fn tile(&self, id: &TileId) -> Option<&[u8]> {
        self.get(id).or_else(|| self.get(&id.full())).map(Vec::as_slice)
    }
}

/// Why tiles do not give what was asked of them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TreeError {
    /// The index is not in the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The leaf asked for.
        index: LeafIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// The older tree is larger than the newer.
    #[error("the older tree has {old} leaves, more than the newer tree's {new}")]
    SizesReversed {
        /// Size claimed to be older.
        old: TreeSize,
        /// Size claimed to be newer.
        new: TreeSize,
    },
    /// More leaves than [`MAX_TREE_SIZE`].
    #[error("a tree of {0} leaves is larger than this log can be")]
    TooLarge(TreeSize),
    /// The source does not have a tile it needs to have.
    #[error("tile {0} is missing")]
    MissingTile(TileId),
    /// A tile has fewer hashes than its width says, or a torn one at its end.
    #[error("tile {id} has {length} bytes")]
    WrongTileLength {
        /// The tile as asked for.
        id: TileId,
        /// Bytes found.
        length: usize,
    },
}

/// The growing side of a tree: what must be known of it to append leaves, and no more.
///
/// Holds, per level, the hashes of the partial tile there; a tree of 2^24 leaves needs at most 24 KiB. Appending costs one
/// node hash per leaf on average, plus at most 255 per level whenever [`RightEdge::root`] is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightEdge {
    size: TreeSize,
    /// `partial[level]` has 0 to 255 hashes: the partial tile of that level.
    partial: Vec<Vec<Hash>>,
}

impl RightEdge {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Self {
            size: TreeSize(0),
            partial: Vec::new(),
        }
    }

    /// The tiles [`RightEdge::from_tiles`] reads for a tree of this size: its partial tiles, lowest level first.
    pub fn tiles_needed(size: TreeSize) -> Vec<TileId> {
        let levels = (0_u8..).take_while(|level| hashes_at_level(*level, size) > 0);
        levels.filter_map(|level| partial_tile(level, size)).collect()
    }

    /// Continues the tree of `size` leaves from its partial tiles.
    ///
    /// The tiles are right if and only if [`RightEdge::root`] is the root of a checkpoint of that size: compare it.
    pub fn from_tiles(size: TreeSize, source: &impl TileSource) -> Result<Self, TreeError> {
        if size > MAX_TREE_SIZE {
            return Err(TreeError::TooLarge(size));
        }
        let mut partial = Vec::new();
        for level in (0_u8..).take_while(|level| hashes_at_level(*level, size) > 0) {
            partial.push(match partial_tile(level, size) {
                Some(id) => read_tile(&id, source)?,
                None => Vec::new(),
            });
        }
        Ok(Self { size, partial })
    }

    /// Number of leaves.
    pub fn size(&self) -> TreeSize {
        self.size
    }

    /// The root hash.
    pub fn root(&self) -> Hash {
        let mut subtrees = Vec::new();
        for hashes in self.partial.iter().rev() {
            let mut rest = hashes.as_slice();
            while let Some(width) = rest.len().checked_ilog2() {
                let (complete, after) = rest.split_at(1 << width);
                subtrees.push(merkle::root(complete));
                rest = after;
            }
        }
        join(subtrees)
    }

    /// The partial tiles this edge consists of, lowest level first: what [`RightEdge::from_tiles`] continues from.
    pub fn partial_tiles(&self) -> Vec<(TileId, Vec<u8>)> {
        let levels = (0_u8..).zip(&self.partial);
        levels
            .filter_map(|(level, hashes)| partial_tile(level, self.size).map(|id| (id, tile_bytes(hashes))))
            .collect()
    }

    /// Appends leaf hashes and returns every tile the caller has to store: those that became full, and the partial tile of
    /// the new size at each level. Nothing is returned when nothing is appended.
    pub fn append_all(&mut self, leaves: &[Hash]) -> Vec<(TileId, Vec<u8>)> {
        if leaves.is_empty() {
            return Vec::new();
        }
        let mut tiles = Vec::new();
        for leaf in leaves {
            self.append(*leaf, &mut tiles);
        }
        tiles.extend(self.partial_tiles());
        tiles
    }

    fn append(&mut self, leaf: Hash, full_tiles: &mut Vec<(TileId, Vec<u8>)>) {
        self.size = TreeSize(self.size.0.saturating_add(1));
        let mut carry = leaf;
        for level in 0_u8.. {
            let position = usize::from(level);
            if self.partial.len() == position {
                self.partial.push(Vec::with_capacity(usize::from(FULL_WIDTH)));
            }
            let Some(hashes) = self.partial.get_mut(position) else {
                return;
            };
            hashes.push(carry);
            if hashes.len() < usize::from(FULL_WIDTH) {
                return;
            }
            let index = hashes_at_level(level + 1, self.size) - 1;
            full_tiles.push((
                TileId {
                    level,
                    index,
                    width: FULL_WIDTH,
                },
                tile_bytes(hashes),
            ));
            carry = merkle::root(hashes);
            hashes.clear();
        }
    }
}

/// The root of the tree of `size` leaves, from the tiles [`RightEdge::tiles_needed`] names.
pub fn root_from_tiles(size: TreeSize, source: &impl TileSource) -> Result<Hash, TreeError> {
    RightEdge::from_tiles(size, source).map(|edge| edge.root())
}

/// The tiles an inclusion proof is computed from.
pub fn inclusion_tiles(size: TreeSize, index: LeafIndex) -> Vec<TileId> {
    tiles_of(&inclusion_path(size, index), size)
}

/// The inclusion proof of leaf `index` in the tree of `size` leaves, RFC 6962 section 2.1.1.
pub fn inclusion_proof(
    size: TreeSize,
    index: LeafIndex,
    source: &impl TileSource,
) -> Result<Vec<Hash>, TreeError> {
    if index.0 >= size.0 {
        return Err(TreeError::IndexOutOfRange { index, size });
    }
    inclusion_path(size, index)
        .iter()
        .map(|range| range.hash(size, source))
        .collect()
}

/// The tiles a consistency proof is computed from.
pub fn consistency_tiles(old: TreeSize, new: TreeSize) -> Vec<TileId> {
    tiles_of(&consistency_path(old, new), new)
}

/// The consistency proof between the trees of `old` and `new` leaves, RFC 6962 section 2.1.2.
///
/// It is empty when `old` is zero or equal to `new`.
pub fn consistency_proof(
    old: TreeSize,
    new: TreeSize,
    source: &impl TileSource,
) -> Result<Vec<Hash>, TreeError> {
    if old > new {
        return Err(TreeError::SizesReversed { old, new });
    }
    consistency_path(old, new)
        .iter()
        .map(|range| range.hash(new, source))
        .collect()
}

/// `MTH(D[start:end])`: a node of the tree, complete or at its right edge.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    end: u64,
}

impl Range {
    /// Splits as RFC 6962 does, at the largest power of two smaller than the length; a single leaf does not split.
    fn split(self) -> Option<(Self, Self)> {
        let height = (self.end - self.start).checked_sub(1)?.checked_ilog2()?;
        let middle = self.start + (1 << height);
        Some((
            Self { end: middle, ..self },
            Self {
                start: middle,
                ..self
            },
        ))
    }

    /// The complete subtrees this range consists of, left to right.
    fn subtrees(self) -> impl Iterator<Item = Subtree> {
        let mut start = self.start;
        std::iter::from_fn(move || {
            let height = (self.end - start).checked_ilog2()?;
            let subtree = Subtree {
                height,
                position: start >> height,
            };
            start += 1 << height;
            Some(subtree)
        })
    }

    fn hash(self, size: TreeSize, source: &impl TileSource) -> Result<Hash, TreeError> {
        let subtrees = self.subtrees().map(|subtree| subtree.hash(size, source));
        subtrees.collect::<Result<Vec<_>, _>>().map(join)
    }
}

/// A complete subtree of 2^height leaves, the `position`-th of its height.
struct Subtree {
    height: u32,
    position: u64,
}

impl Subtree {
    /// The tile this subtree's hashes are in, with the first and the number of them.
    fn in_tile(&self, size: TreeSize) -> Option<(TileId, usize, usize)> {
        let level = u8::try_from(self.height / 8).ok()?;
        let within = self.height % 8;
        let first = self.position << within;
        let offset = usize::try_from(first % u64::from(FULL_WIDTH)).ok()?;
        TileId::containing(level, first, size).map(|id| (id, offset, 1 << within))
    }

    fn hash(&self, size: TreeSize, source: &impl TileSource) -> Result<Hash, TreeError> {
        let (id, first, count) = self.in_tile(size).ok_or(TreeError::TooLarge(size))?;
        let bytes = tile_content(&id, source)?;
        let wrong_length = TreeError::WrongTileLength {
            id,
            length: bytes.len(),
        };
        let hashes = bytes
            .get(first * Hash::LEN..(first + count) * Hash::LEN)
            .ok_or(wrong_length)?;
        Ok(merkle::root(&hashes_in(hashes)))
    }
}

fn inclusion_path(size: TreeSize, index: LeafIndex) -> Vec<Range> {
    let mut path = Vec::new();
    if index.0 >= size.0 {
        return path;
    }
    let mut node = Range {
        start: 0,
        end: size.0,
    };
    while let Some((left, right)) = node.split() {
        let (towards, sibling) = if index.0 < left.end {
            (left, right)
        } else {
            (right, left)
        };
        path.push(sibling);
        node = towards;
    }
    path.reverse();
    path
}

fn consistency_path(old: TreeSize, new: TreeSize) -> Vec<Range> {
    let mut path = Vec::new();
    if old.0 == 0 || old >= new {
        return path;
    }
    let mut node = Range { start: 0, end: new.0 };
    while node.end != old.0 {
        let Some((left, right)) = node.split() else { break };
        let (towards, sibling) = if old.0 <= left.end {
            (left, right)
        } else {
            (right, left)
        };
        path.push(sibling);
        node = towards;
    }
    // Where the older tree is one complete subtree, its root is known to the verifier and is left out.
    if node.start != 0 {
        path.push(node);
    }
    path.reverse();
    path
}

fn tiles_of(path: &[Range], size: TreeSize) -> Vec<TileId> {
    let subtrees = path.iter().flat_map(|range| range.subtrees());
    let tiles: BTreeSet<TileId> = subtrees
        .filter_map(|subtree| subtree.in_tile(size))
        .map(|(id, _, _)| id)
        .collect();
    tiles.into_iter().collect()
}

/// Joins the complete subtrees of a range, left to right and ever smaller, to the range's hash.
fn join(subtrees: Vec<Hash>) -> Hash {
    let joined = subtrees
        .into_iter()
        .rev()
        .reduce(|right, left| node_hash(&left, &right));
    joined.unwrap_or_else(empty_root)
}

/// The partial tile at `level` of a tree of `size` leaves, if that level does not end with a full one.
fn partial_tile(level: u8, size: TreeSize) -> Option<TileId> {
    let hashes = hashes_at_level(level, size);
    let width = u16::try_from(hashes % u64::from(FULL_WIDTH))
        .ok()
        .filter(|width| *width > 0)?;
    Some(TileId {
        level,
        index: hashes / u64::from(FULL_WIDTH),
        width,
    })
}

fn tile_content<'s>(id: &TileId, source: &'s impl TileSource) -> Result<&'s [u8], TreeError> {
    let bytes = source.tile(id).ok_or(TreeError::MissingTile(*id))?;
    let whole_hashes = bytes.len().is_multiple_of(Hash::LEN);
    if bytes.len() < id.byte_len() || bytes.len() > id.full().byte_len() || !whole_hashes {
        return Err(TreeError::WrongTileLength {
            id: *id,
            length: bytes.len(),
        });
    }
    Ok(bytes)
}

fn read_tile(id: &TileId, source: &impl TileSource) -> Result<Vec<Hash>, TreeError> {
    let mut hashes = hashes_in(tile_content(id, source)?);
    hashes.truncate(usize::from(id.width));
    Ok(hashes)
}

fn hashes_in(bytes: &[u8]) -> Vec<Hash> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|chunk| Hash(*chunk)).collect()
}

fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(hashes.len() * Hash::LEN);
    for hash in hashes {
        bytes.extend_from_slice(&hash.0);
    }
    bytes
}
