//! Accounts of how methods did, as tables and pictures.

use std::path::Path;

use anyhow::{Context as _, Result};
use battery::reliability::{Curve, picture};

use crate::baseline::{awtls, naive};

/// How one method did. Everything in percentage points of rated capacity.
pub struct Account {
    pub method: &'static str,
    pub refused: usize,
    /// Error, and half-widths at the three levels.
    pub cases: Vec<(f64, [f64; 3])>,
}

impl Account {
    pub fn new(method: &'static str) -> Self {
        Self {
            method,
            refused: 0,
            cases: Vec::new(),
        }
    }

    pub fn n(&self) -> f64 {
        self.cases.len() as f64
    }

    pub fn mae(&self) -> f64 {
        self.cases.iter().map(|(error, _)| error.abs()).sum::<f64>() / self.n()
    }

    pub fn bias(&self) -> f64 {
        self.cases.iter().map(|(error, _)| error).sum::<f64>() / self.n()
    }

    pub fn half_width(&self) -> f64 {
        self.cases.iter().map(|(_, half)| half[2]).sum::<f64>() / self.n()
    }

    pub fn coverage(&self, level: usize) -> f64 {
        let inside = self
            .cases
            .iter()
            .filter(|(error, half)| error.abs() <= half[level]);
        inside.count() as f64 / self.n()
    }
}

pub fn table(title: &str, accounts: &[Account]) {
    println!("\n{title}\n");
    println!("| method | n | refused | MAE pp | mean error pp | half-width pp | 50 % | 80 % | 95 % |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for a in accounts {
        println!(
            "| {} | {} | {} | {:.2} | {:+.2} | {:.2} | {:.3} | {:.3} | {:.3} |",
            a.method,
            a.cases.len(),
            a.refused,
            a.mae(),
            a.bias(),
            a.half_width(),
            a.coverage(0),
            a.coverage(1),
            a.coverage(2)
        );
    }
}

pub fn draw(folder: &Path, file: &str, title: &str, accounts: &[Account]) -> Result<()> {
    let curves: Vec<Curve> = accounts
        .iter()
        .map(|a| Curve {
            name: a.method.to_owned(),
            coverages: [a.coverage(0), a.coverage(1), a.coverage(2)],
            n: a.cases.len(),
        })
        .collect();
    std::fs::create_dir_all(folder)?;
    let path = folder.join(file);
    std::fs::write(&path, picture(title, &curves)).with_context(|| path.display().to_string())
}

/// The three methods on one car, in the same order everywhere. `pairs` are charge in Ah and change of state of charge as the
/// vehicle says; baselines are given exactly the cars that the method does not refuse, so that all are judged on the same ones.
pub fn judge(
    accounts: &mut [Account; 3],
    assessment: &battery::Assessment,
    pairs: &[(f64, f64)],
    step: f64,
    truth: f64,
    rated: f64,
) {
    let Some(soh) = assessment.soh() else {
        accounts.iter_mut().for_each(|a| a.refused += 1);
        return;
    };
    let half = [soh.half_width50, soh.half_width80, soh.half_width95].map(battery::Decimal::value);
    accounts[0]
        .cases
        .push((soh.percent.value() - 100.0 * truth / rated, half));
    for (account, found) in accounts[1..]
        .iter_mut()
        .zip([naive(pairs), awtls(pairs, step, rated)])
    {
        match found {
            Some((q, half)) => account
                .cases
                .push((100.0 * (q - truth) / rated, half.map(|h| 100.0 * h / rated))),
            None => account.refused += 1,
        }
    }
}

pub fn accounts() -> [Account; 3] {
    [
        Account::new(battery::METHOD_VERSION),
        Account::new("naive coulomb counting"),
        Account::new("AWTLS"),
    ]
}

/// Several accounts of the same methods as one.
pub fn pooled(all: Vec<[Account; 3]>) -> [Account; 3] {
    let mut sum = accounts();
    for one in all {
        for (into, from) in sum.iter_mut().zip(one) {
            into.refused += from.refused;
            into.cases.extend(from.cases);
        }
    }
    sum
}
