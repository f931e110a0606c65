//! One message through the screen.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mostik_sip::fuzzing::screen(data));
