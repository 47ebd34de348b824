//! A new file in an embedded folder is a reason to build again; without this only a changed one would be.

fn main() {
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=sql");
}
