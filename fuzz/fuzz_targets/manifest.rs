//! See `src/manifest.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tieline_fuzz::run("manifest", input));
