use jiff::Timestamp;
use mostik_store::StoreError;

/// A time as columns hold it: whole microseconds since 1970, so that order is order in time.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// And back.
pub(crate) fn timestamp(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros)
        .map_err(|_| StoreError::Corrupt { why: format!("{micros} is no time") })
}
