//! Fuzzes where things stand on a page.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bole_fuzz::layout(data));
