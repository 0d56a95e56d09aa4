//! The path-compressed binary trie over labels (`spec/index.md`, "Trie").
//!
//! Leaves and nodes lie in two arrays and name each other by position, which keeps a million of them in some 150 MB and
//! lets the whole trie be built in one pass over sorted leaves. A change marks the path above it as stale; hashing
//! waits until somebody asks for the root, so that a batch hashes what its paths share only once.
//!
//! What is slow in a large trie is not to hash but to fetch memory. So the few bytes that lead the way are kept apart
//! from the hashes, and a node keeps the hashes of its children rather than its own: a path is found in memory that
//! mostly stays in the cache, and hashed or proved without fetching anything beside it.

use crate::hash::{empty_root, leaf_hash, node_hash};
use crate::{Label, TrieProof};

/// What is stored under a label, and the 32 bytes of it that the trie commits to.
pub trait LeafValue {
    /// The value that goes into the leaf's hash.
    fn value(&self) -> [u8; 32];
}

impl LeafValue for [u8; 32] {
    fn value(&self) -> [u8; 32] {
        *self
    }
}

/// Why a trie cannot be built from the given leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// Labels must rise, each only once.
    #[error("label {label} at position {position} does not come after the one before it")]
    NotAscending {
        /// Which of the leaves, from 0.
        position: usize,
        /// Its label.
        label: Label,
    },
}

/// All labels with what is stored under them, and the root that commits to it.
#[derive(Clone, Debug)]
pub struct Trie<L> {
    leaves: Vec<Leaf<L>>,
    nodes: Vec<Node>,
    /// The hashes of the children of the node at the same position.
    hashes: Vec<Siblings>,
    root: Option<Link>,
    /// The hash of what `root` points to; without meaning while that is none.
    root_hash: [u8; 32],
    /// Whether that hash is out of date.
    stale: bool,
    /// The way of the last descent, kept only to spare an allocation each time.
    path: Vec<(usize, usize)>,
}

#[derive(Clone, Debug)]
struct Leaf<L> {
    label: Label,
    content: L,
}

#[derive(Clone, Debug)]
struct Node {
    /// The first bit in which the labels below differ: 0 leads left, 1 right.
    bit: u8,
    /// Which children's hashes are out of date; then what is above knows that its hash of this node is too.
    stale: [bool; 2],
    children: [Link; 2],
}

/// Two hashes, on one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Siblings([[u8; 32]; 2]);

/// Points to a leaf or a node. 31 bits of position and one that says which of the two: at some 148 bytes of leaf and
/// node per label, memory ends long before the positions do.
#[derive(Clone, Copy, Debug)]
struct Link(u32);

/// A leaf or node, with its hash.
#[derive(Clone, Copy, Debug)]
struct Hashed {
    link: Link,
    hash: [u8; 32],
}

enum Target {
    Leaf(usize),
    Node(usize),
}

impl Link {
    const LEAF: u32 = 1 << 31;

    fn leaf(position: usize) -> Self {
        Self(Self::position(position) | Self::LEAF)
    }

    fn node(position: usize) -> Self {
        Self(Self::position(position))
    }

    fn position(position: usize) -> u32 {
        assert!(position < Self::LEAF as usize, "a trie holds at most 2^31 labels");
        position as u32
    }

    fn target(self) -> Target {
        let position = (self.0 & !Self::LEAF) as usize;
        if self.0 & Self::LEAF == 0 {
            Target::Node(position)
        } else {
            Target::Leaf(position)
        }
    }
}

impl<L: LeafValue> Default for Trie<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: LeafValue> Trie<L> {
    /// A trie that holds nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            leaves: Vec::new(),
            nodes: Vec::new(),
            hashes: Vec::new(),
            root: None,
            root_hash: [0; 32],
            stale: false,
            path: Vec::new(),
        }
    }

    /// The trie over leaves that come in ascending order of label, in one pass and with all hashes computed.
    ///
    /// # Errors
    /// A label that does not come after the one before it.
    pub fn from_sorted(leaves: impl IntoIterator<Item = (Label, L)>) -> Result<Self, TrieError> {
        let leaves = leaves.into_iter();
        let expected = leaves.size_hint().0;
        let mut trie = Self::new();
        trie.leaves.reserve_exact(expected);
        trie.nodes.reserve_exact(expected.saturating_sub(1));
        trie.hashes.reserve_exact(expected.saturating_sub(1));

        // Nodes above the newest leaf whose right side is still growing, from the root down.
        let mut open: Vec<(u8, Hashed)> = Vec::new();
        let mut newest: Option<(Label, Hashed)> = None;
        for (position, (label, content)) in leaves.enumerate() {
            if let Some((before, leaf)) = newest {
                let bit = match before.first_difference(&label) {
                    Some(bit) if before < label => bit,
                    _ => return Err(TrieError::NotAscending { position, label }),
                };
                // Whatever decides at a later bit than this one is complete: the new leaf lies outside of it.
                let left = trie.close(&mut open, leaf, Some(bit));
                open.push((bit, left));
            }
            let hash = leaf_hash(&label, &content.value());
            newest = Some((
                label,
                Hashed {
                    link: trie.push_leaf(label, content),
                    hash,
                },
            ));
        }
        if let Some((_, leaf)) = newest {
            let root = trie.close(&mut open, leaf, None);
            trie.root = Some(root.link);
            trie.root_hash = root.hash;
        }
        Ok(trie)
    }

    /// Makes nodes of those in `open` that decide after `bit`, the deepest first, with `right` at their end.
    fn close(&mut self, open: &mut Vec<(u8, Hashed)>, right: Hashed, bit: Option<u8>) -> Hashed {
        let mut right = right;
        while let Some((node_bit, left)) = open.pop_if(|(open_bit, _)| bit.is_none_or(|bit| *open_bit > bit))
        {
            let node = Node {
                bit: node_bit,
                stale: [false; 2],
                children: [left.link, right.link],
            };
            let hash = node_hash(node_bit.into(), [&left.hash, &right.hash]);
            right = Hashed {
                link: self.push_node(node, [left.hash, right.hash]),
                hash,
            };
        }
        right
    }

    /// How many labels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// All labels with what is stored under them, in ascending order of label: what [`Trie::from_sorted`] takes.
    pub fn iter(&self) -> impl Iterator<Item = (&Label, &L)> {
        let mut ahead: Vec<Link> = self.root.into_iter().collect();
        std::iter::from_fn(move || {
            loop {
                match ahead.pop()?.target() {
                    Target::Node(node) => {
                        let [left, right] = self.nodes[node].children;
                        ahead.push(right);
                        ahead.push(left);
                    }
                    Target::Leaf(leaf) => {
                        let leaf = &self.leaves[leaf];
                        return Some((&leaf.label, &leaf.content));
                    }
                }
            }
        })
    }

    /// What is stored under `label`.
    #[must_use]
    pub fn get(&self, label: &Label) -> Option<&L> {
        let mut at = self.root?;
        loop {
            match at.target() {
                Target::Node(node) => {
                    let node = &self.nodes[node];
                    at = node.children[label.side(node.bit)];
                }
                Target::Leaf(leaf) => {
                    let leaf = &self.leaves[leaf];
                    return (leaf.label == *label).then_some(&leaf.content);
                }
            }
        }
    }

    /// Stores `content` under `label`, in place of what was there.
    ///
    /// # Panics
    /// At the 2^31st label, which takes some 300 GB of memory to reach.
    pub fn set(&mut self, label: Label, content: L) {
        let Some(root) = self.root else {
            self.root = Some(self.push_leaf(label, content));
            self.stale = true;
            return;
        };
        let mut path = std::mem::take(&mut self.path);
        path.clear();
        let mut at = root;
        let nearest = loop {
            match at.target() {
                Target::Leaf(leaf) => break leaf,
                Target::Node(position) => {
                    let node = &self.nodes[position];
                    let side = label.side(node.bit);
                    path.push((position, side));
                    at = node.children[side];
                }
            }
        };
        match self.leaves[nearest].label.first_difference(&label) {
            None => {
                self.leaves[nearest].content = content;
                self.mark_stale(&path);
            }
            Some(bit) => {
                let above = path.partition_point(|&(node, _)| self.nodes[node].bit < bit);
                self.insert_below(root, &path[..above], bit, label, content);
            }
        }
        self.path = path;
    }

    /// Puts a new leaf, and a node that decides at `bit` between it and what was there, at the end of `path`.
    fn insert_below(&mut self, root: Link, path: &[(usize, usize)], bit: u8, label: Label, content: L) {
        let parent = path.last().copied();
        let (neighbour, neighbour_hash, neighbour_stale) = match parent {
            Some((parent, side)) => {
                let node = &self.nodes[parent];
                (node.children[side], self.hashes[parent].0[side], node.stale[side])
            }
            None => (root, self.root_hash, self.stale),
        };
        let side = label.side(bit);
        let mut children = [neighbour; 2];
        let mut stale = [neighbour_stale; 2];
        children[side] = self.push_leaf(label, content);
        stale[side] = true;
        let node = self.push_node(Node { bit, stale, children }, [neighbour_hash; 2]);
        match parent {
            Some((parent, side)) => self.nodes[parent].children[side] = node,
            None => self.root = Some(node),
        }
        self.mark_stale(path);
    }

    /// Marks what lies at the end of `path`, and everything above it, as changed.
    fn mark_stale(&mut self, path: &[(usize, usize)]) {
        for &(node, side) in path.iter().rev() {
            let stale = &mut self.nodes[node].stale[side];
            if *stale {
                // An earlier change marked the rest of the way.
                return;
            }
            *stale = true;
        }
        self.stale = true;
    }

    /// The root over all labels and values.
    pub fn root(&mut self) -> [u8; 32] {
        let Some(root) = self.root else {
            return empty_root();
        };
        if std::mem::take(&mut self.stale) {
            self.root_hash = self.rehash(root);
        }
        self.root_hash
    }

    /// The hash of what `link` points to, with all stale ones below brought up to date; no deeper than a label has
    /// bits.
    fn rehash(&mut self, link: Link) -> [u8; 32] {
        match link.target() {
            Target::Leaf(leaf) => {
                let leaf = &self.leaves[leaf];
                leaf_hash(&leaf.label, &leaf.content.value())
            }
            Target::Node(position) => {
                let node = &mut self.nodes[position];
                let (bit, stale, children) = (node.bit, std::mem::take(&mut node.stale), node.children);
                // Read on the way down, so that the whole path is fetched from memory at once instead of one node at a
                // time between hashes on the way up. That halves the time at a million labels.
                let mut hashes = self.hashes[position].0;
                for side in [0, 1] {
                    if stale[side] {
                        hashes[side] = self.rehash(children[side]);
                    }
                }
                self.hashes[position].0 = hashes;
                node_hash(bit.into(), [&hashes[0], &hashes[1]])
            }
        }
    }

    /// Shows what the current root says about `label`, whether it is in the trie or not.
    pub fn prove(&mut self, label: &Label) -> TrieProof {
        self.root();
        let mut steps = Vec::new();
        let mut terminal = None;
        let mut next = self.root;
        while let Some(at) = next.take() {
            match at.target() {
                Target::Node(position) => {
                    let node = &self.nodes[position];
                    let side = label.side(node.bit);
                    steps.push((node.bit.into(), self.hashes[position].0[1 - side]));
                    next = Some(node.children[side]);
                }
                Target::Leaf(leaf) => {
                    let leaf = &self.leaves[leaf];
                    terminal = Some((leaf.label, leaf.content.value()));
                }
            }
        }
        TrieProof::from_trie(steps, terminal)
    }

    fn push_leaf(&mut self, label: Label, content: L) -> Link {
        make_room(&mut self.leaves);
        self.leaves.push(Leaf { label, content });
        Link::leaf(self.leaves.len() - 1)
    }

    fn push_node(&mut self, node: Node, hashes: [[u8; 32]; 2]) -> Link {
        make_room(&mut self.nodes);
        self.nodes.push(node);
        make_room(&mut self.hashes);
        self.hashes.push(Siblings(hashes));
        Link::node(self.nodes.len() - 1)
    }
}

/// Grows by a quarter where `Vec` would double: a million labels would otherwise hold up to 150 MB in reserve.
fn make_room<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact((items.len() / 4).max(16));
    }
}
