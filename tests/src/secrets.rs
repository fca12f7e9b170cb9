//! The secrets of the tests, and the search for them: every secret of a case holds one unusual word, which nothing may show.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use percent_encoding::percent_decode_str;

/// The word that every secret of a case holds. It is made of letters alone, so that escapes of JSON, forms and URLs leave it as it is.
pub const WORD: &str = "hushhush";

/// How the word looks where something shows it, if anything does.
///
/// # Errors
/// The form in which it was found, with what stands around it.
pub fn absent(place: &str, text: &str) -> Result<(), String> {
    match found(text) {
        None => Ok(()),
        Some(found) => Err(format!("{place} shows a secret: {found}")),
    }
}

/// Where a text shows the word: as it is (in any case, or escaped), in base64, in hexadecimal, or as a list of bytes.
fn found(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8_lossy().into_owned();
    let lower = [text.to_lowercase(), decoded.to_lowercase()];
    let exact = [text, &decoded];
    let plain = lower.iter().find_map(|text| around(text, WORD));
    let hex: String = WORD.bytes().map(|byte| format!("{byte:02x}")).collect();
    let bytes = WORD.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>();
    let lists = [bytes.join(", "), bytes.join(",")];
    plain
        .or_else(|| in_base64().iter().find_map(|form| exact.iter().find_map(|text| around(text, form))))
        .or_else(|| around(&lower[0], &hex))
        .or_else(|| lists.iter().find_map(|form| around(text, form)))
}

/// The parts of the word's base64 that do not depend on what stands before and after it, for each place in a group of three bytes.
fn in_base64() -> Vec<String> {
    (0..3)
        .map(|before| {
            let encoded = BASE64.encode([&vec![0; before], WORD.as_bytes()].concat());
            let whole = (before + WORD.len()) * 8 / 6;
            encoded[(before * 8).div_ceil(6)..whole].to_owned()
        })
        .collect()
}

fn around(text: &str, form: &str) -> Option<String> {
    let at = text.find(form)?;
    let (start, end) = (text.floor_char_boundary(at.saturating_sub(80)), text.ceil_char_boundary(at + form.len() + 40));
    Some(format!("…{}…", &text[start..end]))
}
