//! Why a file cannot be read or written, as a sentence without its subject.

use serde::Deserialize;

/// What a command line does with a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename_all = "lowercase"))]
pub enum FileAction {
    /// Reads it.
    Read,
    /// Lists the files in it: it is a folder.
    List,
    /// Writes it.
    Write,
}

impl FileAction {
    /// Why it fails: by the name of the system's error, such as `ENOENT`; otherwise with the system's message.
    ///
    /// ```
    /// use prefect_events::command::FileAction;
    ///
    /// assert_eq!(FileAction::Read.reason("ENOENT", ""), "does not exist");
    /// assert_eq!(FileAction::Read.reason("EIO", "input/output error"), "cannot be read: input/output error");
    /// ```
    #[must_use]
    pub fn reason(self, code: &str, message: &str) -> String {
        match self {
            FileAction::List if code == "ENOTDIR" => "is not a directory".to_owned(),
            FileAction::Read | FileAction::List => read_reason(code, message),
            FileAction::Write => write_reason(code, message),
        }
    }
}

fn read_reason(code: &str, message: &str) -> String {
    match code {
        "ENOENT" => "does not exist".to_owned(),
        "ENOTDIR" => "does not exist: part of its path is a file".to_owned(),
        "EISDIR" => "is a directory: name its files".to_owned(),
        _ => {
            let reason = match code {
                "EACCES" | "EPERM" => "permission denied",
                "EMFILE" => "too many files are open",
                "ELOOP" => "its symbolic links form a loop",
                "ENXIO" => "it is a socket, or not connected",
                "ENAMETOOLONG" => "its name is too long",
                _ => message,
            };
            ["cannot be read: ", reason].concat()
        }
    }
}

fn write_reason(code: &str, message: &str) -> String {
    let reason = match code {
        "EPIPE" => "the pipe was closed",
        "ENOSPC" => "no space left on the device",
        "EDQUOT" => "the disk quota is used up",
        "EFBIG" => "the file would be too large",
        "EACCES" | "EPERM" => "permission denied",
        "EROFS" => "the file system is read-only",
        _ => message,
    };
    ["cannot be written: ", reason].concat()
}
