//! Fuzzes what is understood of a text.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bole_fuzz::resume(data));
