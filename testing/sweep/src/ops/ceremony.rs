//! Ceremonies finished with a stored state and, for an authentication, a stored record.
//!
//! The client's response is judged as without a state. A state that is not sealed may be another one of the same kind, relying
//! party and challenge, still open: a registration is then for the user in it. A sealed one may not change at all. A record may
//! say something else about what the assertion does not touch, and then the transition says so too.

use super::primitives::surface;
use super::webauthn::{
    Policy, Verify, attested_id, authenticated, policy_judge, registered, relying_party,
    response_text, signed_judge, surfaces,
};
use crate::judge::{Judge, equal, meaning, nothing, require};
use crate::reference::json;
use crate::reference::webauthn::{Ceremony, Key};
use crate::surface::{Run, Surface, Whose};
use crate::vectors::Inputs;
use mfakit::{
    AuthenticationState, CredentialRecord, Error, RegistrationState, RelyingParty, UnixTime,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a ceremony is finished with.
#[derive(Clone)]
struct Finish {
    rp: RelyingParty,
    registration: bool,
    response: Vec<u8>,
    state: String,
    record: String,
    now: u64,
}

impl Finish {
    fn run(&self) -> Result<Value, Error> {
        let now = Some(UnixTime::from_seconds(self.now));
        if self.registration {
            let state = RegistrationState::from_text(&*self.state);
            return Ok(registered(&self.rp.finish_registration(&self.response, &state, now)?));
        }
        let state = AuthenticationState::from_text(&*self.state);
        let record = CredentialRecord::from_text(&self.record)?;
        let verified = self.rp.finish_authentication(&self.response, &state, &record, now)?;
        Ok(authenticated(&verified))
    }
}

pub(crate) fn finish(inputs: &Inputs) -> Result<Vec<Surface>, String> {
    let mut rp = relying_party(inputs)?;
    if let Some(key) = inputs.hex("state_key_hex") {
        rp = rp.with_state_key(&key).map_err(|error| error.code())?;
    }
    let registration = inputs.text("kind") == "registration";
    let id = match inputs.hex("credential_id_hex") {
        Some(id) => id,
        None => attested_id(&inputs.bytes("attestation_object_hex")).unwrap_or_default(),
    };
    let finish = Finish {
        rp,
        registration,
        response: response_text(inputs, &id),
        state: inputs.text("state").to_owned(),
        record: inputs.text("record").to_owned(),
        now: inputs.number_or_zero("now"),
    };
    let content = state_content(&finish.state)?;
    let state = json::read(content.as_bytes())?;
    let verify: Verify = {
        let finish = finish.clone();
        Arc::new(move |response| Finish { response: response.to_vec(), ..finish.clone() }.run())
    };
    let ceremony = if registration { Ceremony::Registration } else { Ceremony::Authentication };
    let judge = if registration {
        let conditional: bool =
            json::parse("conditional", state.member("conditional")?.unwrap_or("false"))?;
        let mut policy =
            Policy::of(inputs, &state.string("challenge")?, conditional, &state.bytes("user")?);
        policy.verification |= state.string("uv")? == "required";
        policy_judge(policy)
    } else {
        let owner = json::read(finish.record.as_bytes())?.bytes("userHandle")?;
        signed_judge(owner, state.string("kind")? == "discoverable")
    };
    let mut all = surfaces(finish.response.clone(), ceremony, &verify, &judge)?;
    all.push(by_state(&finish, inputs.has("state_key_hex")));
    if !registration {
        all.push(by_record(&finish));
    }
    Ok(all)
}

/// The JSON in a state, sealed (`$mfakit-st$v=1,k=KEYID$CONTENT$TAG`) or not.
fn state_content(state: &str) -> Result<String, String> {
    match state.split('$').collect::<Vec<_>>()[..] {
        ["", "mfakit-st", _, content, _] => {
            let content = crate::reference::text::base64url(content.as_bytes())?;
            String::from_utf8(content).map_err(|error| error.to_string())
        }
        _ => Ok(state.to_owned()),
    }
}

fn as_text(surface: Surface) -> Surface {
    Surface { text: true, ..surface }
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn by_state(finish: &Finish, sealed: bool) -> Surface {
    let bytes = finish.state.as_bytes().to_vec();
    let (known, now, registration) = (finish.state.clone(), finish.now, finish.registration);
    let finish = finish.clone();
    let run: Run = Box::new(move |state| Finish { state: utf8(state), ..finish.clone() }.run());
    if sealed {
        return as_text(surface("sealed state", Whose::Host, bytes, run, nothing()));
    }
    let judge: Judge = Box::new(move |changed, original, answer| {
        let (state, known) = (json::read(changed)?, json::read(known.as_bytes())?);
        for name in ["kind", "rp", "challenge"] {
            equal(name, &state.string(name)?, &known.string(name)?)?;
        }
        let time = |name| json::parse::<u64>(name, state.member(name)?.unwrap_or_default());
        require(time("issued")? <= now + 5 && now <= time("expires")?, "a ceremony out of time")?;
        let mut expected = original.clone();
        if registration {
            expected["user"] = json!(state.string("user")?);
        } else {
            equal("the user", &state.string("user")?, &known.string("user")?)?;
        }
        equal("the answer", answer, &expected)?;
        Ok(meaning(original, answer))
    });
    as_text(surface("state", Whose::Either, bytes, run, judge))
}

fn by_record(finish: &Finish) -> Surface {
    let bytes = finish.record.as_bytes().to_vec();
    let known = finish.record.clone();
    let finish = finish.clone();
    let run: Run = Box::new(move |record| Finish { record: utf8(record), ..finish.clone() }.run());
    let judge: Judge = Box::new(move |changed, original, answer| {
        let (record, known) = (json::read(changed)?, json::read(known.as_bytes())?);
        equal("the credential id", &record.bytes("id")?, &known.bytes("id")?)?;
        equal("the owner", &record.bytes("userHandle")?, &known.bytes("userHandle")?)?;
        let key = Key::read(&record.bytes("publicKey")?)?;
        equal("the key", &key, &Key::read(&known.bytes("publicKey")?)?)?;
        let count = |record: &json::Object<'_>| {
            json::parse::<u64>("signCount", record.member("signCount")?.unwrap_or_default())
        };
        let counter = answer["counter"].as_u64().ok_or("no counter")?;
        let stored = count(&record)?;
        require((counter, stored) == (0, 0) || counter > stored, "a counter that went back")?;
        // Everything but the transition is the assertion's own.
        let mut expected = original.clone();
        expected["prev"] = json!(utf8(changed));
        expected["next"] = answer["next"].clone();
        equal("the answer", answer, &expected)?;
        let next = answer["next"].as_str().unwrap_or_default();
        let next = json::read(next.as_bytes())?;
        equal("the next counter", &count(&next)?, &counter)?;
        for name in ["id", "publicKey", "userHandle"] {
            equal(name, &next.bytes(name)?, &record.bytes(name)?)?;
        }
        let transports = |record: &json::Object<'_>| {
            let list = record.member("transports")?.unwrap_or_default();
            json::parse::<Vec<String>>("transports", list)
        };
        equal("the transports", &transports(&next)?, &transports(&record)?)?;
        let model =
            |record: &json::Object<'_>| record.present("aaguid").map(|v| v.map(str::to_owned));
        equal("the model", &model(&next)?, &model(&record)?)?;
        for (name, value) in
            [("backupEligible", &answer["backup_eligible"]), ("backedUp", &answer["backed_up"])]
        {
            let flag: Value = json::parse(name, next.member(name)?.unwrap_or_default())?;
            equal(name, &flag, value)?;
        }
        Ok(meaning(original, answer))
    });
    as_text(surface("record", Whose::Either, bytes, run, judge))
}
