//! As much of HTTP/1.1 as is needed to know where a request ends and which click it is.

/// A whole request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The key of the click that it attempts (D5), or whose receipt it asks for.
    pub key: Option<String>,
    /// It may take effect.
    pub is_attempt: bool,
    /// The token that it comes with.
    pub token: Option<String>,
    /// It asks for the event stream, whose answer never ends.
    pub is_stream: bool,
}

impl Request {
    /// Takes the first request off what has arrived, once it is there as a whole.
    pub fn take(arrived: &mut Vec<u8>) -> Option<Self> {
        let head_bytes = arrived.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(arrived.get(..head_bytes)?).into_owned();
        let length = header(&head, "content-length").and_then(|length| length.parse::<usize>().ok()).unwrap_or(0);
        let whole = head_bytes + length;
        if arrived.len() < whole {
            return None;
        }
        let rest = arrived.split_off(whole);
        let bytes = std::mem::replace(arrived, rest);
        let path = head.split(' ').nth(1).unwrap_or_default();
        let own = header(&head, "idempotency-key").map(|key| key.trim_matches('"').to_owned());
        let asked = path.strip_prefix("/v1/receipts/").map(str::to_owned);
        Some(Self {
            bytes,
            is_attempt: own.is_some(),
            key: own.or(asked),
            token: header(&head, "authorization").and_then(|said| said.strip_prefix("Bearer ")).map(str::to_owned),
            is_stream: path.starts_with("/v1/events"),
        })
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| {
        let (here, value) = line.split_once(':')?;
        here.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLICK: &[u8] = b"POST /v1/conversations/c/close HTTP/1.1\r\nhost: h\r\nIdempotency-Key: \"k1\"\r\n\
        authorization: Bearer t\r\nContent-Length: 2\r\n\r\n{}";

    #[test]
    fn a_request_is_taken_once_it_is_whole() {
        let mut arrived = CLICK.to_vec();
        let last = arrived.pop();
        assert_eq!(Request::take(&mut arrived), None, "a byte is missing");
        arrived.extend(last);
        arrived.extend_from_slice(b"GET /v1/events?after=3 HTTP/1.1\r\n");
        let click = Request::take(&mut arrived).expect("a whole request");
        assert_eq!((click.key.as_deref(), click.token.as_deref(), click.is_attempt), (Some("k1"), Some("t"), true));
        assert_eq!(click.bytes, CLICK);
        assert_eq!(Request::take(&mut arrived), None, "the next is not whole");
        arrived.extend_from_slice(b"\r\n");
        assert!(Request::take(&mut arrived).is_some_and(|next| next.is_stream && next.key.is_none()));
        assert!(arrived.is_empty());
    }

    #[test]
    fn a_question_for_a_receipt_names_its_key_and_attempts_nothing() {
        let mut arrived = b"GET /v1/receipts/k2 HTTP/1.1\r\nhost: h\r\n\r\n".to_vec();
        let question = Request::take(&mut arrived).expect("a whole request");
        assert_eq!((question.key.as_deref(), question.is_attempt), (Some("k2"), false));
    }
}
