//! Any text as a path: it names one tile or one bundle or nothing, in one spelling.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::tile::{BundleId, TileId};

fuzz_target!(|path: &str| {
    let tile = TileId::parse(path);
    let bundle = BundleId::parse(path);
    assert!(tile.is_err() || bundle.is_err());
    if let Ok(tile) = tile {
        assert_eq!(tile.path(), path);
    }
    if let Ok(bundle) = bundle {
        assert_eq!(bundle.path(), path);
    }
});
