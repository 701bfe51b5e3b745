//! `ready`: asks the platform of this machine whether it is ready, for a container's health check: an image with nothing but this
//! program has no other way to ask.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};
use clap::Args;

use super::config::ConfigArgs;

const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Args)]
pub(super) struct Ready {
    #[command(flatten)]
    config: ConfigArgs,
}

impl Ready {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let serving = self.config.load()?.options()?;
        let in_the_clear = serving.serving.metrics_listen.or(serving.serving.tls.is_none().then_some(serving.listen));
        // With TLS alone, somebody who takes connections is all that can be seen without knowing the certificate.
        let addr = nearest(in_the_clear.unwrap_or(serving.listen));
        let mut stream =
            TcpStream::connect_timeout(&addr, PATIENCE).with_context(|| format!("nobody listens on {addr}"))?;
        if in_the_clear.is_none() {
            return Ok(());
        }
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).context("the platform does not answer")?;
        if answer.starts_with("HTTP/1.1 200 ") {
            return Ok(());
        }
        bail!("not ready: {}", answer.lines().last().unwrap_or_default())
    }
}

/// This machine's way to what listens on every address.
fn nearest(mut addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() {
        let loopback = if addr.is_ipv4() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) };
        addr.set_ip(loopback);
    }
    addr
}
