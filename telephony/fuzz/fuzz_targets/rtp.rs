//! Packets of audio through all that a call does with them.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_media::fuzzing::rtp(data));
