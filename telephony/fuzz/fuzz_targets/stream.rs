//! A stream, cut into messages.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_sip::fuzzing::stream(data));
