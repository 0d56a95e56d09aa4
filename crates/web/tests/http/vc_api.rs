//! The VC API against other people's packages: `tests/vc_api/drive.mjs` makes the requests of the W3C's test suite for
//! `eddsa-jcs-2022`. That suite itself is on no package registry.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::running::{Running, options};

/// The same packages, of the same versions, that verify our credentials.
const PACKAGES: &str = include_str!("../../../certificate/tests/certificate/interop/package.json");
const DRIVER: &str = include_str!("../vc_api/drive.mjs");

/// Node with the packages and the driver beside them; or why not.
fn installed() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("npm-vc-api");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).map_err(|e| e.to_string());
    let is_there = std::fs::read_to_string(folder.join("installed")).is_ok_and(|there| there == PACKAGES);
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    write("package.json", PACKAGES)?;
    write("drive.mjs", DRIVER)?;
    if !is_there {
        let npm = Command::new("npm")
            .args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ])
            .current_dir(&folder)
            .output()
            .map_err(|e| format!("npm: {e}"))?;
        if !npm.status.success() {
            return Err(format!("npm: {}", String::from_utf8_lossy(&npm.stderr).trim()));
        }
        write("installed", PACKAGES)?;
    }
    Ok(folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_vc_api_issues_others_verify_and_what_the_cryptosuite_forbids_it_refuses() {
    let folder = match tokio::task::spawn_blocking(installed).await.unwrap() {
        Ok(folder) => folder,
        Err(why) => {
            eprintln!("SKIPPED: the VC API against the packages of Digital Bazaar: {why}");
            return;
        }
    };
    let mut options = options();
    options.test_vc_api = true;
    let service = Running::with(options).await;
    let base = format!("http://{}", service.address);
    let driver = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .arg(folder.join("drive.mjs"))
            .arg(base)
            .output()
            .unwrap()
    });
    let output = driver.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains(" 0 failed"), "{said}");
}
