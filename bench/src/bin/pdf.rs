//! Certificates as PDF: time and size in each language, and the time to take the credential out again.
//!
//! `cargo run --release --bin pdf` from `bench/`; some ten seconds. One core, CPU time of the process, median of the rounds.
//! "Crowded" is the sample with every name as long as it may be, which is set at several sizes until it fits. Results and
//! machine: `docs/benchmarks.md`.
#![allow(clippy::expect_used)]

#[path = "../../../crates/certificate-pdf/tests/sample/mod.rs"]
mod sample;

use std::time::Duration;

use certificate_pdf::{Language, Sheet, embedded_credential, render};
use cpu_time::ProcessTime;

const ROUNDS: usize = 41;

fn main() -> anyhow::Result<()> {
    // The first certificate of a process touches fonts and code that later ones find in the cache.
    let first = ProcessTime::now();
    render(&sample::sheet(Language::English))?;
    println!("first certificate of the process: {}\n", millis(first.elapsed()));
    println!("| | print, ms | bytes | crowded, ms | bytes | read back, ms |");
    println!("|---|---:|---:|---:|---:|---:|");
    for language in Language::ALL {
        let (plain, pdf) = measure(&sample::sheet(language))?;
        let (crowded, crowded_pdf) = measure(&sample::crowded(language))?;
        let read = median(|| {
            embedded_credential(&pdf)?;
            Ok(())
        })?;
        println!(
            "| {} | {} | {} | {} | {} | {} |",
            language.tag(),
            millis(plain),
            pdf.len(),
            millis(crowded),
            crowded_pdf.len(),
            millis(read)
        );
    }
    Ok(())
}

fn measure(sheet: &Sheet) -> anyhow::Result<(Duration, Vec<u8>)> {
    let time = median(|| {
        render(sheet)?;
        Ok(())
    })?;
    Ok((time, render(sheet)?))
}

fn median(mut work: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = ProcessTime::now();
        work()?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times[ROUNDS / 2])
}

fn millis(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1_000.0)
}
