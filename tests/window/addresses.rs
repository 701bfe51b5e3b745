//! An address that leads nowhere gets a sentence that says so, and nothing that was typed is lost.

use std::io::{Read, Write};
use std::net::TcpListener;

use anyhow::Result;
use signoff_desk::{Launch, PlatformOptions, Role};

use crate::desk;

#[test]
fn a_bad_address_is_told_apart_from_a_dead_one_and_from_a_stranger() -> Result<()> {
    let desk = desk()?;
    let platform = desk.platform(PlatformOptions::default())?;
    let stranger = stranger()?;
    let nobody = {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        format!("http://{}", listener.local_addr()?)
    };
    let app = desk.start(&Launch::with_profile(&desk.profile()))?;
    let address = app.text_box("Workspace address");

    for (typed, said) in [
        ("http://", "This is not a web address."),
        (nobody.as_str(), "Nothing answers at this address."),
        (stranger.as_str(), "it is not a Signoff workspace"),
    ] {
        address.fill(typed)?;
        app.button("Continue").click()?;
        app.see(said)?;
        assert_eq!(address.value()?, typed, "what was typed stays, to be corrected");
    }

    address.fill(platform.address())?;
    app.button("Continue").click()?;
    app.sign_in("alice")?;
    app.control_with(Role::Tab, "Closed").appears()
}

/// A web server that is something else.
fn stranger() -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request);
            let page = "<!doctype html><title>A printer</title>";
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    Ok(address)
}
