//! Keys as events.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_media::fuzzing::telephone_event(data));
