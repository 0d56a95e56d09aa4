//! What `country.toml` and `shared.toml` may say.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::pack::{Side, StepKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountryToml {
    pub(super) format: String,
    pub(super) country: String,
    pub(super) name: String,
    pub(super) currency: String,
    #[serde(default = "import")]
    pub(super) side: Side,
    pub(super) as_of: toml::value::Datetime,
    pub(super) verdict: String,
    pub(super) headline: String,
    #[serde(default)]
    pub(super) steering: String,
    #[serde(default)]
    pub(super) ports: Vec<String>,
    #[serde(default)]
    pub(super) regions: Vec<String>,
    #[serde(default)]
    pub(super) gaps: Vec<String>,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    #[serde(default)]
    pub(super) uses: Vec<String>,
    #[serde(default = "two")]
    pub(super) round: u32,
    #[serde(default)]
    pub(super) sources: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) input: Vec<InputToml>,
    #[serde(default)]
    pub(super) step: Vec<StepToml>,
}

fn import() -> Side {
    Side::Import
}

fn two() -> u32 {
    2
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SharedToml {
    pub(super) format: String,
    #[serde(default)]
    pub(super) sources: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputToml {
    pub(super) name: String,
    pub(super) ask: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepToml {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) kind: StepKind,
    pub(super) when: Option<String>,
    pub(super) base: Option<String>,
    pub(super) formula: Option<String>,
    pub(super) otherwise: Option<String>,
    pub(super) round: Option<u32>,
}
