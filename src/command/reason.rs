//! Why a file cannot be read or written, as a sentence without its subject.

/// Why a file cannot be read: by the name of the system's error, such as `ENOENT`; otherwise with the system's message.
///
/// ```
/// use prefect_events::command::read_reason;
///
/// assert_eq!(read_reason("ENOENT", ""), "does not exist");
/// assert_eq!(read_reason("EIO", "input/output error"), "cannot be read: input/output error");
/// ```
#[must_use]
pub fn read_reason(code: &str, message: &str) -> String {
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

/// Why the files in a folder cannot be listed, likewise.
#[must_use]
pub fn list_reason(code: &str, message: &str) -> String {
    if code == "ENOTDIR" { "is not a directory".to_owned() } else { read_reason(code, message) }
}

/// Why a file cannot be written, likewise.
#[must_use]
pub fn write_reason(code: &str, message: &str) -> String {
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
