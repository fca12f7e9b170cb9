//! The parts of a multipart body (RFC 2046 section 5.1, RFC 7578).

use bytes::Bytes;

/// One part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) name: Option<String>,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) content: Bytes,
}

/// The most parts that are read.
const MAX_PARTS: usize = 1_000;

/// Reads the parts.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn parts(content_type: &str, body: &Bytes) -> Result<Vec<Part>, String> {
    let boundary = parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or("the content type names no boundary")?;
    let delimiter = format!("--{boundary}");
    let mut at = find(body, delimiter.as_bytes(), 0).ok_or("the boundary does not stand in the body")?;
    let mut parts = Vec::new();
    loop {
        at += delimiter.len();
        if body[at..].starts_with(b"--") {
            return Ok(parts);
        }
        if parts.len() == MAX_PARTS {
            return Err(format!("more than {MAX_PARTS} parts"));
        }
        let start = find(body, b"\r\n", at).ok_or("the last boundary is missing")? + 2;
        let end = find(body, format!("\r\n{delimiter}").as_bytes(), start.saturating_sub(2));
        let end = end.ok_or("the last boundary is missing")?;
        parts.push(part(body, start, end.max(start))?);
        at = end + 2;
    }
}

fn part(body: &Bytes, start: usize, end: usize) -> Result<Part, String> {
    let head_end = if body[start..end].starts_with(b"\r\n") {
        start
    } else {
        find(&body.slice(..end), b"\r\n\r\n", start).ok_or("a part has headers without an end")? + 2
    };
    let head = String::from_utf8_lossy(&body[start..head_end]);
    let header = |wanted: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find_map(|(name, value)| name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned()))
    };
    let disposition = header("content-disposition").unwrap_or_default();
    Ok(Part {
        name: parameter(&disposition, "name"),
        filename: parameter(&disposition, "filename").or_else(|| extended(&disposition)),
        content_type: header("content-type"),
        content: body.slice((head_end + 2).min(end)..end),
    })
}

/// `filename*=UTF-8''…` (RFC 8187).
fn extended(header: &str) -> Option<String> {
    parameter(header, "filename*").and_then(|text| Some(crate::received::decoded(text.splitn(3, '\'').nth(2)?)))
}

/// A parameter of a header's value; quotes and the escapes in them are taken away.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, left) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let (value, left) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), left)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = left;
    }
}

/// The text up to the closing quote, and what follows the next `;`.
fn unquoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, text[at + 1..].split_once(';').map_or("", |(_, left)| left)),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            plain => value.push(plain),
        }
    }
    (value, "")
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    body.get(from..)?.windows(wanted.len()).position(|window| window == wanted).map(|at| at + from)
}

#[cfg(test)]
mod tests {
    use super::{Part, parts};
    use bytes::Bytes;

    fn read(text: &str) -> Result<Vec<Part>, String> {
        parts("multipart/form-data; charset=utf-8; boundary=\"b 1\"", &Bytes::from(text.to_owned()))
    }

    #[test]
    fn reads_parts() {
        let body = "preamble\r\n--b 1\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\nx\r\n\r\ny\r\n--b 1\r\n\
            content-type: text/plain\r\nContent-Disposition: form-data; name=f; filename*=UTF-8''%E2%82%AC.txt\r\n\r\n\r\n--b 1--\r\n";
        let parts = read(body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_deref(), &parts[0].content[..]), (Some("a\"b"), &b"x\r\n\r\ny"[..]));
        assert_eq!((parts[1].filename.as_deref(), parts[1].content.len()), (Some("€.txt"), 0));
        assert_eq!(parts[1].content_type.as_deref(), Some("text/plain"));
        assert_eq!(&read("--b 1\r\n\r\nbare\r\n--b 1--").unwrap()[0].content[..], b"bare");
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(read("nothing").unwrap_err().contains("boundary"));
        assert!(read("--b 1\r\n\r\nno end").unwrap_err().contains("last boundary"));
        assert!(read("--b 1\r\nno headers\r\n--b 1--").unwrap_err().contains("headers"));
        assert!(parts("multipart/form-data", &Bytes::new()).unwrap_err().contains("names no boundary"));
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read(text in "(--b 1|\r\n|--|name=\"|:|a|;){0,20}") {
            let _ = read(&text);
        }
    }
}
