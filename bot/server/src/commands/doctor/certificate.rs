//! Whether the line's certificate can be used, and for how long.

use jiff::{SignedDuration, Timestamp};
use mostik_sip::{EdgeConfig, TlsFiles};
use x509_parser::pem::Pem;

use super::{Failure, Finding, Fine, Warning};

/// Whoever renews certificates does it earlier than this; if not, something has stopped.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
const RENEW: &str = "renew it and put the new files in their places; no restart is needed";

pub(super) fn examine(edge: &EdgeConfig, now: Timestamp) -> Finding {
    let Some(files) = &edge.tls else {
        let why = "sip.listen has \"tls:\", but sip.tls_certificate and sip.tls_key are not set";
        return Failure(why.into());
    };
    match files.check() {
        Ok(()) => validity(files).map_or_else(Failure, |valid| judge(files, valid, now)),
        Err(error) => Failure(error.to_string()),
    }
}

/// From when and until when.
type Validity = (Timestamp, Timestamp);

/// Of the first certificate in the file, which is ours.
fn validity(files: &TlsFiles) -> Result<Validity, String> {
    let path = files.certificate.display();
    // It was read a moment ago, within its limit of length.
    let text = std::fs::read(&files.certificate).map_err(|error| format!("{path}: {error}"))?;
    let first = Pem::iter_from_buffer(&text).find_map(|block| {
        let block = block.ok().filter(|block| block.label == "CERTIFICATE")?;
        let certificate = block.parse_x509().ok()?;
        let valid = certificate.validity();
        let time = |seconds| Timestamp::from_second(seconds).ok();
        Some((time(valid.not_before.timestamp())?, time(valid.not_after.timestamp())?))
    });
    first.ok_or_else(|| format!("{path} does not tell until when it is valid"))
}

fn judge(files: &TlsFiles, (from, until): Validity, now: Timestamp) -> Finding {
    let path = files.certificate.display();
    let left = until.duration_since(now);
    let days = left.as_hours() / 24;
    if now < from {
        Failure(format!(
            "{path} is valid only from {from}: phones refuse it until then; is this machine\u{2019}s \
             clock right?"
        ))
    } else if now > until {
        Failure(format!("{path} expired on {until}: phones and carriers refuse it; {RENEW}"))
    } else if left < SOON {
        Warning(format!("{path} expires in {days} days, on {until}: {RENEW}"))
    } else {
        Fine(format!("{path} can be used for {days} days"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_judged_by_the_clock() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let files = TlsFiles { certificate: "a.pem".into(), key: "b.pem".into() };
        let valid = (at("2026-03-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        let said = |now| match judge(&files, valid, at(now)) {
            Fine(said) => format!("ok: {said}"),
            Warning(said) => format!("warning: {said}"),
            Failure(said) => format!("failure: {said}"),
        };
        for (now, expected) in [
            ("2026-02-28T23:59:59Z", "failure: a.pem is valid only from 2026-03-01"),
            ("2026-05-01T00:00:00Z", "ok: a.pem can be used for 31 days"),
            ("2026-05-18T00:00:00Z", "ok: a.pem can be used for 14 days"),
            ("2026-05-18T00:00:01Z", "warning: a.pem expires in 13 days, on 2026-06-01"),
            ("2026-06-01T00:00:01Z", "failure: a.pem expired on 2026-06-01"),
        ] {
            assert!(said(now).starts_with(expected), "{}", said(now));
        }
    }

    #[test]
    fn what_is_no_certificate_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = folder.path().join("a.pem");
        let files = TlsFiles { certificate: certificate.clone(), key: "b.pem".into() };
        let block = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
        for hostile in ["", "\0\0", block, "-----BEGIN CERTIFICATE-----\n"] {
            std::fs::write(&certificate, hostile).expect("written");
            assert!(validity(&files).is_err(), "{hostile:?}");
        }
    }
}
