"""Checks a log of every size with `aics-tlog`: each line of standard input is a tree head with proofs made by the other side.

    size root [index proof…] | old proof… | old proof…

Hashes are hexadecimal. The folder named as argument has the tiles and entry bundles of all sizes.
"""

import sys

from aics_tlog import FileSystemTileReader, MerkleTree, audit_tiles, verify_consistency, verify_inclusion
from aics_tlog.hashing import leaf_hash

reader = FileSystemTileReader(sys.argv[1])
tree = MerkleTree()
roots = {}
checked = 0
for line in sys.stdin:
    head, *consistency = [part.split() for part in line.split("|")]
    size, root, inclusion = int(head[0]), bytes.fromhex(head[1]), head[2:]
    while len(tree) < size:
        tree.append(b"entry %d" % len(tree))
    assert tree.root() == root, f"size {size}: the roots differ"
    roots[size] = root
    report = audit_tiles(reader, size, root)
    assert report.bundles == (size + 255) // 256, f"size {size}: {report}"
    if inclusion:
        index, proof = int(inclusion[0]), [bytes.fromhex(h) for h in inclusion[1:]]
        leaf = leaf_hash(b"entry %d" % index)
        assert verify_inclusion(leaf, index, size, proof, root), f"size {size}: entry {index} is not included"
        assert proof == tree.inclusion_proof(index), f"size {size}: the inclusion proofs of {index} differ"
        other = leaf_hash(b"entry %d" % (index + 1))
        assert not verify_inclusion(other, index, size, proof, root), f"size {size}: anything is included"
    for old, *proof in consistency:
        old, proof = int(old), [bytes.fromhex(h) for h in proof]
        assert verify_consistency(old, size, roots[old], root, proof), f"{old} to {size} is not consistent"
        assert proof == tree.consistency_proof(old), f"{old} to {size}: the consistency proofs differ"
    checked += 1
print(checked)
