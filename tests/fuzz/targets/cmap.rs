//! Fuzzes character maps.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bole_fuzz::cmap(data));
