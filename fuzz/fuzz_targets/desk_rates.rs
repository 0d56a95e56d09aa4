#![no_main]
//! Any bytes as a file of exchange rates, the bank's or our own: read, or refused by line.

use std::path::Path;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let files = [(Path::new("rates"), data.to_vec())];
    let book = desk::quote::parse_rates(&files);
    if let Ok(rates) = book.and_then(|book| book.on(jiff::civil::date(2026, 3, 10))) {
        for from in ["EUR", "USD"] {
            for to in ["KRW", "RUB"] {
                if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
                    let _ = rates.rate(from, to);
                }
            }
        }
    }
});
