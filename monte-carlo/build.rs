//! Writes Joe and Kuo's table as numbers: the crate that carries it needs an inflater and a parser, which the library
//! then doesn't.

use std::error::Error;
use std::path::PathBuf;

use sobol::params::JoeKuoD6;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut bytes = Vec::new();
    for dimension in JoeKuoD6::extended().dim_params {
        // The polynomial's degree is the count of initial numbers; its inner coefficients take less than 24 bits.
        let degree = u32::try_from(dimension.m.len())?;
        for number in std::iter::once(degree << 24 | dimension.a).chain(dimension.m) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    let folder = std::env::var_os("OUT_DIR").ok_or("cargo names no folder for the table")?;
    std::fs::write(PathBuf::from(folder).join("joe_kuo.bin"), bytes)?;
    Ok(())
}
