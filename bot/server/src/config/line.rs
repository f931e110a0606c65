//! What `[sip]` says: where the line listens, for whom, by which carriers.

use std::{net::IpAddr, ops::RangeInclusive, time::Duration};

use mostik_gateway::EncryptionMode;
use mostik_sip::{
    Credentials, EdgeConfig, Listen, Network, RegistrarConfig, TlsFiles, Transport, TrunkConfig,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Config, Trunk, WrongValue, wrong};

impl Config {
    /// Where and for whom the phone line listens.
    pub fn edge(&self) -> Result<EdgeConfig, WrongValue> {
        let listen: Result<Vec<Listen>, _> =
            self.sip.listen.iter().map(|place| parse_listen(place)).collect();
        let listen: Vec<Listen> = listen.map_err(wrong("sip.listen"))?;
        Ok(EdgeConfig {
            registrar: self.registrar(&listen)?,
            listen,
            public_address: self.public_address()?,
            allowed_networks: networks("sip.allowed_networks", &self.sip.allowed_networks)?,
            requests_per_second: self.sip.requests_per_second,
            max_calls: self.sip.max_calls,
            tls: self.tls()?,
            trunks: self.trunks()?,
            first_word: self.failover()?,
            ..EdgeConfig::default()
        })
    }

    /// How long a server may say nothing.
    fn failover(&self) -> Result<Duration, WrongValue> {
        match self.sip.failover_seconds {
            seconds @ 1..=32 => Ok(Duration::from_secs(seconds)),
            other => Err(wrong("sip.failover_seconds")(format!("{other} is not from 1 to 32"))),
        }
    }

    /// The address for phones behind NAT.
    pub fn public_address(&self) -> Result<Option<IpAddr>, WrongValue> {
        match self.sip.public_address.as_str() {
            "" => Ok(None),
            text => text
                .parse()
                .map(Some)
                .map_err(|_| wrong("sip.public_address")(format!("{text:?} is not an IP address"))),
        }
    }

    /// The ports for audio.
    pub fn rtp_ports(&self) -> Result<RangeInclusive<u16>, WrongValue> {
        let text = &self.sip.rtp_ports;
        text.split_once('-')
            .and_then(|(first, last)| Some((first.trim().parse().ok()?, last.trim().parse().ok()?)))
            .filter(|(first, last): &(u16, u16)| first < last && *first > 1023)
            .map(|(first, last)| first..=last)
            .ok_or_else(|| {
                wrong("sip.rtp_ports")(format!("{text:?} is not a range like 40000-40999"))
            })
    }

    /// Whether audio is encrypted.
    pub fn encryption(&self) -> Result<EncryptionMode, WrongValue> {
        match self.sip.srtp.as_str() {
            "required" => Ok(EncryptionMode::Required),
            "preferred" => Ok(EncryptionMode::Preferred),
            "off" => Ok(EncryptionMode::Off),
            other => {
                Err(wrong("sip.srtp")(format!("{other:?} is not one of required, preferred, off")))
            }
        }
    }

    /// Carriers and PBXs.
    pub fn trunks(&self) -> Result<Vec<TrunkConfig>, WrongValue> {
        self.sip.trunk.iter().filter(|trunk| !trunk.name.is_empty()).map(trunk).collect()
    }

    fn tls(&self) -> Result<Option<TlsFiles>, WrongValue> {
        let (certificate, key) = (&self.sip.tls_certificate, &self.sip.tls_key);
        match (certificate.is_empty(), key.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => {
                Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() }))
            }
            _ => {
                let why = "tls_certificate and tls_key belong together: set both".to_owned();
                Err(wrong("sip.tls_certificate")(why))
            }
        }
    }

    /// The phones that register here; nobody may when there are none.
    fn registrar(&self, listen: &[Listen]) -> Result<Option<RegistrarConfig>, WrongValue> {
        let phones = self.sip.phone.iter().filter(|phone| !phone.user.is_empty());
        let phones: Vec<_> = phones
            .map(|phone| Credentials::new(phone.user.clone(), phone.password.clone()))
            .collect();
        // What this machine sends to itself comes from the address it goes to: doctor's own call.
        let own = listen.iter().map(|listen| listen.address.ip().to_string());
        let own = own.filter_map(|address| address.parse::<Network>().ok());
        let mut trusted: Vec<_> = Network::loopback().into_iter().chain(own).collect();
        trusted.extend(networks("sip.trusted_networks", &self.sip.trusted_networks)?);
        Ok((!phones.is_empty()).then(|| RegistrarConfig {
            phones,
            offers_sha256: !self.sip.phones_by_md5,
            trusted,
            ..RegistrarConfig::default()
        }))
    }
}

fn trunk(section: &Trunk) -> Result<TrunkConfig, WrongValue> {
    let text = |value: &String| (!value.is_empty()).then(|| value.clone());
    let usual = TrunkConfig::new(
        &section.name,
        &section.registrar,
        &section.username,
        password(&section.password),
    );
    Ok(TrunkConfig {
        transport: transport(&section.transport).ok_or_else(|| {
            wrong("sip.trunk.transport")(format!(
                "{:?} is not one of udp, tcp, tls",
                section.transport
            ))
        })?,
        auth_username: text(&section.auth_username),
        from_domain: text(&section.domain),
        outbound_proxy: text(&section.outbound_proxy),
        expires: Duration::from_secs(section.expires_seconds),
        ask_every: (section.ask_seconds > 0).then(|| Duration::from_secs(section.ask_seconds)),
        networks: networks("sip.trunk.networks", &section.networks)?,
        register: section.register,
        may_refer: section.may_transfer,
        ca_file: text(&section.ca_file).map(Into::into),
        ..usual
    })
}

fn password(secret: &SecretString) -> Option<SecretString> {
    (!secret.expose_secret().is_empty()).then(|| secret.clone())
}

fn networks(key: &'static str, given: &[String]) -> Result<Vec<Network>, WrongValue> {
    let parsed = given.iter().map(|network| network.parse::<Network>());
    parsed.collect::<Result<_, _>>().map_err(|error| wrong(key)(error.to_string()))
}

fn transport(name: &str) -> Option<Transport> {
    Some(match name {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        "tls" => Transport::Tls,
        _ => return None,
    })
}

fn parse_listen(place: &str) -> Result<Listen, String> {
    let parsed = place.split_once(':').and_then(|(transport, address)| {
        Some(Listen { transport: self::transport(transport)?, address: address.parse().ok()? })
    });
    parsed.ok_or_else(|| format!("{place:?} is not like \"udp:127.0.0.1:5060\""))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::super::load;
    use super::*;

    fn with(text: &str) -> Result<EdgeConfig, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mostik.toml");
        std::fs::write(&file, text).expect("written");
        let config = load(Some(&file), &|_| None).map_err(|error| error.to_string())?;
        config.edge().map_err(|error| error.to_string())
    }

    #[test]
    fn with_a_phone_only_this_machine_and_who_is_trusted_call_without_a_password() {
        assert!(with("").expect("valid").registrar.is_none());
        let edge = with(
            "[sip]\nlisten = ['udp:192.0.2.7:5060']\ntrusted_networks = ['198.51.100.0/24']\n\
             [[sip.phone]]\nuser = 'ada'\npassword = 'secret'",
        );
        let trusted = edge.expect("valid").registrar.expect("a registrar").trusted;
        let is_trusted = |address: &str| {
            let address: IpAddr = address.parse().expect("an address");
            trusted.iter().any(|network| network.contains(address))
        };
        for address in ["127.0.0.1", "::1", "192.0.2.7", "198.51.100.9"] {
            assert!(is_trusted(address), "{address}");
        }
        for address in ["192.0.2.8", "198.51.101.1", "10.0.0.1", "::2"] {
            assert!(!is_trusted(address), "{address}");
        }
    }

    #[test]
    fn failover_and_questions_have_their_limits() {
        let edge = with("[[sip.trunk]]\nname = 'pbx'\nregistrar = '192.0.2.1'").expect("valid");
        assert_eq!(edge.first_word, Duration::from_secs(4));
        assert_eq!(edge.trunks[0].ask_every, Some(Duration::from_secs(25)));
        let never = "[[sip.trunk]]\nname = 'pbx'\nregistrar = '192.0.2.1'\nask_seconds = 0";
        assert_eq!(with(never).expect("valid").trunks[0].ask_every, None);
        for seconds in [0, 33] {
            let refused = with(&format!("[sip]\nfailover_seconds = {seconds}"));
            let why = refused.expect_err("refused");
            assert!(why.contains("sip.failover_seconds"), "{why}");
        }
        let why = with("[sip]\ntrusted_networks = ['all']").expect_err("refused");
        assert!(why.contains("sip.trusted_networks"), "{why}");
    }
}
