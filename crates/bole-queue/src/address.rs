use std::fmt;

/// The port of AMQP.
const PORT: u16 = 5672;
/// The port of AMQP over TLS.
const TLS_PORT: u16 = 5671;

/// Where a broker is, and as whom to go there. Never shows the password.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    /// Whether the connection is encrypted.
    pub is_tls: bool,
    /// The nodes of the broker; any of them is tried first, and then the others.
    pub hosts: Vec<Host>,
    /// The virtual host, `/` on a broker as installed.
    pub virtual_host: String,
    /// The user.
    pub user: String,
    password: String,
}

/// One node of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// A name or an IP address, without brackets.
    pub name: String,
    /// The port.
    pub port: u16,
}

/// Why a text is not the address of a broker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins otherwise.
    #[error("the address of a broker begins with `amqp://` or `amqps://`")]
    Scheme,
    /// No user.
    #[error("the address of a broker names a user: `amqp://user@host`")]
    NoUser,
    /// An `@`, `/` or the like in the user or the password.
    #[error("in user and password write `@` as `%40`, `:` as `%3A` and `/` as `%2F`")]
    UserInfo,
    /// No host, or an empty one in the list.
    #[error("a host is missing")]
    NoHost,
    /// An IP address of version 6 without brackets.
    #[error("write the IP address in brackets: `[{host}]`")]
    Brackets {
        /// The address as given.
        host: String,
    },
    /// No port.
    #[error("`{port}` is not a port from 1 to 65535")]
    Port {
        /// As given.
        port: String,
    },
    /// More after the virtual host.
    #[error("in the virtual host write `/` as `%2F` and `?` as `%3F`; options are not given in the address")]
    VirtualHost,
    /// `%` without two hex digits, or bytes that are not UTF-8.
    #[error("`%` begins two hex digits of UTF-8, write `%` itself as `%25`")]
    Encoding,
}

impl BrokerAddress {
    /// Takes `amqp://user:password@host:port,host2:port/vhost` apart. `amqps` means TLS. Password, ports (5672, or 5671
    /// with TLS) and virtual host (`/`) may be left out; user, password and virtual host are percent-encoded.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = text.split_once("://").ok_or(AddressError::Scheme)?;
        let is_tls = match scheme {
            "amqp" => false,
            "amqps" => true,
            _ => return Err(AddressError::Scheme),
        };
        let (authority, virtual_host) = rest.split_once('/').unwrap_or((rest, ""));
        let (user_info, hosts) = authority.rsplit_once('@').ok_or(AddressError::NoUser)?;
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        if user.is_empty() {
            return Err(AddressError::NoUser);
        }
        if user_info.contains('@') || password.contains(':') {
            return Err(AddressError::UserInfo);
        }
        if virtual_host.contains(['/', '?', '#']) {
            return Err(AddressError::VirtualHost);
        }
        let virtual_host = if virtual_host.is_empty() { "/".to_owned() } else { decoded(virtual_host)? };
        let port = if is_tls { TLS_PORT } else { PORT };
        Ok(Self {
            is_tls,
            hosts: hosts.split(',').map(|host| Host::parse(host, port)).collect::<Result<_, _>>()?,
            virtual_host,
            user: decoded(user)?,
            password: decoded(password)?,
        })
    }

    /// The same with another password, for one that is not kept with the address.
    #[must_use]
    pub fn with_password(self, password: impl Into<String>) -> Self {
        Self { password: password.into(), ..self }
    }

    pub(crate) fn password(&self) -> &str {
        &self.password
    }
}

impl Host {
    fn parse(text: &str, default_port: u16) -> Result<Self, AddressError> {
        let (name, port) = match text.strip_prefix('[').and_then(|text| text.split_once(']')) {
            Some((name, "")) => (name, None),
            Some((name, rest)) => match rest.strip_prefix(':') {
                Some(port) => (name, Some(port)),
                None => return Err(AddressError::Port { port: rest.to_owned() }),
            },
            None if text.matches(':').count() > 1 => {
                return Err(AddressError::Brackets { host: text.to_owned() });
            }
            None => match text.split_once(':') {
                Some((name, port)) => (name, Some(port)),
                None => (text, None),
            },
        };
        if name.is_empty() {
            return Err(AddressError::NoHost);
        }
        let port = match port {
            None => default_port,
            Some(port) => match port.parse() {
                Ok(number) if number > 0 => number,
                _ => return Err(AddressError::Port { port: port.to_owned() }),
            },
        };
        Ok(Self { name: name.to_owned(), port })
    }
}

impl std::str::FromStr for BrokerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.contains(':') {
            write!(formatter, "[{}]:{}", self.name, self.port)
        } else {
            write!(formatter, "{}:{}", self.name, self.port)
        }
    }
}

/// Without the password.
impl fmt::Debug for BrokerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("BrokerAddress")
            .field("is_tls", &self.is_tls)
            .field("hosts", &self.hosts)
            .field("virtual_host", &self.virtual_host)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

fn decoded(text: &str) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
            let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
                return Err(AddressError::Encoding);
            };
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        let hosts = |address: &BrokerAddress| {
            address.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        for (text, is_tls, user, password, expected, virtual_host) in [
            ("amqp://bole@broker", false, "bole", "", "broker:5672", "/"),
            ("amqp://bole:secret@broker/", false, "bole", "secret", "broker:5672", "/"),
            (
                "amqps://b%40x:%3a%2f%E9%94%82@a,b:1,10.0.0.7/%2f",
                true,
                "b@x",
                ":/锂",
                "a:5671 b:1 10.0.0.7:5671",
                "/",
            ),
            (
                "amqp://bole:@[::1]:5673,[fe80::1]/bole",
                false,
                "bole",
                "",
                "[::1]:5673 [fe80::1]:5672",
                "bole",
            ),
        ] {
            let address = BrokerAddress::parse(text).unwrap();
            assert_eq!((address.is_tls, address.user.as_str(), address.password()), (is_tls, user, password));
            assert_eq!((hosts(&address).as_str(), address.virtual_host.as_str()), (expected, virtual_host));
        }
    }

    #[test]
    fn a_mistake_in_an_address_is_named() {
        let port = |port: &str| AddressError::Port { port: port.to_owned() };
        for (text, expected) in [
            ("broker:5672", AddressError::Scheme),
            ("http://bole@broker", AddressError::Scheme),
            ("amqp://broker", AddressError::NoUser),
            ("amqp://:secret@broker", AddressError::NoUser),
            ("amqp://bole:se/cret@broker", AddressError::NoUser),
            ("amqp://bole:s@cret@broker", AddressError::UserInfo),
            ("amqp://bole:se:cret@broker", AddressError::UserInfo),
            ("amqp://bole@", AddressError::NoHost),
            ("amqp://bole@a,,b", AddressError::NoHost),
            ("amqp://bole@:5672", AddressError::NoHost),
            ("amqp://bole@::1", AddressError::Brackets { host: "::1".to_owned() }),
            ("amqp://bole@broker:0", port("0")),
            ("amqp://bole@broker:65536", port("65536")),
            ("amqp://bole@broker:", port("")),
            ("amqp://bole@[::1]5672", port("5672")),
            ("amqp://bole@broker/a/b", AddressError::VirtualHost),
            ("amqp://bole@broker/?heartbeat=3", AddressError::VirtualHost),
            ("amqp://bole%4@broker", AddressError::Encoding),
            ("amqp://bole@broker/%ff", AddressError::Encoding),
        ] {
            assert_eq!(BrokerAddress::parse(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        let address = BrokerAddress::parse("amqp://bole:secret@broker").unwrap();
        assert!(!format!("{address:?}").contains("secret"));
        let address = address.with_password("another");
        assert_eq!(address.password(), "another");
        assert!(!format!("{address:#?}").contains("another"));
    }
}
