use std::{fmt, str::FromStr, sync::Arc};

/// What inside the company brought the complaint about: the thing an owner
/// team can change. The symptom is what the customer said; this is the cause.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RootCause {
    /// Tariffs, price level, fees, discounts, unexpected charges, refund amounts.
    Pricing,
    /// The interface: cannot find, hit or read something; too many steps.
    Design,
    /// The words and pictures: not understood, misleading, not matching the thing.
    Copy,
    /// Late, lost, damaged or wrong parcels; couriers and pickup points.
    Delivery,
    /// None of these: praise, outages, staff, product quality, spam.
    Other,
    /// A cause that the company added in its configuration.
    Custom(Arc<str>),
}

impl RootCause {
    /// The causes that exist without configuration, `Other` last.
    pub const BUILT_IN: [Self; 5] =
        [Self::Pricing, Self::Design, Self::Copy, Self::Delivery, Self::Other];

    /// The name used in configuration, API and reports.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pricing => "pricing",
            Self::Design => "design",
            Self::Copy => "copy",
            Self::Delivery => "delivery",
            Self::Other => "other",
            Self::Custom(name) => name,
        }
    }
}

impl fmt::Display for RootCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that cannot be a root cause: empty, too long, or with characters
/// other than lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCause(pub String);

impl fmt::Display for InvalidCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a root cause: use 1 to 40 lower-case letters, digits and hyphens",
            self.0
        )
    }
}

impl std::error::Error for InvalidCause {}

impl FromStr for RootCause {
    type Err = InvalidCause;

    /// A built-in name gives the built-in cause; any other well-formed name a
    /// custom one. Whether the company knows that custom cause is the
    /// configuration's question, not this type's.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(built_in) = Self::BUILT_IN.iter().find(|cause| cause.as_str() == text) {
            return Ok(built_in.clone());
        }
        let fits = (1..=40).contains(&text.chars().count());
        let plain = text
            .chars()
            .all(|c| c == '-' || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_uppercase()));
        if fits && plain {
            Ok(Self::Custom(text.into()))
        } else {
            Err(InvalidCause(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_name_reads_back() {
        for cause in RootCause::BUILT_IN {
            assert_eq!(cause.as_str().parse(), Ok(cause.clone()));
        }
    }

    #[test]
    fn a_company_may_add_a_cause_but_not_any_text() {
        assert_eq!("staff".parse::<RootCause>().map(|c| c.to_string()), Ok("staff".to_owned()));
        for wrong in ["", "Rude Staff", "a\nb", &"x".repeat(41)] {
            assert!(wrong.parse::<RootCause>().is_err(), "{wrong:?} was accepted");
        }
    }
}
