//! Vectors others published.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use tlog::checkpoint::Checkpoint;
use tlog::note::{KeyName, Note, SignatureLine, SignatureType, SigningKey, Vkey};
use tlog::policy::{Policy, PolicyError};
use tlog::tile::TileId;
use tlog::tree::RightEdge;
use tlog::{Hash, TreeSize, empty_root, leaf_hash, merkle};

/// The example key and note of c2sp.org/signed-note, section "Verifier keys".
#[test]
fn the_signed_note_specifications_example_verifies() {
    let vkey = Vkey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").unwrap();
    let bytes = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let note = Note::parse(bytes.as_bytes()).unwrap();
    assert_eq!(note.text, "This is an example message.\n");
    assert_eq!(note.verify(std::slice::from_ref(&vkey)).unwrap().len(), 1);
    assert_eq!(note.to_bytes(), bytes.as_bytes());
}

/// The opening example of c2sp.org/signed-note; its key is not published, its form is.
#[test]
fn the_poem_of_the_signed_note_specification_parses() {
    let bytes = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";
    let note = Note::parse(bytes.as_bytes()).unwrap();
    assert!(note.text.ends_with("di sole:\n\ned è subito sera.\n"));
    assert_eq!(note.signatures.len(), 1);
    assert_eq!(note.to_bytes(), bytes.as_bytes());
}

/// Package documentation of golang.org/x/mod/sumdb/note.
mod go_sumdb_note {
    pub const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    pub const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    pub const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    pub const PETERS_LINE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
    pub const ENOCHS_LINE: &str = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=";
}

#[test]
fn gos_example_notes_verify() {
    use go_sumdb_note::*;
    let keys = [Vkey::parse(PETER).unwrap(), Vkey::parse(ENOCH).unwrap()];
    let bytes = format!("{TEXT}\n{PETERS_LINE}\n{ENOCHS_LINE}\n");
    let note = Note::parse(bytes.as_bytes()).unwrap();
    assert_eq!(note.verify(&keys).unwrap().len(), 2);
    assert_eq!(keys.map(|key| key.to_string()), [PETER, ENOCH]);

    let without_peter = Note::parse(format!("{TEXT}\n{ENOCHS_LINE}\n").as_bytes()).unwrap();
    let peter = [Vkey::parse(PETER).unwrap()];
    without_peter.verify(&peter).unwrap_err();
}

#[test]
fn gos_example_key_signs_as_in_go() {
    use go_sumdb_note::*;
    let line = SignatureLine::parse(PETERS_LINE).unwrap();
    let key = SigningKey::new(KeyName::new("PeterNeumann").unwrap(), &peters_secret());
    assert_eq!(key.vkey().to_string(), PETER);
    assert_eq!(key.sign(TEXT), line);
}

/// `PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz` without its first byte, the type.
fn peters_secret() -> [u8; 32] {
    let hex = "810a1402d5146c8d84f2443330f54080ebf98ee17d9c74f6252fc5d5c7283173";
    let bytes: Vec<u8> = (0..64)
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    bytes.try_into().unwrap()
}

/// A checkpoint the Go checksum database served, with its key as built into the Go command.
#[test]
fn a_checkpoint_of_the_go_checksum_database_verifies() {
    let vkey = Vkey::parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8").unwrap();
    let bytes = "go.sum database tree\n15067302\ngJyioq6dwR9n+NjEWORfYmH+ubeYm3kH42BBQ0bTpYI=\n\n— sum.golang.org Az3grp1rvWOs5NKlr/xR4GLN/CDyzzakmt1o61uSxYKpK1SerqOP2ClbX/peKUZjYnyomH5Xz7GZG3TpB7OeKn4E2ww=\n— test.example.com qTGhC/xIPQ0AXKHK6Y+9ypRfuvMZWPjRXM8NiOg5M1WREn07VQXyuIXM3NRNav3ieVFLUqDRK77PWDmL6w8w84UqeAw=\n";
    let note = Note::parse(bytes.as_bytes()).unwrap();
    note.verify(std::slice::from_ref(&vkey)).unwrap();
    let checkpoint = Checkpoint::from_note(&note).unwrap();
    assert_eq!(
        (checkpoint.origin.as_str(), checkpoint.size),
        ("go.sum database tree", TreeSize(15_067_302))
    );
    assert_eq!(checkpoint.to_string(), note.text);

    // That log's key name is not its origin, which tlog-policy demands.
    let policy = Policy::parse(format!("log {vkey}\nquorum none\n")).unwrap();
    assert!(matches!(
        policy.evaluate(&note),
        Err(PolicyError::NotSignedByLog { .. })
    ));
}

/// The example of c2sp.org/tlog-cosignature.
#[test]
fn the_cosignature_specifications_example_parses() {
    let bytes = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    let note = Note::parse(bytes.as_bytes()).unwrap();
    assert_eq!(note.to_bytes(), bytes.as_bytes());
    assert_eq!(Checkpoint::from_note(&note).unwrap().size, TreeSize(20_852_163));
    // The time of the cosignature, as the specification's text of the signed message has it.
    assert_eq!(note.signatures[1].signature[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(note.signatures[1].signature.len(), 8 + 64);
}

/// Keys from the tests of github.com/transparency-dev/formats (note/note_cosigv1_test.go).
#[test]
fn verifier_keys_of_other_projects_parse_or_are_refused_as_there() {
    let remora = Vkey::parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2").unwrap();
    assert_eq!(remora.signature_type(), SignatureType::CosignatureV1);
    let test = Vkey::parse("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6").unwrap();
    assert_eq!(test.signature_type(), SignatureType::Ed25519);
    for refused in [
        "bananas.sigstore.dev+12344556",
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        "rekor.sigstore.dev+12345678+AwEB",
        "TEST+NOT_A_NUMBER+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "TEST+00000000+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "TEST+7997405+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    ] {
        Vkey::parse(refused).unwrap_err();
    }
}

/// The test tree of github.com/google/certificate-transparency (merkletree tests), the customary RFC 6962 vectors.
#[test]
fn the_certificate_transparency_test_tree_has_its_published_roots() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    for (size, root) in roots.iter().enumerate() {
        let mut edge = RightEdge::empty();
        edge.append_all(&hashes[..size]);
        assert_eq!(edge.root().to_string(), *root);
        assert_eq!(merkle::root(&hashes[..size]).to_string(), *root);
    }
    assert_eq!(empty_root().to_string(), roots[0]);
}

/// The worked examples of c2sp.org/tlog-tiles.
#[test]
fn the_tile_specifications_examples_hold() {
    let id = TileId {
        level: 0,
        index: 1_234_067,
        width: 256,
    };
    assert_eq!(id.path(), "tile/0/x001/x234/067");

    // A tree of 70,000: partial tiles of width 112, 17 and 1.
    let partial = RightEdge::tiles_needed(TreeSize(70_000));
    let expected = [(0, 273, 112), (1, 1, 17), (2, 0, 1)];
    assert_eq!(
        partial,
        expected.map(|(level, index, width)| TileId { level, index, width })
    );

    // A tree of 256: a full tile at level 0, a partial one of width 1 above.
    let mut edge = RightEdge::empty();
    let tiles = edge.append_all(&vec![leaf_hash(b""); 256]);
    let paths: Vec<String> = tiles.iter().map(|(id, _)| id.path()).collect();
    assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1"]);
}
