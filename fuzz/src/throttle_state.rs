//! `ThrottleState::parse` against the state's grammar: which texts are a state, and that each has one text.

use mfakit_core::Error;
use mfakit_core::throttle::ThrottleState;

/// The failures and the time of the last charge.
///
/// # Errors
///
/// As `ThrottleState::parse`.
pub fn reference(text: &str) -> Result<(u32, u64), Error> {
    let rest = text.strip_prefix("$mfakit-throttle$v=").ok_or(Error::StateMalformed)?;
    let (version, rest) = match rest.split_once('$') {
        Some((version, rest)) => (version, Some(rest)),
        None => (rest, None),
    };
    match decimal(version) {
        Some(1) => {}
        Some(_) => return Err(Error::RecordVersionUnknown),
        None => return Err(Error::StateMalformed),
    }
    let fields = rest.and_then(|rest| rest.split_once('$'));
    let (failures, time) = fields.ok_or(Error::StateMalformed)?;
    match (decimal(failures), decimal(time)) {
        (Some(failures @ 0..=100), Some(time)) => Ok((failures as u32, time)),
        _ => Err(Error::StateMalformed),
    }
}

/// A number of 64 bits that is written as numbers are.
fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u128 = text.parse().ok().filter(|_| digits && text.len() <= 20)?;
    u64::try_from(number).ok().filter(|number| number.to_string() == text)
}

/// Whether core takes the state; panics on disagreement.
pub fn check(data: &[u8]) -> bool {
    // States come from the host's own database: to core they are a `str`.
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let ours = ThrottleState::parse(text);
    let seen = ours.map(|ours| (ours.failures(), ours.charged_at().seconds()));
    assert_eq!(seen, reference(text));
    if let Ok(state) = ours {
        assert_eq!(state.to_string(), text, "a state has one text");
    }
    ours.is_ok()
}

/// States at both ends of their numbers, and ones with each part wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let numbers = [
        "0", "1", "00", "01", "99", "100", "101", "+1", "-1", " 1", "1 ", "", "1.0", "1e1",
        "\u{661}",
    ];
    let times = [
        "0",
        "1700000000",
        "4294967296",
        "18446744073709551615",
        "18446744073709551616",
        "018446744073709551615",
        "36893488147419103233",
    ];
    let versions = ["1", "2", "0", "01", "", "18446744073709551616", "4294967297", "1,k=a", "x"];
    let mut texts = Vec::new();
    for failures in numbers {
        for time in times.into_iter().chain(numbers) {
            texts.push(format!("$mfakit-throttle$v=1${failures}${time}"));
        }
    }
    for version in versions {
        texts.push(format!("$mfakit-throttle$v={version}$3$5"));
        texts.push(format!("$mfakit-throttle$v={version}"));
    }
    let whole = "$mfakit-throttle$v=1$3$1700000000";
    texts.extend((0..whole.len()).map(|end| whole[..end].to_owned()));
    texts.extend(["$", "$5", "\n", "\0"].map(|end| format!("{whole}{end}")));
    texts.push(whole.replace("throttle", "Throttle"));
    texts.into_iter().map(String::into_bytes).collect()
}
