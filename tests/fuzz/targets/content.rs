//! Fuzzes the content of a page.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bole_fuzz::content(data));
