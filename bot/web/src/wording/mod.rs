//! words
pub(crate) struct Wording {}
impl Wording {
    pub(crate) fn of(_: mostik_domain::Language) -> &'static Self {
        &Self {}
    }
}
