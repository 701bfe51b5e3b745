//! Somebody else's web site: a few fixed pages on an origin that is not the platform's.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::Result;

/// A site that serves until the test ends.
#[derive(Debug)]
pub struct Site {
    address: SocketAddr,
}

impl Site {
    /// Serves pages by path. A page whose path ends in `.js` or `.css` is one; everything else is HTML.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn start<P: Into<String>>(pages: impl IntoIterator<Item = (&'static str, P)>) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let pages: HashMap<String, String> =
            pages.into_iter().map(|(path, page)| (path.to_owned(), page.into())).collect();
        std::thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                // A visitor who hangs up is nobody's fault; a browser opens connections that it never uses.
                let _ = serve(&visitor, &pages);
            }
        });
        Ok(Self { address })
    }

    /// The address of a page. Every `host` that ends in `.test` leads here: another host is another site to the browser.
    #[must_use]
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("{}{path}", self.origin(host))
    }

    /// The origin, as allow-lists name it.
    #[must_use]
    pub fn origin(&self, host: &str) -> String {
        format!("http://{host}:{}", self.address.port())
    }
}

fn serve(visitor: &TcpStream, pages: &HashMap<String, String>) -> std::io::Result<()> {
    visitor.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut lines = BufReader::new(visitor).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let path = request.split(' ').nth(1).and_then(|target| target.split('?').next()).unwrap_or_default();
    let (status, body) = pages.get(path).map_or(("404 Not Found", ""), |page| ("200 OK", page.as_str()));
    let kind = match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        _ => "text/html",
    };
    let mut visitor = visitor;
    write!(
        visitor,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
