//! A new pack to begin with.

use std::path::{Path, PathBuf};

use border::PackSource;

use crate::data_dir;
use crate::error::DeskError;

/// The pack that the program has of a country.
fn known(country: &str) -> Option<PackSource> {
    let name = country.to_ascii_lowercase();
    super::embedded().into_iter().find(|pack| pack.name == name)
}

/// Whether the program has a pack of a country.
pub fn is_known(country: &str) -> bool {
    known(country).is_some()
}

/// Writes the beginning of a country's pack into a folder of packs, and returns what was written: the pack that the program has of
/// this country, to be corrected, or a skeleton.
///
/// # Errors
/// The code is none, the pack exists, or the disk refuses.
pub fn skeleton(folder: &Path, country: &str, today: jiff::civil::Date) -> Result<Vec<PathBuf>, DeskError> {
    if !border::is_country(country) {
        return Err(DeskError::value(
            "country",
            country,
            "the code of no country; write two capital letters (ISO 3166), such as MX",
        ));
    }
    let path = folder.join(country.to_ascii_lowercase());
    if path.exists() {
        return Err(DeskError::value(
            "country",
            country,
            format!("{} exists already; edit the files in it", path.display()),
        ));
    }
    std::fs::create_dir_all(&path).map_err(DeskError::file(&path))?;
    // A skeleton would take the place of what is known of this country.
    if let Some(known) = known(country) {
        let mut written = Vec::new();
        for (name, text) in &known.files {
            let file = path.join(name);
            data_dir::write(&file, text, 0o644)?;
            written.push(file);
        }
        return Ok(written);
    }
    let toml = format!(
        r#"# How to fill this in: spec/rule-pack.md. Then: carnet rules check --rules {folder}
format = "carnet-rules/1"
country = "{country}"
name = "(name of the country)"
currency = "USD"
as_of = {today}
verdict = "unknown"
headline = "(the state of the market in a sentence)"
ports = []
gaps = ["everything: this is a skeleton"]

[[step]]
name = "customs_value"
title = "Customs value"
kind = "value"
formula = "cif"
round = 2

[[step]]
name = "import_duty"
title = "Import duty"
kind = "charge"
base = "customs_value"

[[step]]
name = "vat"
title = "VAT"
kind = "charge"
base = "customs_value + import_duty"

[sources]
law = "https://example.org/where-the-rule-was-read"
"#,
        folder = crate::shell::path(folder)
    );
    let id = country.to_ascii_lowercase();
    let files = [
        ("country.toml", toml),
        (
            "rules.csv",
            format!(
                "id,for,from,to,basis,when,value,unit,act,source,confidence,status,disputes,note\n\
                 {id}.import_duty,import_duty,,,,,not found,fraction,,law,low,,,rate not found yet: the total is withheld\n\
                 {id}.vat,vat,,,,,not found,fraction,,law,low,,,rate not found yet\n"
            ),
        ),
        (
            "checks.csv",
            format!(
                "id,key,effect,from,to,basis,when,fact,test,reason,evidence,authority,act,source,confidence,status,disputes,note\n\
                 {id}.age,max_age,warn,,,,,age_any,> 0,Age limit not found yet,,,,law,low,,,\n"
            ),
        ),
        (
            "examples.csv",
            "id,date,facts,values,rates,expect,unit,tolerance,outcome,kind,source,note\n".to_owned(),
        ),
    ];
    let mut written = Vec::new();
    for (name, text) in files {
        let file = path.join(name);
        data_dir::write(&file, text.as_bytes(), 0o644)?;
        written.push(file);
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_pack_that_the_program_has_is_begun_with_what_it_knows() {
        let folder = tempfile::tempdir().unwrap();
        let written = skeleton(folder.path(), "JO", date(2026, 11, 26)).unwrap();
        for file in written {
            let name = file.file_name().unwrap().to_string_lossy().into_owned();
            assert_eq!(std::fs::read(&file).unwrap(), known("JO").unwrap().files[&name]);
        }
        let book = crate::rules::open(Some(folder.path())).unwrap();
        assert!(book.refused.is_empty(), "{:?}", book.problems);
        assert!(!is_known("MX"));
    }
}
