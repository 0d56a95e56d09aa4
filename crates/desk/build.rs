//! The rule packs travel in the program. A pack that is added must be seen, not only one that is changed.

fn main() {
    println!("cargo::rerun-if-changed=../../rules");
}
