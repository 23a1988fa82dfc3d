//! Recovery codes, their records and the throttle, by the text of their formats.

use super::text;

/// The symbols' values of a code as a person typed it: first one, random ones, check; `len` in all.
pub(crate) fn symbols(code: &str, len: usize) -> Result<Vec<u8>, String> {
    let mut symbols = Vec::new();
    for c in code.chars() {
        let symbol = match c.to_ascii_uppercase() {
            ' ' | '-' | '\u{a0}' | '\u{2010}' | '\u{2011}' | '\u{2013}' => continue,
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let place = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(symbol);
        let value = place.and_then(|place| u8::try_from(place).ok());
        symbols.push(value.ok_or_else(|| format!("no symbol: {c:?}"))?);
    }
    // x^5 = x^2 + 1 in GF(32); the code is a polynomial that vanishes at x, its last symbol being the constant.
    let mut power = 1_u8;
    let mut sum = 0_u8;
    for symbol in symbols.iter().rev() {
        sum ^= multiply(*symbol, power);
        power = multiply(power, 2);
    }
    match (symbols.len() == len, sum) {
        (true, 0) => Ok(symbols),
        (true, _) => Err("the check symbol is wrong".to_owned()),
        (false, _) => Err(format!("{} symbols", symbols.len())),
    }
}

fn multiply(a: u8, b: u8) -> u8 {
    let mut product = 0_u16;
    for bit in 0..5 {
        if b >> bit & 1 == 1 {
            product ^= u16::from(a) << bit;
        }
    }
    for bit in (5..10).rev() {
        if product >> bit & 1 == 1 {
            product ^= 0b100_101 << (bit - 5);
        }
    }
    product.to_le_bytes()[0]
}

/// `$mfakit-rc$v=1,f=full,k=KID$SETID$TAG0.TAG1…`, or `f=typeable,h=pbkdf2-sha256,i=ROUNDS`
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) pepper_id: Option<String>,
    pub(crate) set_id: Vec<u8>,
    pub(crate) tags: Vec<Vec<u8>>,
}

impl Record {
    pub(crate) fn read(record: &str) -> Result<Self, String> {
        let fields: Vec<&str> = record.split('$').collect();
        let ["", "mfakit-rc", parameters, set_id, tags] = fields[..] else {
            return Err("a record of another shape".to_owned());
        };
        let parameters: Vec<&str> = parameters.split(',').collect();
        let rest = match &parameters[..] {
            ["v=1", "f=full", rest @ ..] => rest,
            ["v=1", "f=typeable", "h=pbkdf2-sha256", rounds, rest @ ..] => {
                let rounds = rounds.strip_prefix("i=").ok_or("no rounds")?;
                let number: u64 = rounds.parse().map_err(|_| "no number of rounds")?;
                let bounded = (100_000..=2_000_000).contains(&number);
                if number.to_string() != rounds || !bounded {
                    return Err("a number of rounds that may not be".to_owned());
                }
                rest
            }
            _ => return Err("other parameters".to_owned()),
        };
        let symbols =
            |id: &str| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        let pepper_id = match rest {
            [] => None,
            [pepper] => {
                let id = pepper.strip_prefix("k=").ok_or("no pepper id")?;
                if !(1..=32).contains(&id.len()) || !symbols(id) {
                    return Err("an id that no pepper has".to_owned());
                }
                Some(id.to_owned())
            }
            _ => return Err("more parameters".to_owned()),
        };
        let read = |text: &str, len| {
            let bytes = text::base64url(text.as_bytes())?;
            if bytes.len() == len { Ok(bytes) } else { Err("another length".to_owned()) }
        };
        let tags: Vec<Vec<u8>> =
            tags.split('.').map(|tag| read(tag, 32)).collect::<Result<_, String>>()?;
        if tags.len() > 31 {
            return Err("too many tags".to_owned());
        }
        Ok(Self { pepper_id, set_id: read(set_id, 16)?, tags })
    }
}

/// `$mfakit-throttle$v=1$FAILURES$TIME`
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub(crate) failures: u64,
    pub(crate) time: u64,
}

impl State {
    pub(crate) fn read(state: &str) -> Result<Self, String> {
        let fields: Vec<&str> = state.split('$').collect();
        let ["", "mfakit-throttle", "v=1", failures, time] = fields[..] else {
            return Err("a state of another shape".to_owned());
        };
        let number = |text: &str| {
            let number: u64 = text.parse().map_err(|_| "no number".to_owned())?;
            if number.to_string() == text { Ok(number) } else { Err("not its form".to_owned()) }
        };
        let state = Self { failures: number(failures)?, time: number(time)? };
        if state.failures <= 100 { Ok(state) } else { Err("more than 100 failures".to_owned()) }
    }

    pub(crate) fn text(&self) -> String {
        format!("$mfakit-throttle$v=1${}${}", self.failures, self.time)
    }
}

/// A throttle's limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_failures: u64,
    pub(crate) free_failures: u64,
    pub(crate) delay: u64,
    pub(crate) max_delay: u64,
}

impl Limits {
    /// When the next charge is granted; `None` if it is now; an error if never.
    pub(crate) fn retry_at(&self, state: &State, now: u64) -> Result<Option<u64>, String> {
        if state.failures >= self.max_failures {
            return Err("disabled".to_owned());
        }
        if state.failures < self.free_failures {
            return Ok(None);
        }
        let mut delay = self.delay;
        for _ in self.free_failures..state.failures {
            delay = delay.saturating_mul(2).min(self.max_delay);
        }
        let at = state.time.saturating_add(delay.min(self.max_delay));
        Ok((at > now).then_some(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_generates_gf_32() {
        let powers: Vec<u8> =
            std::iter::successors(Some(1), |power| Some(multiply(*power, 2))).take(32).collect();
        assert_eq!((powers[5], powers[31]), (0b101, 1));
        assert!((1..31).all(|i| powers[i] != 1));
    }
}
