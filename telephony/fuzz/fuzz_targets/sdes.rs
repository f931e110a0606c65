//! A key in a session description.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_media::fuzzing::sdes(data));
