//! Reports, in the clear and encrypted.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_media::fuzzing::rtcp(data));
