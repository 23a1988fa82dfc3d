//! What answers for accounts that do not exist.
//!
//! WebAuthn Level 3 §14.6.2. Whoever types a user name and gets a list of credentials learns that there is an account, unless
//! there is a list for every name. A decoy is derived from the name under a key: the same every time, and to who does not have
//! the key like any other. What leaks: whether your real lists look like these. Usernameless sign-in has no such list at all,
//! and is the better answer.

use super::{BeginAuthentication, RelyingParty};
use crate::ceremony::{AuthenticationState, Ceremony};
use mfakit_core::{Error, webauthn::EnumerationKey};

/// What kinds of credentials there are, as often as each is drawn: length of the id in bytes, and transports.
const KINDS: [(usize, &[&str]); 8] = [
    (16, &["hybrid", "internal"]),
    (16, &["internal"]),
    (20, &["hybrid", "internal"]),
    (20, &["hybrid", "internal"]),
    (32, &["hybrid", "internal"]),
    (32, &["internal"]),
    (48, &["nfc", "usb"]),
    (64, &["usb"]),
];

/// Of 256 accounts, how many have a second credential.
const WITH_TWO: u8 = 64;

impl RelyingParty {
    /// Begins an authentication that nobody can finish, for a user name that no account has.
    ///
    /// Its options and its state have the form of [`RelyingParty::begin_authentication`]'s, with one or two credential ids that
    /// are derived from `identifier` (what the person typed, in the form in which you would have looked it up) and stay the
    /// same. Keep its state as you keep any other. When an answer comes, there is no record of the credential it names: answer
    /// as you answer a wrong signature.
    ///
    /// # Errors
    ///
    /// [`Error::EnumerationKeyInvalid`] without a key from [`RelyingParty::with_enumeration_key`]; otherwise as
    /// [`RelyingParty::begin_authentication`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use mfakit::{BeginAuthentication, RelyingParty, RelyingPartyOptions, UserVerification};
    /// # let options = RelyingPartyOptions::new("Example", &["https://example.org"], UserVerification::Required);
    /// # let rp = RelyingParty::new("example.org", options)?;
    /// let rp = rp.with_enumeration_key(&[7; 32])?; // random bytes, really
    /// let ceremony = rp.begin_decoy_authentication("nobody@example.com", BeginAuthentication::default())?;
    /// assert!(ceremony.options_json().contains(r#""allowCredentials":[{"type":"public-key""#));
    /// # Ok::<(), mfakit::Error>(())
    /// ```
    pub fn begin_decoy_authentication(
        &self,
        identifier: &str,
        begin: BeginAuthentication<'_>,
    ) -> Result<Ceremony<AuthenticationState>, Error> {
        let key = self.enumeration_key.as_deref().ok_or(Error::EnumerationKeyInvalid)?;
        let decoy = Decoy { key, rp_id: &self.id, identifier: identifier.as_bytes() };
        let credentials = decoy.credentials();
        let allowed: Vec<(&[u8], Vec<&str>)> = credentials
            .iter()
            .map(|(id, transports)| (id.as_slice(), transports.to_vec()))
            .collect();
        self.begin_listed(decoy.block(1).to_vec(), &allowed, begin)
    }
}

struct Decoy<'a> {
    key: &'a EnumerationKey,
    rp_id: &'a str,
    identifier: &'a [u8],
}

impl Decoy<'_> {
    fn block(&self, number: u8) -> [u8; 32] {
        self.key.block(self.rp_id, self.identifier, number)
    }

    fn credentials(&self) -> Vec<(Vec<u8>, &'static [&'static str])> {
        let [count, first, second, ..] = self.block(0);
        let draws: &[u8] = if count < WITH_TWO { &[first, second] } else { &[first] };
        draws.iter().zip([2, 4]).map(|(draw, number)| self.credential(*draw, number)).collect()
    }

    /// The credential whose id is in the two blocks from this number on.
    fn credential(&self, draw: u8, number: u8) -> (Vec<u8>, &'static [&'static str]) {
        let kind = KINDS.get(usize::from(draw) % KINDS.len()).copied();
        let (len, transports) = kind.unwrap_or((16, &[]));
        let bytes = [self.block(number), self.block(number.saturating_add(1))].concat();
        (bytes.into_iter().take(len).collect(), transports)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoy_stays_the_same_under_its_key_and_differs_under_another() -> Result<(), Error> {
        let (key, other) = (EnumerationKey::new(&[1; 32])?, EnumerationKey::new(&[2; 32])?);
        let decoy = |key, identifier| Decoy { key, rp_id: "example.org", identifier }.credentials();
        assert_eq!(decoy(&key, b"nobody"), decoy(&key, b"nobody"));
        assert_ne!(decoy(&key, b"nobody"), decoy(&key, b"somebody"));
        assert_ne!(decoy(&key, b"nobody"), decoy(&other, b"nobody"));
        Ok(())
    }

    #[test]
    fn every_kind_and_both_counts_are_drawn_and_ids_are_unique() -> Result<(), Error> {
        let key = EnumerationKey::new(&[1; 32])?;
        let (mut lengths, mut counts, mut ids) = (Vec::new(), [0; 2], Vec::new());
        for number in 0..400_u32 {
            let identifier = number.to_be_bytes();
            let credentials =
                Decoy { key: &key, rp_id: "example.org", identifier: &identifier }.credentials();
            if let Some(count) = counts.get_mut(credentials.len() - 1) {
                *count += 1;
            }
            for (id, transports) in credentials {
                assert!(!transports.is_empty());
                lengths.push(id.len());
                ids.push(id);
            }
        }
        // A quarter of 400, give or take five standard deviations.
        assert!(counts.get(1).is_some_and(|two| (57..=143).contains(two)), "{counts:?}");
        for length in [16, 20, 32, 48, 64] {
            assert!(lengths.contains(&length), "{length}");
        }
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
        Ok(())
    }
}
