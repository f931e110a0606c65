//! What was found so far.

use std::{collections::BTreeMap, ops::Range};

use super::{Found, PersonalData};

/// Places of a text that were taken; the first finder to claim one keeps it.
#[derive(Default)]
pub(super) struct Spans {
    found: BTreeMap<usize, Found>,
    /// Dates and prices, which look like numbers of somebody's.
    harmless: Vec<Range<usize>>,
}

impl Spans {
    /// Takes what is still free of a place, so that of two finds that overlap
    /// nothing stays visible.
    pub(super) fn claim(&mut self, kind: PersonalData, span: Range<usize>) {
        for free in self.free_of(span) {
            self.found.insert(free.start, Found { kind, span: free });
        }
    }

    /// Notes a date or a price; to be called in the order of the text.
    pub(super) fn pass_over(&mut self, harmless: Range<usize>) {
        self.harmless.push(harmless);
    }

    pub(super) fn is_harmless(&self, span: &Range<usize>) -> bool {
        let next = self.harmless.partition_point(|passed| passed.end <= span.start);
        self.harmless.get(next).is_some_and(|passed| passed.start < span.end)
    }

    /// The parts of a place that nobody has taken.
    pub(super) fn free_of(&self, span: Range<usize>) -> Vec<Range<usize>> {
        let before = self.found.range(..span.start).next_back();
        let mut from = before.map_or(0, |(_, found)| found.span.end).max(span.start);
        let mut free = Vec::new();
        for (_, next) in self.found.range(span.clone()) {
            free.push(from..next.span.start);
            from = from.max(next.span.end);
        }
        free.push(from..span.end);
        free.retain(|part| part.start < part.end);
        free
    }

    pub(super) fn of_kind(&self, kind: PersonalData) -> Vec<Range<usize>> {
        let of_kind = self.found.values().filter(|found| found.kind == kind);
        of_kind.map(|found| found.span.clone()).collect()
    }

    /// What the beginning of a place was taken for.
    pub(super) fn kind_at(&self, span: &Range<usize>) -> Option<PersonalData> {
        let (_, last) = self.found.range(..=span.start).next_back()?;
        (last.span.end > span.start).then_some(last.kind)
    }

    pub(super) fn is_free(&self, span: &Range<usize>) -> bool {
        let last = self.found.range(..span.end).next_back();
        last.is_none_or(|(_, last)| last.span.end <= span.start)
    }

    /// Pieces of one kind with only a blank or comma between them are one.
    pub(super) fn in_order(self, text: &str) -> Vec<Found> {
        let mut merged: Vec<Found> = Vec::with_capacity(self.found.len());
        let telling = |item: &Found| text[item.span.clone()].contains(char::is_alphanumeric);
        for item in self.found.into_values().filter(telling) {
            match merged.last_mut() {
                Some(last)
                    if last.kind == item.kind
                        && is_one(item.kind, &text[last.span.end..item.span.start]) =>
                {
                    last.span.end = item.span.end;
                }
                _ => merged.push(item),
            }
        }
        merged
    }
}

fn is_one(kind: PersonalData, between: &str) -> bool {
    let of_words = matches!(kind, PersonalData::Name | PersonalData::Address);
    between.is_empty()
        || of_words && between.len() <= 3 && between.chars().all(|c| c == ' ' || c == ',')
}
