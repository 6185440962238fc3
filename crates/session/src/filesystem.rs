//! What kind of file system a folder lies on, and whether it has room.
//!
//! SQLite's write-ahead log shares memory between processes of one machine; over a network it can corrupt (`DATA.md` 3).

use std::path::Path;

use crate::Error;

/// Below this many free bytes an unexplained I/O error is taken for a full disk.
const NO_ROOM_BYTES: u64 = 1 << 20;

/// What the kernel says of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A disk of this machine, or memory.
    Local,
    /// A network file system, by name.
    Network(&'static str),
    /// A file system in user space: only its mount entry says what is behind it.
    UserSpace,
}

/// The kind of a Linux file system by its magic number (`statfs(2)`).
pub(crate) fn place_of(magic: u32) -> Place {
    match magic {
        0x0000_6969 => Place::Network("NFS"),
        0x0000_517b => Place::Network("SMB"),
        0xff53_4d42 => Place::Network("CIFS"),
        0xfe53_4d42 => Place::Network("SMB 2"),
        0x0102_1997 => Place::Network("9p"),
        0x5346_414f | 0x6b41_4653 => Place::Network("AFS"),
        0x7375_7245 => Place::Network("Coda"),
        0x00c3_6400 => Place::Network("Ceph"),
        0x0bd0_0bd0 => Place::Network("Lustre"),
        0x6573_5546 => Place::UserSpace,
        _ => Place::Local,
    }
}

/// The type of the mount that `path` (absolute, without symbolic links) lies on, from the text of `/proc/self/mountinfo`.
pub(crate) fn mount_type<'m>(mountinfo: &'m str, path: &Path) -> Option<&'m str> {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let point = before.split(' ').nth(4)?.replace("\\040", " ");
        Some((point, after.split(' ').next()?))
    });
    // The deepest mount point wins, and of two at one place the later one.
    mounts.filter(|(point, _)| path.starts_with(point)).max_by_key(|(point, _)| point.len()).map(|(_, kind)| kind)
}

/// Whether a file system in user space reaches over a network.
pub(crate) fn is_remote_in_user_space(kind: &str) -> bool {
    const REMOTE: [&str; 11] = [
        "sshfs",
        "rclone",
        "s3fs",
        "goofys",
        "gcsfuse",
        "blobfuse",
        "davfs",
        "curlftpfs",
        "glusterfs",
        "ceph",
        "smbnetfs",
    ];
    kind.strip_prefix("fuse.").is_some_and(|name| REMOTE.iter().any(|remote| name.starts_with(remote)))
}

/// Refuses a folder on a network file system. Other systems than Linux are not asked.
///
/// # Errors
/// [`Error::NetworkFileSystem`]; [`Error::Io`] if the folder cannot be looked at.
#[cfg(target_os = "linux")]
pub(crate) fn refuse_network(folder: &Path) -> Result<(), Error> {
    let status = rustix::fs::statfs(folder).map_err(|e| Error::io(folder, e.into()))?;
    let kind = match place_of(status.f_type as u32) {
        Place::Local => return Ok(()),
        Place::Network(name) => name.to_owned(),
        Place::UserSpace => {
            let real = folder.canonicalize().map_err(|e| Error::io(folder, e))?;
            // Without /proc nobody can tell, and most such file systems are local.
            let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            match mount_type(&mounts, &real) {
                Some(kind) if is_remote_in_user_space(kind) => kind.trim_start_matches("fuse.").to_owned(),
                _ => return Ok(()),
            }
        }
    };
    Err(Error::NetworkFileSystem { folder: folder.to_owned(), kind })
}

/// Refuses a folder on a network file system. Other systems than Linux are not asked.
///
/// # Errors
/// None here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn refuse_network(_folder: &Path) -> Result<(), Error> {
    Ok(())
}

/// Whether the file system of a file has practically no room left; `false` where nobody can say.
pub(crate) fn is_full(path: &Path) -> bool {
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|s| s.f_bavail.saturating_mul(s.f_frsize) < NO_ROOM_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_numbers() {
        for (magic, name) in [(0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0x0102_1997, "9p"), (0x5346_414f, "AFS")] {
            assert_eq!(place_of(magic), Place::Network(name));
        }
        for local in [0xef53, 0x9123_683e, 0x0102_1994, 0x5846_5342, 0x794c_7630] {
            assert_eq!(place_of(local), Place::Local, "ext4, btrfs, tmpfs, xfs, overlay are fine");
        }
        assert_eq!(place_of(0x6573_5546), Place::UserSpace);
    }

    #[test]
    fn file_systems_in_user_space_are_told_apart_by_their_mount() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                      40 22 0:50 / /mnt/far rw,nosuid - fuse.sshfs me@lab: rw\n\
                      41 22 0:51 / /mnt/near\\040disk rw shared:1 - fuse.ntfs-3g /dev/sdb1 rw";
        let kind = |path: &str| mount_type(mounts, Path::new(path));
        assert_eq!(kind("/mnt/far/sessions"), Some("fuse.sshfs"));
        assert_eq!(kind("/mnt/farther"), Some("ext4"), "a name that only begins alike is another folder");
        assert_eq!(kind("/mnt/near disk/s"), Some("fuse.ntfs-3g"));
        assert!(is_remote_in_user_space("fuse.sshfs") && is_remote_in_user_space("fuse.rclone"));
        assert!(!is_remote_in_user_space("fuse.ntfs-3g") && !is_remote_in_user_space("ext4"));
    }

    #[test]
    fn the_disk_of_the_tests_is_local_and_has_room() {
        let here = tempfile::tempdir().unwrap();
        refuse_network(here.path()).unwrap();
        assert!(!is_full(&here.path().join("session.db")));
    }
}
