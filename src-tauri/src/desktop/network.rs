//! Waking the engine when the machine gets an address: the network is back, or it is another one.
//!
//! The system tells of every change of its interfaces. What counts is an address from which somebody else can be reached; that one went, or
//! that a container was given one on this machine alone, makes no attempt worth while sooner.

use std::net::IpAddr;
use std::time::Duration;

use netwatcher::async_adapter::Tokio;

/// From the first address to the attempt. They come in a burst, one for each protocol, and names can be resolved a moment later. Also the
/// shortest time between two attempts, whatever the network does.
const SETTLES: Duration = Duration::from_secs(1);

/// Calls `came_back` whenever there is a new way out. Ends only where the system does not say.
pub(crate) async fn watch(came_back: impl Fn()) {
    let mut interfaces = match netwatcher::watch_interfaces_async::<Tokio>() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            tracing::warn!(%error, "nobody tells when the network is back");
            return;
        }
    };
    loop {
        let update = interfaces.changed().await;
        if update.is_initial || !update.addrs_added().any(|(_, address)| leads_out(address.ip)) {
            continue;
        }
        tokio::time::sleep(SETTLES).await;
        tracing::info!("there is another way out");
        came_back();
    }
}

/// Whether somebody beyond this machine and its own link can be reached from an address.
fn leads_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_loopback() || address.is_link_local() || address.is_unspecified()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unicast_link_local() || address.is_unspecified()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_on_this_machine_or_its_link_is_no_way_out() {
        let leads = |text: &str| leads_out(text.parse().expect("an address"));
        for address in ["192.168.178.20", "10.0.0.7", "203.0.113.9", "2001:db8::7", "fd12:3456::1"] {
            assert!(leads(address), "{address}");
        }
        for address in ["127.0.0.1", "::1", "169.254.7.7", "fe80::1", "0.0.0.0", "::"] {
            assert!(!leads(address), "{address}");
        }
    }
}
