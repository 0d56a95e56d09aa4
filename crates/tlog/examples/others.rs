//! Implementations by others (`tlog_tiles`, `signed_note`, `metamorphic-log`), as a program, so that tests of running servers can ask
//! them without building them in: they change the features of the primitives that everything else is built on.
//!
//! ```text
//! others served FOLDER LOG-VKEY WITNESS-VKEY…      whether they accept checkpoint, tile and entries in FOLDER; prints how many entries
//! others sign ORIGIN SEED                          the checkpoint text from standard input, signed
//! others consistent OLD NEW OLD-ROOT NEW-ROOT      whether the proof from standard input, a line a hash, is one
//! others note VKEY…                                how many of the keys signed the note from standard input
//! ```
//!
//! Seeds, roots and hashes are in base64.

use std::collections::HashMap;
use std::error::Error;
use std::io::Read as _;
use std::path::Path;

use metamorphic_log as metamorphic;
use tlog::tile::{TileId, decode_bundle};
use tlog::{Hash, LeafIndex, TreeSize};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["served", folder, log, witnesses @ ..] => served(Path::new(folder), log, witnesses),
        ["sign", origin, seed] => {
            let text = input()?;
            let line = metamorphic::note::sign_ed25519(&text, origin, &bytes32(seed)?)?;
            print!("{text}\n{}\n", line.marshal_line());
            Ok(())
        }
        ["consistent", old, new, old_root, new_root] => {
            let proof: Vec<Vec<u8>> = input()?
                .lines()
                .map(|line| Hash::from_base64(line).map(|hash| hash.0.to_vec()))
                .collect::<Option<_>>()
                .ok_or("a line is no hash")?;
            let (old_root, new_root) = (bytes32(old_root)?, bytes32(new_root)?);
            metamorphic::proof::verify_consistency(old.parse()?, new.parse()?, &proof, &old_root, &new_root)?;
            Ok(())
        }
        ["note", vkeys @ ..] => {
            println!(
                "{}",
                metamorphic::note::SignedNote::parse(&input()?)?
                    .verify(&keys(vkeys)?)?
                    .len()
            );
            Ok(())
        }
        _ => Err("see the head of others.rs".into()),
    }
}

/// Checkpoint, level-0 tile and entry bundle of a log that fits into one of each, as a server gave them.
fn served(folder: &Path, log: &str, witnesses: &[&str]) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(folder.join("checkpoint"))?;
    let verifier = signed_note::StandardVerifier::new(log)?;
    let note = signed_note::Note::from_bytes(&bytes)?;
    let (by_log, _) = note.verify(&signed_note::VerifierList::new(vec![Box::new(verifier)]))?;
    if by_log.len() != 1 {
        return Err("signed_note: the log's signature is missing".into());
    }
    let checkpoint =
        tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|e| format!("tlog_tiles: {e:?}"))?;
    let all: Vec<&str> = std::iter::once(log).chain(witnesses.iter().copied()).collect();
    let parsed = metamorphic::note::SignedNote::parse(std::str::from_utf8(&bytes)?)?;
    let signed = parsed.verify(&keys(&all)?)?;
    if signed.len() != all.len() {
        return Err(format!("metamorphic-log: {} of {} signatures", signed.len(), all.len()).into());
    }

    let size = TreeSize(checkpoint.size());
    let bundle = std::fs::read(folder.join("entries"))?;
    let entries = decode_bundle(&bundle)?;
    if entries.len() as u64 != size.0 {
        return Err(format!("{} entries in a log of {}", entries.len(), size.0).into());
    }
    let tile = TileId::containing(0, 0, size).ok_or("an empty log")?;
    let tiles = HashMap::from([(tile, std::fs::read(folder.join("tile"))?)]);
    for (index, entry) in (0..).zip(&entries) {
        let proof = tlog::tree::inclusion_proof(size, LeafIndex(index), &tiles)?;
        let proof: Vec<Vec<u8>> = proof.iter().map(|hash| hash.0.to_vec()).collect();
        let (leaf, root) = (tlog::leaf_hash(entry).0, checkpoint.hash().0);
        metamorphic::proof::verify_inclusion(index, size.0, &leaf, &proof, &root)?;
    }
    println!("{}", entries.len());
    Ok(())
}

fn bytes32(base64: &str) -> Result<[u8; 32], Box<dyn Error>> {
    Ok(Hash::from_base64(base64)
        .ok_or_else(|| format!("{base64}: not the base64 of 32 bytes"))?
        .0)
}

fn keys(vkeys: &[&str]) -> Result<Vec<metamorphic::note::VerifierKey>, Box<dyn Error>> {
    vkeys
        .iter()
        .map(|vkey| Ok(metamorphic::note::VerifierKey::parse(vkey)?))
        .collect()
}

fn input() -> Result<String, Box<dyn Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
