//! Changes bytes as an input says: a disk, a network or another program may have changed them.

/// How many bytes of the input describe one change.
const EDIT: usize = 4;

/// A number that takes most bytes in the format of saved states.
const FAR: [u8; 10] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];

/// The bytes after the changes. Four bytes of the input are one: two select the place, one the kind, one the value.
pub fn damaged(bytes: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for edit in edits.chunks_exact(EDIT) {
        let place = usize::from(edit[0]) << 8 | usize::from(edit[1]);
        let (at, value) = (place % (bytes.len() + 1), edit[3]);
        let end = bytes.len().min(at + usize::from(value));
        match edit[2] % 8 {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= value),
            1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = value),
            2 => bytes.truncate(at),
            3 => bytes.insert(at, value),
            4 => drop(bytes.drain(at..end)),
            5 => drop(bytes.splice(at..bytes.len().min(at + 1), FAR)),
            6 => bytes.extend_from_within(at..end),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = byte.wrapping_add(value)),
        }
    }
    bytes
}

/// Whether bytes are the beginning of others, and not all of them.
pub fn is_cut(bytes: &[u8], whole: &[u8]) -> bool {
    bytes.len() < whole.len() && whole.starts_with(bytes)
}
