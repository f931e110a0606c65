//! A session description, as an offer and as an answer.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_media::fuzzing::sdp(data));
