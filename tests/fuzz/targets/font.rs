//! Fuzzes font programs.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bole_fuzz::font(data));
