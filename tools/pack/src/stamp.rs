//! Remembers by content which outputs were generated from which inputs.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A file that holds the hashes of the inputs and of the outputs generated from them.
pub(crate) struct Stamp {
    file: PathBuf,
}

impl Stamp {
    pub(crate) fn new(file: PathBuf) -> Self {
        Stamp { file }
    }

    /// Whether these files were generated from these inputs, and are unchanged since.
    pub(crate) fn holds(&self, inputs: u64, made: &[PathBuf]) -> bool {
        line(inputs, made).is_ok_and(|now| fs::read_to_string(&self.file).is_ok_and(|then| then == now))
    }

    pub(crate) fn set(&self, inputs: u64, made: &[PathBuf]) -> Result<()> {
        fs::write(&self.file, line(inputs, made)?).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

fn line(inputs: u64, made: &[PathBuf]) -> Result<String> {
    let made: Vec<Vec<u8>> = made.iter().map(|file| read(file)).collect::<Result<_>>()?;
    let made: Vec<&[u8]> = made.iter().map(Vec::as_slice).collect();
    Ok(format!("{inputs:016x} {:016x}\n", hash(&made)))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

/// The hash of some contents, in order.
pub(crate) fn hash(contents: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for content in contents {
        hasher.write_usize(content.len());
        hasher.write(content);
    }
    hasher.finish()
}
