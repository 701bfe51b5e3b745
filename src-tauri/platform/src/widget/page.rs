//! The widget's page and its files, which the build put into the program.

/// Path and content of every file of the built page; none if the interface was not built before this program was.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/widget_files.rs"));
const UNBUILT: &str = include_str!("../../pages/unbuilt.html");
/// Where the built page expects the origins that it may speak with.
const HOSTS: &str = r#"<meta name="signoff-hosts" content="" />"#;

/// The page for an application with these origins, which were checked when they were saved and need no escaping.
pub(crate) fn html(origins: &[String]) -> String {
    let page = file("widget.html").map_or(UNBUILT, |bytes| std::str::from_utf8(bytes).unwrap_or(UNBUILT));
    page.replacen(HOSTS, &format!(r#"<meta name="signoff-hosts" content="{}" />"#, origins.join(" ")), 1)
}

/// A file of the page below `assets/`, with its media type. Names have a digest of their content.
pub(crate) fn asset(name: &str) -> Option<(&'static str, &'static [u8])> {
    let kind = match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => return None,
    };
    Some((kind, file(&format!("assets/{name}"))?))
}

fn file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}
