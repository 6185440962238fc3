//! `cargo xtask package --deb`: the window and the command line as a Debian package, and the proof that it starts.
//!
//! The package is staged as a folder and packed by `dpkg-deb`: what lies in it is what stands below, and nothing else.
use crate::leash::Leash;
use crate::process::{self, Outcome};
use crate::{needs, places, window};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const USAGE: &str = "usage: cargo xtask package --deb [--no-test]";
/// The sizes in which desktops ask for an icon.
const ICONS: [u32; 8] = [16, 24, 32, 48, 64, 128, 256, 512];
/// What the window's web view is on Debian 12, Ubuntu 22.04 and later; the rest comes with it.
const DEPENDS: &str = "libc6 (>= 2.35), libgcc-s1, libwebkit2gtk-4.1-0 (>= 2.36), libgtk-3-0 | libgtk-3-0t64, zlib1g";

const DESKTOP: &str = "\
[Desktop Entry]
Type=Application
Name=Plateside
Comment=Watch a screening lab's plates fill in, live
Exec=plateside-app
Icon=plateside
Categories=Science;
Terminal=false
StartupNotify=true
StartupWMClass=plateside-app
";

/// Builds the package, and unless told otherwise starts what is in it on a display that nobody sees.
pub(crate) fn command(args: &[String]) -> Outcome<()> {
    let test = match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--deb"] => true,
        ["--deb", "--no-test"] => false,
        _ => return Err(USAGE.to_owned()),
    };
    if needs::on_path("dpkg-deb").is_none() {
        return Err("dpkg-deb is missing: a .deb is made on Debian or Ubuntu".to_owned());
    }
    needs::compilers()?;
    window::libraries()?;
    window::pages()?;
    let mut leash = Leash::new()?;
    let mut build = Command::new(needs::cargo());
    build.args(["build", "--release", "--locked", "--package", "plateside-app", "--package", "plateside-cli"]);
    leash.run(build.current_dir(places::clone()))?;
    let deb = deb()?;
    println!("{}", deb.display());
    if test { starts(&mut leash, &deb) } else { Ok(()) }
}

/// Packs what was built.
fn deb() -> Outcome<PathBuf> {
    let (version, machine) = (version()?, process::read(Command::new("dpkg").arg("--print-architecture"))?);
    let machine = machine.trim();
    let folder = places::target().join("package");
    let stage = folder.join("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| told(&stage, &error))?;
    }
    for program in ["plateside-app", "plateside"] {
        let to = stage.join("usr/bin").join(program);
        put(&places::built("release", program), &to, 0o755)?;
        process::run(Command::new("strip").arg("--strip-unneeded").arg(&to))?;
    }
    let icons = places::clone().join("icons");
    for size in ICONS {
        let to = format!("usr/share/icons/hicolor/{size}x{size}/apps/plateside.png");
        put(&icons.join(format!("plateside-{size}.png")), &stage.join(to), 0o644)?;
    }
    put(&icons.join("plateside.svg"), &stage.join("usr/share/icons/hicolor/scalable/apps/plateside.svg"), 0o644)?;
    write(&stage.join("usr/share/applications/plateside.desktop"), DESKTOP)?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        put(&places::clone().join(licence), &stage.join("usr/share/doc/plateside").join(licence), 0o644)?;
    }
    // The font inside figures goes with its own licence.
    let font = places::clone().join("crates/figure/fonts/OFL.txt");
    put(&font, &stage.join("usr/share/doc/plateside/LICENSE-Inter-OFL"), 0o644)?;
    let size_kib = process::read(Command::new("du").args(["-sk", "--apparent-size"]).arg(&stage))?;
    let size_kib = size_kib.split_whitespace().next().unwrap_or("0").to_owned();
    let control = format!(
        "Package: plateside\nVersion: {version}\nArchitecture: {machine}\nSection: science\nPriority: optional\n\
         Maintainer: Plateside <plateside@localhost>\nInstalled-Size: {size_kib}\nDepends: {DEPENDS}\n\
         Description: watches a screening lab's plates fill in, live\n \
         Follows a lab's Kafka without a trace, keeps every message in a session on disk,\n \
         judges plates while the robot still runs, and replays any session offline.\n"
    );
    write(&stage.join("DEBIAN/control"), &control)?;
    let deb = folder.join(format!("plateside_{version}_{machine}.deb"));
    let mut pack = Command::new("dpkg-deb");
    process::read(pack.args(["--root-owner-group", "--build"]).arg(&stage).arg(&deb))?;
    Ok(deb)
}

/// Unpacks the package into a fresh folder and runs the window's first test on the app in it.
fn starts(leash: &mut Leash, deb: &Path) -> Outcome<()> {
    let unpacked = places::target().join("package/unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).map_err(|error| told(&unpacked, &error))?;
    }
    process::read(Command::new("dpkg-deb").arg("-x").arg(deb).arg(&unpacked))?;
    let driver = window::display()?;
    let mut test = Command::new(needs::cargo());
    test.args(["test", "--quiet", "--package", "plateside-tests", "--test", "window", "--locked", "--", "opens::"]);
    test.env("PLATESIDE_APP", unpacked.join("usr/bin/plateside-app")).env("PLATESIDE_TAURI_DRIVER", driver);
    // A skip would prove nothing.
    test.env("CI", "true").current_dir(places::clone());
    leash.run(&mut test)?;
    println!("the packaged app opens its window on the demo lab and draws a heatmap");
    Ok(())
}

/// The version that every crate of the workspace has.
fn version() -> Outcome<String> {
    let text =
        fs::read_to_string(places::clone().join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    let version = line.and_then(|rest| rest.strip_suffix('"'));
    version.map(str::to_owned).ok_or_else(|| "Cargo.toml has no version".to_owned())
}

fn put(from: &Path, to: &Path, mode: u32) -> Outcome<()> {
    parent(to)?;
    fs::copy(from, to).map_err(|error| told(from, &error))?;
    fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(|error| told(to, &error))
}

fn write(to: &Path, text: &str) -> Outcome<()> {
    parent(to)?;
    fs::write(to, text).map_err(|error| told(to, &error))?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o644)).map_err(|error| told(to, &error))
}

fn parent(of: &Path) -> Outcome<()> {
    of.parent().map_or(Ok(()), |folder| fs::create_dir_all(folder).map_err(|error| told(folder, &error)))
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
