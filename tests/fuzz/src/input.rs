//! Splits the input of a target: its first byte selects the options, a line `===` separates texts.

const SEPARATOR: &[u8] = b"\n===\n";

/// The selected options, and the rest. An empty input selects nothing.
pub fn choice(input: &[u8]) -> (u8, &[u8]) {
    input.split_first().map_or((0, input), |(first, rest)| (*first, rest))
}

/// The texts of an input, at least one.
pub fn texts(mut input: &[u8]) -> Vec<&[u8]> {
    let mut texts = Vec::new();
    while let Some(at) = input.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
        texts.push(&input[..at]);
        input = &input[at + SEPARATOR.len()..];
    }
    texts.push(input);
    texts
}

/// The first two texts of an input; the second is empty if there is only one.
pub fn two_texts(input: &[u8]) -> (&[u8], &[u8]) {
    let texts = texts(input);
    (texts[0], texts.get(1).copied().unwrap_or_default())
}

/// Whether a choice has this bit.
pub fn has(choice: u8, bit: u32) -> bool {
    choice & (1 << bit) != 0
}

/// Whether playing a text is certainly fast. A run with a million copies legitimately takes seconds, and would leave a
/// fuzzer no time for anything else: numbers have at most three digits, except ids, and times are within one month.
pub fn is_short(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.:_".contains(byte);
    text.split(|byte| !is_part(byte)).all(|word| {
        let is_number = word.first().is_some_and(|first| first.is_ascii_digit() || b"+-.".contains(first));
        let is_id_or_time = word.len() > 9 && word[1..].iter().any(|byte| b"-:".contains(byte));
        let is_date = word.len() > 7 && word[4] == b'-' && word[7] == b'-';
        let is_whole = is_id_or_time && (!is_date || word.starts_with(b"2026-03"));
        // `1_000` and `9:59` are numbers in YAML, as are `1e9` and `0xFF`.
        let is_plain = !word.iter().any(|byte| b"_:eExXbBoO".contains(byte));
        let longest = word.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len).max();
        !is_number || is_whole || is_plain && longest.is_none_or(|longest| longest <= 3)
    })
}
