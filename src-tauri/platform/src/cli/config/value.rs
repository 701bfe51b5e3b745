//! Reading one value: from the file as TOML, from the environment and the command line as text.

use std::net::{IpAddr, ToSocketAddrs};

use ipnet::IpNet;
use toml::Value;

use super::settings::Kind;

impl Kind {
    /// Makes a value of a text, and checks it.
    pub(super) fn of_text(self, text: &str) -> Result<Value, String> {
        let value = match self {
            Self::Address | Self::Path | Self::Url | Self::Text | Self::OneOf(_) => Value::String(text.to_owned()),
            Self::Number(..) => {
                Value::Integer(text.trim().parse().map_err(|_| format!("has to be a whole number, not {text:?}"))?)
            }
            Self::Switch => match text.trim() {
                "true" | "1" => Value::Boolean(true),
                "false" | "0" => Value::Boolean(false),
                _ => return Err(format!("has to be true or false, not {text:?}")),
            },
            Self::Networks => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
            }
        };
        self.checked(value)
    }

    /// Checks a value.
    pub(super) fn checked(self, value: Value) -> Result<Value, String> {
        match (self, &value) {
            (Self::Number(least, most), Value::Integer(number)) => {
                if !(least..=most).contains(number) {
                    return Err(format!("has to be from {least} to {most}, not {number}"));
                }
            }
            (Self::Switch, Value::Boolean(_)) => {}
            (Self::Networks, Value::Array(items)) => {
                for item in items {
                    network(item.as_str().unwrap_or_default())?;
                }
            }
            (Self::Text | Self::Path, Value::String(text)) => {
                if text.is_empty() {
                    return Err("must not be empty; leave it out instead".to_owned());
                }
            }
            (Self::Address, Value::String(text)) => {
                address(text)?;
            }
            (Self::Url, Value::String(text)) => url(text)?,
            (Self::OneOf(words), Value::String(text)) => {
                if !words.contains(&text.as_str()) {
                    return Err(format!("has to be {}, not {text:?}", words.join(" or ")));
                }
            }
            (Self::Number(..), _) => return Err(format!("has to be a whole number, not {value}")),
            (Self::Switch, _) => return Err(format!("has to be true or false, not {value}")),
            (Self::Networks, _) => return Err(format!("has to be a list of texts, not {value}")),
            (Self::Text | Self::Path | Self::Address | Self::Url | Self::OneOf(_), _) => {
                return Err(format!("has to be a text in quotes, not {value}"));
            }
        }
        Ok(value)
    }
}

/// The socket address that a text stands for.
pub(super) fn address(text: &str) -> Result<std::net::SocketAddr, String> {
    let found = text.to_socket_addrs().map_err(|_| format!("{text:?} is no address; write it as 127.0.0.1:8711"))?;
    found.into_iter().next().ok_or_else(|| format!("{text:?} stands for no address"))
}

/// A network, or one address as a network.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| one())
        .map_err(|_| format!("{text:?} is neither an address nor a network such as 10.0.0.0/8"))
}

fn url(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@']) => Ok(()),
        _ => Err(format!("{text:?} has to be https:// and a host, without a path")),
    }
}
