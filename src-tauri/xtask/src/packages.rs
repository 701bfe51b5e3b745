//! What Signoff needs from a Linux system, and what the distributions call it.
//!
//! Every need is found by what it is for (a library, a program, a file), never by a package's name: a machine that has it from
//! elsewhere is left alone.

/// How a need is found on a machine.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Probe {
    /// A library with its headers, by its name in pkg-config.
    Library(&'static str),
    /// A program on the path.
    Program(&'static str),
    /// Perl with these modules: minimal systems have a perl without its library.
    Perl(&'static [&'static str]),
    /// Python with these modules: Debian's comes without what makes environments.
    Python(&'static [&'static str]),
    /// One of these files.
    File(&'static [&'static str]),
    /// Any font at all.
    Font,
}

/// Something that Signoff needs.
#[derive(Debug)]
pub(crate) struct Need {
    /// How to find it.
    pub(crate) probe: Probe,
    /// What for, as told to the person whose system is changed.
    pub(crate) why: &'static str,
    /// Debian and Ubuntu.
    pub(crate) apt: &'static str,
    /// Fedora; a path is a valid name to dnf.
    pub(crate) dnf: &'static str,
    /// Arch.
    pub(crate) pacman: &'static str,
    /// openSUSE; a path is a valid name to zypper.
    pub(crate) zypper: &'static str,
}

/// To compile the C that comes with the databases.
pub(crate) const C: &[Need] = &[
    Need {
        probe: Probe::Program("cc"),
        why: "C compiler and linker",
        apt: "gcc libc6-dev",
        dnf: "gcc",
        pacman: "gcc",
        zypper: "gcc",
    },
    Need {
        probe: Probe::Program("make"),
        why: "builds OpenSSL for the encrypted cache",
        apt: "make",
        dnf: "make",
        pacman: "make",
        zypper: "make",
    },
    Need {
        probe: Probe::Perl(&["FindBin", "IPC::Cmd", "File::Compare", "File::Copy", "Time::Piece"]),
        why: "configures OpenSSL for the encrypted cache",
        apt: "perl",
        dnf: "perl-core",
        pacman: "perl",
        zypper: "perl",
    },
];

/// To build and run the app, after [`C`].
pub(crate) const APP: &[Need] = &[
    Need {
        probe: Probe::Program("pkg-config"),
        why: "finds the system's libraries",
        apt: "pkg-config",
        dnf: "pkgconf-pkg-config",
        pacman: "pkgconf",
        zypper: "pkgconf-pkg-config",
    },
    Need {
        probe: Probe::Library("webkit2gtk-4.1"),
        why: "the web view of the window",
        apt: "libwebkit2gtk-4.1-dev",
        dnf: "webkit2gtk4.1-devel",
        pacman: "webkit2gtk-4.1",
        zypper: "pkgconfig(webkit2gtk-4.1)",
    },
    Need {
        probe: Probe::Library("librsvg-2.0"),
        why: "icons",
        apt: "librsvg2-dev",
        dnf: "librsvg2-devel",
        pacman: "librsvg",
        zypper: "librsvg-devel",
    },
    Need {
        probe: Probe::Library("ayatana-appindicator3-0.1"),
        why: "the tray icon",
        apt: "libayatana-appindicator3-dev",
        dnf: "libayatana-appindicator-gtk3-devel",
        pacman: "libayatana-appindicator",
        zypper: "libayatana-appindicator3-devel",
    },
    Need {
        probe: Probe::Library("dbus-1"),
        why: "the keyring",
        apt: "libdbus-1-dev",
        dnf: "dbus-devel",
        pacman: "dbus",
        zypper: "dbus-1-devel",
    },
];

/// To seat the app at a virtual desk: window journeys, tour and figures.
pub(crate) const DESK: &[Need] = &[
    Need {
        probe: Probe::Program("WebKitWebDriver"),
        why: "operates the window by role and name",
        apt: "webkit2gtk-driver",
        dnf: "/usr/bin/WebKitWebDriver",
        pacman: "webkitgtk-6.0",
        zypper: "/usr/bin/WebKitWebDriver",
    },
    Need {
        probe: Probe::Program("Xvfb"),
        why: "a display without a screen",
        apt: "xvfb",
        dnf: "/usr/bin/Xvfb",
        pacman: "xorg-server-xvfb",
        zypper: "/usr/bin/Xvfb",
    },
    Need {
        probe: Probe::Program("openbox"),
        why: "a window manager: focus and dialogs",
        apt: "openbox",
        dnf: "openbox",
        pacman: "openbox",
        zypper: "openbox",
    },
    Need {
        probe: Probe::Program("dunst"),
        why: "a notification daemon",
        apt: "dunst",
        dnf: "dunst",
        pacman: "dunst",
        zypper: "dunst",
    },
    Need {
        probe: Probe::Program("gnome-keyring-daemon"),
        why: "a keyring",
        apt: "gnome-keyring",
        dnf: "gnome-keyring",
        pacman: "gnome-keyring",
        zypper: "gnome-keyring",
    },
    Need {
        probe: Probe::Program("dbus-daemon"),
        why: "a session bus of its own",
        apt: "dbus-daemon",
        dnf: "dbus-daemon",
        pacman: "dbus",
        zypper: "dbus-1-daemon",
    },
    Need {
        probe: Probe::File(&["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher"]),
        why: "reads the system's dialogs",
        apt: "at-spi2-core",
        dnf: "at-spi2-core",
        pacman: "at-spi2-core",
        zypper: "at-spi2-core",
    },
    Need {
        probe: Probe::Program("xdotool"),
        why: "keyboard and pointer",
        apt: "xdotool",
        dnf: "xdotool",
        pacman: "xdotool",
        zypper: "xdotool",
    },
    Need {
        probe: Probe::Program("import"),
        why: "screenshots",
        apt: "imagemagick",
        dnf: "ImageMagick",
        pacman: "imagemagick",
        zypper: "ImageMagick",
    },
    Need {
        probe: Probe::Font,
        why: "letters on the virtual display",
        apt: "fontconfig fonts-dejavu-core",
        dnf: "fontconfig dejavu-sans-fonts",
        pacman: "fontconfig ttf-dejavu",
        zypper: "fontconfig dejavu-fonts",
    },
];

/// To look at the platform's pages with the browser that most people have, and at its neighbours as others write them.
pub(crate) const BROWSER: &[Need] = &[
    Need {
        probe: Probe::Program("python3"),
        why: "runs the provider that docs/channels.md shows",
        apt: "python3",
        dnf: "python3",
        pacman: "python",
        zypper: "python3",
    },
    Need {
        probe: Probe::Program("chromium"),
        why: "the customer's chat page and the CRM widget in a real browser",
        apt: "chromium",
        dnf: "chromium",
        pacman: "chromium",
        zypper: "chromium",
    },
    Need {
        probe: Probe::Program("chromedriver"),
        why: "operates that browser",
        apt: "chromium-driver",
        dnf: "chromedriver",
        pacman: "chromium",
        zypper: "chromedriver",
    },
];

/// To have the platform judged from outside.
pub(crate) const JUDGE: &[Need] = &[Need {
    probe: Probe::Python(&["venv", "ensurepip"]),
    why: "runs the judge of the HTTP interface",
    apt: "python3 python3-venv",
    dnf: "python3",
    pacman: "python",
    zypper: "python3",
}];
