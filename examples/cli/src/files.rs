//! Files that are the person's own: the session, the API key, recovery codes.
//!
//! Invariant: a file with a secret is never readable by others, not even for a moment, and never half written: it is made
//! privately beside its place and renamed into it.

use crate::failure::Failure;
use crate::json::{Object, object};
use crate::origin::Origin;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Reading and writing by the owner alone.
const PRIVATE: u32 = 0o600;
const PRIVATE_DIRECTORY: u32 = 0o700;

/// Far more than a session needs. Memory of this size is taken at once, so that it never moves and leaves a copy.
const LARGEST: usize = 16 * 1024;

/// A session, and the one server that may see it.
pub(crate) struct Session {
    pub(crate) server: Origin,
    pub(crate) token: Zeroizing<String>,
}

/// Where mfa keeps its files.
pub(crate) struct Directory(PathBuf);

impl Directory {
    /// `$XDG_CONFIG_HOME/mfa`, or `~/.config/mfa`.
    pub(crate) fn find() -> Result<Self, Failure> {
        // XDG Base Directory Specification: a relative path is invalid and to be ignored.
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        absolute("XDG_CONFIG_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".config")))
            .map(|base| Self(base.join("mfa")))
            .ok_or_else(|| Failure::File("Neither XDG_CONFIG_HOME nor HOME is set.".into()))
    }

    fn session_file(&self) -> PathBuf {
        self.0.join("session.json")
    }

    /// The session, if there is one.
    pub(crate) fn session(&self) -> Result<Option<Session>, Failure> {
        let path = self.session_file();
        let failed = |error: std::io::Error| failed("read", &path, &error);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mode = file.metadata().map_err(failed)?.mode_bits();
        if mode & 0o077 != 0 {
            return Err(Failure::File(format!(
                "{} can be read by others on this machine (mode {mode:03o}), so the session in it may be known. \
                 Run mfa logout, then mfa login.",
                path.display()
            )));
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST));
        Read::by_ref(&mut file).take(LARGEST as u64).read_to_end(&mut bytes).map_err(failed)?;
        Ok(read_session(&bytes))
    }

    /// Whatever is there, readable by others or not: to log it out.
    pub(crate) fn take_session(&self) -> Result<Option<Session>, Failure> {
        let path = self.session_file();
        let session =
            std::fs::read(&path).ok().and_then(|bytes| read_session(&Zeroizing::new(bytes)));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(failed("delete", &path, &error))
            }
            _ => Ok(session),
        }
    }

    pub(crate) fn keep_session(&self, session: &Session) -> Result<(), Failure> {
        let bytes = object(&[("server", session.server.as_str()), ("token", &session.token)]);
        self.keep(&self.session_file(), &bytes)
    }

    /// Keeps the API key and says where.
    pub(crate) fn keep_api_key(&self, key: &str) -> Result<PathBuf, Failure> {
        let path = self.0.join("api-key");
        self.keep(&path, key.as_bytes())?;
        Ok(path)
    }

    fn keep(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        let made = DirBuilder::new().recursive(true).mode(PRIVATE_DIRECTORY).create(&self.0);
        // One that was there before may have been open to others.
        made.and_then(|()| {
            std::fs::set_permissions(&self.0, Permissions::from_mode(PRIVATE_DIRECTORY))
        })
        .map_err(|error| failed("make", &self.0, &error))?;
        let mut draft = Draft::new(path, true)?;
        draft.write(bytes)?;
        draft.finish()
    }
}

fn read_session(bytes: &[u8]) -> Option<Session> {
    let object = Object::read(bytes)?;
    let server = Origin::parse(object.text("server")?).ok()?;
    Some(Session { server, token: Zeroizing::new(object.text("token")?.into()) })
}

trait Mode {
    fn mode_bits(&self) -> u32;
}

impl Mode for std::fs::Metadata {
    fn mode_bits(&self) -> u32 {
        self.permissions().mode() & 0o777
    }
}

/// A private file that will be at its place once it is whole. If it never is, nothing is left of it.
pub(crate) struct Draft {
    path: PathBuf,
    draft: PathBuf,
    file: File,
    replace: bool,
}

impl Draft {
    pub(crate) fn new(path: &Path, replace: bool) -> Result<Self, Failure> {
        if !replace && path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
        let mut name = std::ffi::OsString::from(".");
        name.push(path.file_name().ok_or_else(|| {
            Failure::File(format!("{} is not the name of a file.", path.display()))
        })?);
        name.push(format!(".{}.tmp", std::process::id()));
        let draft = path.with_file_name(name);
        let make = || OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&draft);
        let file = match make() {
            // Of a process of that number which was killed.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                std::fs::remove_file(&draft).and_then(|()| make())
            }
            other => other,
        };
        let file = file.map_err(|error| failed("write", path, &error))?;
        Ok(Self { path: path.into(), draft, file, replace })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        written.map_err(|error| failed("write", &self.path, &error))
    }

    pub(crate) fn finish(self) -> Result<(), Failure> {
        // A link fails where something is, a rename replaces it: each in one step.
        let put = if self.replace {
            std::fs::rename(&self.draft, &self.path)
        } else {
            std::fs::hard_link(&self.draft, &self.path)
        };
        put.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => exists(&self.path),
            _ => failed("write", &self.path, &error),
        })?;
        if let Some(directory) = self.path.parent() {
            let directory =
                if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
            // So that it survives a crash; where a directory cannot be synchronised, it has to do without.
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.draft);
    }
}

fn exists(path: &Path) -> Failure {
    Failure::File(format!("{} exists. --force replaces it.", path.display()))
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::File(format!("Could not {what} {}: {}.", path.display(), error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A directory that goes with the test.
    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> std::io::Result<Self> {
            let path = std::env::temp_dir().join(format!("mfa-{}-{name}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir(&path)?;
            Ok(Self(path))
        }

        fn names(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
            let mut names: Vec<_> =
                entries.map(|e| e.file_name().to_string_lossy().into()).collect();
            names.sort();
            names
        }

        fn mode(&self, name: &str) -> Option<u32> {
            self.0.join(name).symlink_metadata().ok().map(|metadata| metadata.mode_bits())
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn session(token: &str) -> Result<Session, Failure> {
        let server = Origin::parse("http://localhost:8080")?;
        Ok(Session { server, token: Zeroizing::new(token.into()) })
    }

    fn io(error: std::io::Error) -> Failure {
        Failure::File(error.to_string())
    }

    #[test]
    fn a_session_is_private_and_replaced_whole() -> Result<(), Failure> {
        let place = Place::new("session").map_err(io)?;
        let directory = Directory(place.0.join("config/mfa"));
        assert!(directory.session()?.is_none() && directory.take_session()?.is_none());
        for token in ["first", "\"second\"\n"] {
            directory.keep_session(&session(token)?)?;
            let kept = directory.session()?;
            assert_eq!(kept.as_ref().map(|kept| kept.token.as_str()), Some(token));
            assert_eq!(kept.map(|kept| kept.server), Some(session("")?.server));
        }
        assert_eq!(place.mode("config/mfa"), Some(0o700));
        assert_eq!(place.mode("config/mfa/session.json"), Some(0o600));
        assert_eq!(Place(directory.0.clone()).names(), ["session.json"]);
        Ok(())
    }

    #[test]
    fn a_session_that_others_can_read_is_not_used() -> Result<(), Failure> {
        let place = Place::new("open").map_err(io)?;
        let directory = Directory(place.0.join("mfa"));
        std::fs::create_dir(&directory.0).map_err(io)?;
        std::fs::set_permissions(&directory.0, Permissions::from_mode(0o755)).map_err(io)?;
        directory.keep_session(&session("token")?)?;
        assert_eq!(place.mode("mfa"), Some(0o700), "a directory that was open is closed");
        for mode in [0o640, 0o604, 0o660, 0o610] {
            let permissions = Permissions::from_mode(mode);
            std::fs::set_permissions(directory.session_file(), permissions).map_err(io)?;
            assert!(matches!(directory.session(), Err(Failure::File(_))), "{mode:o}");
        }
        // It can still be logged out.
        assert!(directory.take_session()?.is_some_and(|session| *session.token == "token"));
        assert!(directory.session()?.is_none());
        Ok(())
    }

    #[test]
    fn what_is_no_session_is_none() -> Result<(), Failure> {
        for text in
            ["", "{}", "[]", r#"{"server":"http://example.com","token":"x"}"#, r#"{"token":"x"}"#]
        {
            assert!(read_session(text.as_bytes()).is_none(), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_file_that_exists_is_kept() -> Result<(), Failure> {
        let place = Place::new("exists").map_err(io)?;
        let path = place.0.join("codes.txt");
        std::fs::write(&path, "old").map_err(io)?;
        symlink("nowhere", place.0.join("link")).map_err(io)?;
        assert!(
            Draft::new(&path, false).is_err() && Draft::new(&place.0.join("link"), false).is_err()
        );
        // One that appears meanwhile.
        let late = place.0.join("late.txt");
        let mut draft = Draft::new(&late, false)?;
        draft.write(b"new")?;
        std::fs::write(&late, "old").map_err(io)?;
        assert_eq!(draft.finish(), Err(exists(&late)));
        for path in [&path, &late] {
            assert_eq!(std::fs::read(path).map_err(io)?, b"old");
        }
        assert_eq!(place.names(), ["codes.txt", "late.txt", "link"], "no draft is left");
        Ok(())
    }

    #[test]
    fn a_draft_is_private_and_replaces_what_is_there() -> Result<(), Failure> {
        let place = Place::new("draft").map_err(io)?;
        let (path, target) = (place.0.join("codes.txt"), place.0.join("target"));
        std::fs::write(&target, "other").map_err(io)?;
        symlink(&target, &path).map_err(io)?;
        let unused = Draft::new(&path, true)?;
        assert_eq!(place.mode(&format!(".codes.txt.{}.tmp", std::process::id())), Some(0o600));
        drop(unused);
        assert_eq!(place.names(), ["codes.txt", "target"]);
        let mut draft = Draft::new(&path, true)?;
        draft.write(b"new")?;
        draft.finish()?;
        // The link itself was replaced, not what it led to.
        assert_eq!(place.mode("codes.txt"), Some(0o600));
        assert_eq!(std::fs::read(&path).map_err(io)?, b"new");
        assert_eq!(std::fs::read(&target).map_err(io)?, b"other");
        assert!(Draft::new(&place.0.join(".."), true).is_err());
        assert!(Draft::new(&place.0.join("missing/codes.txt"), false).is_err());
        Ok(())
    }
}
