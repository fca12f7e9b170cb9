//! See `src/retry.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| tieline_fuzz::run("retry", input));
