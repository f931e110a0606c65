//! RFC 3711 section 3.3.2: no packet counts twice.

/// The 64 indices up to the highest one that was seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    highest: Option<u64>,
    /// The highest is the lowest bit.
    seen: u64,
}

impl Window {
    pub(super) fn is_new(&self, index: u64) -> bool {
        let Some(highest) = self.highest else { return true };
        match highest.checked_sub(index) {
            None => true,
            Some(age) => age < 64 && self.seen & (1 << age) == 0,
        }
    }

    pub(super) fn mark(&mut self, index: u64) {
        let highest = self.highest.unwrap_or(index);
        if index >= highest {
            let ahead = u32::try_from(index - highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = Some(index);
        } else if highest - index < 64 {
            self.seen |= 1 << (highest - index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_index_is_new_once_and_old_ones_never() {
        let mut window = Window::default();
        for index in [100, 101, 99, 163, 105] {
            assert!(window.is_new(index), "{index}");
            window.mark(index);
            assert!(!window.is_new(index), "{index}");
        }
        assert!(!window.is_new(99) && !window.is_new(50));
        assert!(window.is_new(102));
        window.mark(100_000);
        assert!(!window.is_new(163) && window.is_new(99_999));
    }
}
