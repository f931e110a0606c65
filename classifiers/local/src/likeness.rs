//! The encoder as likeness asks for it.

use mostik_text::likeness::Meanings;

use crate::encoder::Encoder;

impl Meanings for &'static Encoder {
    fn meaning(&self, text: &str) -> Vec<f32> {
        self.read(text).meaning()
    }
}
