//! What was worked out for a piece, kept for the next texts: most words of a
//! desk's messages come again and again.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU8, AtomicUsize, Ordering},
};

const ABSENT: u8 = 0;
const KEPT: u8 = 1;
/// Asked for since the hand last came by.
const USED: u8 = 2;

type Row = Arc<[f32]>;

/// A bounded number of rows by piece. The one that gives way is found by a hand
/// going round that spares what was used ("second chance", Corbató 1968).
pub(super) struct Kept {
    rows: Vec<RwLock<Option<Row>>>,
    states: Vec<AtomicU8>,
    most: usize,
    count: AtomicUsize,
    hand: AtomicUsize,
}

impl Kept {
    /// For so many pieces, of which `most` are kept.
    pub(super) fn new(pieces: usize, most: usize) -> Self {
        Self {
            rows: (0..pieces).map(|_| RwLock::default()).collect(),
            states: (0..pieces).map(|_| AtomicU8::new(ABSENT)).collect(),
            most,
            count: AtomicUsize::new(0),
            hand: AtomicUsize::new(0),
        }
    }

    /// The piece's row, when it is kept.
    pub(super) fn get(&self, piece: u32) -> Option<Row> {
        let state = &self.states[piece as usize];
        match state.load(Ordering::Relaxed) {
            ABSENT => return None,
            KEPT => state.store(USED, Ordering::Relaxed),
            _ => {}
        }
        self.rows[piece as usize].read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a row, in the place of another one when there are too many.
    pub(super) fn put(&self, piece: u32, row: Row) {
        let before = self.replace(piece as usize, Some(row), KEPT);
        if before.is_none() && self.count.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.give_way();
        }
    }

    fn give_way(&self) {
        // Twice round, nothing is spared any more.
        for _ in 0..2 * self.rows.len() {
            let at = self.hand.fetch_add(1, Ordering::Relaxed) % self.rows.len();
            match self.states[at].load(Ordering::Relaxed) {
                ABSENT => {}
                KEPT => {
                    if self.replace(at, None, ABSENT).is_some() {
                        self.count.fetch_sub(1, Ordering::Relaxed);
                        return;
                    }
                }
                _ => self.states[at].store(KEPT, Ordering::Relaxed),
            }
        }
    }

    fn replace(&self, at: usize, row: Option<Row>, state: u8) -> Option<Row> {
        let mut place = self.rows[at].write().unwrap_or_else(PoisonError::into_inner);
        self.states[at].store(state, Ordering::Relaxed);
        std::mem::replace(&mut *place, row)
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    fn row(piece: u32) -> Row {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let value = piece as f32;
        Arc::from([value])
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_gives_way() {
        let kept = Kept::new(100, 10);
        (0..10).for_each(|piece| kept.put(piece, row(piece)));
        for newcomer in 10..100 {
            assert!(kept.get(3).is_some(), "before {newcomer}");
            kept.put(newcomer, row(newcomer));
        }
        assert_eq!((0..100).filter(|piece| kept.get(*piece).is_some()).count(), 10);
    }

    #[test]
    fn threads_find_only_the_right_rows_and_the_bound_holds() {
        let kept = Kept::new(64, 16);
        thread::scope(|scope| {
            for thread in 0..4_u32 {
                let kept = &kept;
                scope.spawn(move || {
                    for step in 0..20_000_u32 {
                        let piece = step.wrapping_mul(thread * 2 + 7) % 64;
                        match kept.get(piece) {
                            Some(found) => assert_eq!(found, row(piece)),
                            None => kept.put(piece, row(piece)),
                        }
                    }
                });
            }
        });
        let count = (0..64).filter(|piece| kept.get(*piece).is_some()).count();
        assert!((1..=16).contains(&count), "{count} rows are kept");
    }
}
