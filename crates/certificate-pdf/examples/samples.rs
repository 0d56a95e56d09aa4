//! Writes a sample certificate in every language to `target/samples/`, for looking at:
//!
//!     cargo run -p certificate-pdf --example samples
//!     pdftoppm -r 80 -png target/samples/ko.pdf target/samples/ko
#![allow(clippy::expect_used)]

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::path::Path;

use certificate_pdf::{Language, render};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/samples");
    std::fs::create_dir_all(&folder).expect("a folder to write to");
    for language in Language::ALL {
        let mut sheet = sample::sheet(language);
        sheet.specimen = true;
        for (name, sheet) in [
            (language.tag().to_owned(), sheet),
            (format!("{}-crowded", language.tag()), sample::crowded(language)),
        ] {
            match render(&sheet) {
                Ok(pdf) => {
                    std::fs::write(folder.join(format!("{name}.pdf")), &pdf).expect("a file to write to");
                    println!("{name}.pdf {} bytes", pdf.len());
                }
                Err(error) => println!("{name}: {error}"),
            }
        }
    }
}
