//! The border's push approvals. `client` is what came from the other side: on the host a device's answer, on a device a request.

use super::{Host, text, whole};
use crate::json::Object;
use crate::{BeginApproval, BeginDeviceEnrollment, DeviceRecord, Transition};
use mfakit_core::Error;

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "device_enrollment_begin" => device_enrollment_begin(host),
        "device_enrollment_finish" => device_enrollment_finish(client, host),
        "device_record_read" => host
            .string("record")
            .and_then(|record| DeviceRecord::from_text(&record))
            .map(|record| device(Object::new(), &record).end()),
        "approval_begin" => approval_begin(host),
        "approval_finish" => approval_finish(client, host),
        "approval_read" => approval_read(host),
        "approval_cancel" => host.string("state").and_then(|state| {
            Ok(transition(Object::new(), &crate::cancel_approval(&state)?).end())
        }),
        "approval_read_answer" => approval_read_answer(client),
        #[cfg(feature = "approval-device")]
        _ => return on_device::call(op, client, host),
        #[cfg(not(feature = "approval-device"))]
        _ => return None,
    })
}

fn message(client: &[u8]) -> Result<&str, Error> {
    text(client, Error::ApprovalMalformed)
}

fn device_enrollment_begin(host: &Host<'_>) -> Result<String, Error> {
    let audience = host.string("audience")?;
    let options = BeginDeviceEnrollment {
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
        ..BeginDeviceEnrollment::new(&audience)
    };
    let begun = crate::begin_device_enrollment(&host.string("userId")?, options)?;
    Ok(Object::new()
        .string("request", begun.request())
        .string("state", begun.state())
        .string("deviceId", begun.device_id())
        .number("expiresAt", begun.expires_at())
        .end())
}

fn device_enrollment_finish(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (state, now) = (host.string("state")?, host.now()?);
    let verified = crate::finish_device_enrollment(message(client)?, &state, Some(now))?;
    Ok(device(transition(Object::new(), verified.transition()), verified.device()).end())
}

/// A device's members, after those of the answer.
fn device(answer: Object, device: &DeviceRecord) -> Object {
    answer
        .string("record", &device.to_text())
        .string("id", &device.id())
        .string("userId", device.user_id())
        .string("audience", device.audience())
        .number("algorithm", device.algorithm())
        .string("publicKey", &device.public_key())
        .optional_string("name", device.name())
}

fn transition(answer: Object, transition: &Transition<String>) -> Object {
    answer.optional_string("prev", transition.prev.as_deref()).string("next", &transition.next)
}

fn approval_begin(host: &Host<'_>) -> Result<String, Error> {
    let (audience, action) = (host.string("audience")?, host.string("action")?);
    let (context, previous) = (host.string("context")?, host.optional_string("previous")?);
    let devices = host.strings("devices")?.ok_or(Error::ArgumentTypeInvalid)?;
    let devices = devices.iter().map(|text| DeviceRecord::from_text(text));
    let devices = devices.collect::<Result<Vec<_>, Error>>()?;
    let options = BeginApproval {
        context: &context,
        previous: previous.as_deref(),
        lifetime: host.optional("lifetime", whole)?,
        now: Some(host.now()?),
        ..BeginApproval::new(&audience, &action, &devices)
    };
    let begun = crate::begin_approval(&host.string("userId")?, options)?;
    let answer = Object::new()
        .string("id", begun.id())
        .string("request", begun.request())
        .string("number", begun.number())
        .number("expiresAt", begun.expires_at());
    Ok(transition(answer, begun.transition()).end())
}

fn approval_finish(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let (state, now) = (host.string("state")?, host.now()?);
    let verified = crate::finish_approval(message(client)?, &state, Some(now))?;
    let answer = Object::new()
        .string("decision", verified.decision().as_str())
        .string("id", &verified.approval_id())
        .string("userId", verified.user_id())
        .string("deviceId", &verified.device_id());
    Ok(transition(answer, verified.transition()).end())
}

fn approval_read(host: &Host<'_>) -> Result<String, Error> {
    let status =
        crate::read_approval(&host.string("state")?, &host.string("id")?, Some(host.now()?))?;
    Ok(Object::new().string("status", status.as_str()).end())
}

fn approval_read_answer(client: &[u8]) -> Result<String, Error> {
    let read = crate::read_approval_answer(message(client)?)?;
    Ok(Object::new()
        .string("userId", read.user_id())
        .string("deviceId", read.device_id())
        .optional_string("requestId", read.request_id())
        .end())
}

#[cfg(feature = "approval-device")]
mod on_device {
    use super::super::bytes;
    use super::*;
    use crate::{DeviceKey, SignApproval, to_base64url};

    pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
        Some(match op {
            "approval_request_read" => approval_request_read(client),
            "approval_sign" => approval_sign(client, host),
            "approval_to_sign" => approval_to_sign(client, host),
            "enrollment_request_read" => enrollment_request_read(client),
            "enrollment_device" => enrollment_device(client, host),
            "enrollment_sign" => enrollment_sign(client, host),
            "enrollment_to_sign" => enrollment_to_sign(client, host),
            "device_key_generate" => device_key_generate(client),
            "device_key_read" => key(host).map(|key| device(Object::new(), &key.record()).end()),
            "approval_answer" => approval_answer(host),
            _ => return None,
        })
    }

    fn key(host: &Host<'_>) -> Result<DeviceKey, Error> {
        DeviceKey::from_text(&zeroize::Zeroizing::new(host.string("key")?))
    }

    fn approval_request_read(client: &[u8]) -> Result<String, Error> {
        let request = crate::read_approval_request(message(client)?)?;
        Ok(Object::new()
            .string("id", request.id())
            .string("audience", request.audience())
            .string("userId", request.user_id())
            .string("action", request.action())
            .string("context", request.context())
            .number("expiresAt", request.expires_at())
            .end())
    }

    /// The number that was typed; none for a denial.
    fn number(host: &Host<'_>) -> Result<Option<String>, Error> {
        let approve = host
            .choice("decision", &[("approve", true), ("deny", false)])?
            .ok_or(Error::ArgumentTypeInvalid)?;
        let number = host.optional_string("number")?;
        if approve == number.is_some() { Ok(number) } else { Err(Error::ArgumentValueInvalid) }
    }

    fn approval_sign(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
        let (key, number, now) = (key(host)?, number(host)?, host.now()?);
        let options = SignApproval { device: &key, number: number.as_deref(), now: Some(now) };
        let request = crate::read_approval_request(message(client)?)?;
        Ok(Object::new().string("answer", &crate::sign_approval(&request, options)?).end())
    }

    fn approval_to_sign(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
        let device = DeviceRecord::from_text(&host.string("record")?)?;
        let (number, now) = (number(host)?, host.now()?);
        let options = SignApproval { device: &device, number: number.as_deref(), now: Some(now) };
        let request = crate::read_approval_request(message(client)?)?;
        let signed = crate::approval_to_sign(&request, options)?;
        Ok(Object::new().string("toSign", &to_base64url(&signed)).end())
    }

    fn enrollment_request_read(client: &[u8]) -> Result<String, Error> {
        let request = crate::read_device_enrollment(message(client)?)?;
        Ok(Object::new()
            .string("audience", request.audience())
            .string("userId", request.user_id())
            .string("deviceId", request.device_id())
            .number("expiresAt", request.expires_at())
            .end())
    }

    fn enrollment_device(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
        let (public_key, name) =
            (bytes(&host.string("publicKey")?)?, host.optional_string("name")?);
        let request = crate::read_device_enrollment(message(client)?)?;
        let record = request.device(&public_key, name.as_deref())?;
        Ok(device(Object::new(), &record).end())
    }

    fn enrollment_sign(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
        let (key, name, now) = (key(host)?, host.optional_string("name")?, host.now()?);
        let request = crate::read_device_enrollment(message(client)?)?;
        let answer = crate::sign_enrollment(&request, &key, name.as_deref(), Some(now))?;
        Ok(Object::new().string("answer", &answer).end())
    }

    fn enrollment_to_sign(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
        let device = DeviceRecord::from_text(&host.string("record")?)?;
        let now = host.now()?;
        let request = crate::read_device_enrollment(message(client)?)?;
        let signed = crate::enrollment_to_sign(&request, &device, Some(now))?;
        Ok(Object::new().string("toSign", &to_base64url(&signed)).end())
    }

    fn device_key_generate(client: &[u8]) -> Result<String, Error> {
        let request = crate::read_device_enrollment(message(client)?)?;
        let key = crate::generate_device_key(&request)?;
        Ok(device(Object::new().string("key", &key.to_text()), &key.record()).end())
    }

    fn approval_answer(host: &Host<'_>) -> Result<String, Error> {
        let (signed, signature) =
            (bytes(&host.string("toSign")?)?, bytes(&host.string("signature")?)?);
        Ok(Object::new().string("answer", &crate::approval_answer(&signed, &signature)?).end())
    }
}

#[cfg(all(test, feature = "approval-device"))]
mod tests {
    use super::super::call;
    use mfakit_core::Error;
    use mfakit_testing::keys::{Es256Key, Key};
    use serde_json::{Value, json};

    const NOW: u64 = 1_800_000_000;

    fn run(op: &str, client: &str, host: &Value) -> Result<Value, Error> {
        let answer = call(op, client.as_bytes(), &host.to_string())?;
        serde_json::from_str(&answer).map_err(|_| Error::JsonMalformed)
    }

    fn member<'a>(value: &'a Value, name: &str) -> &'a str {
        value[name].as_str().unwrap_or_default()
    }

    /// The device's members, and its key or record.
    fn enrolled(in_hardware: Option<&Key>) -> Result<(Value, Value), Error> {
        let begun = run(
            "device_enrollment_begin",
            "",
            &json!({"userId": "alice", "audience": "example.com", "lifetime": null, "now": NOW}),
        )?;
        let request = member(&begun, "request");
        let read = run("enrollment_request_read", request, &json!({}))?;
        assert_eq!(
            read,
            json!({"audience": "example.com", "userId": "alice", "deviceId": begun["deviceId"], "expiresAt": NOW + 600})
        );
        let (device, answer) = match in_hardware {
            None => {
                let made = run("device_key_generate", request, &json!({}))?;
                let host = json!({"key": made["key"], "name": "Phone", "now": NOW});
                let answer = run("enrollment_sign", request, &host)?;
                let key = run("device_key_read", "", &json!({"key": made["key"]}))?;
                assert_eq!((&key["record"], &key["name"]), (&made["record"], &Value::Null));
                (made["key"].clone(), answer)
            }
            Some(key) => {
                let host = json!({"publicKey": crate::to_base64url(&key.cose()), "name": "Phone"});
                let device = run("enrollment_device", request, &host)?;
                let host = json!({"record": device["record"], "now": NOW});
                let to_sign = run("enrollment_to_sign", request, &host)?;
                (device["record"].clone(), signed(key, &to_sign)?)
            }
        };
        let finished = run(
            "device_enrollment_finish",
            member(&answer, "answer"),
            &json!({"state": begun["state"], "now": NOW}),
        )?;
        assert_eq!((&finished["prev"], &finished["next"]), (&Value::Null, &finished["record"]));
        assert_eq!((&finished["id"], &finished["name"]), (&begun["deviceId"], &json!("Phone")));
        assert_eq!(
            (&finished["userId"], &finished["audience"]),
            (&json!("alice"), &json!("example.com"))
        );
        assert_eq!(finished["algorithm"], -7);
        let read = run("device_record_read", "", &json!({"record": finished["record"]}))?;
        assert_eq!(read["publicKey"], finished["publicKey"]);
        let looked_up = run("approval_read_answer", member(&answer, "answer"), &json!({}))?;
        assert_eq!(
            looked_up,
            json!({"userId": "alice", "deviceId": begun["deviceId"], "requestId": null})
        );
        Ok((finished, device))
    }

    fn signed(key: &Key, to_sign: &Value) -> Result<Value, Error> {
        let signature = key.sign(&crate::from_base64url(member(to_sign, "toSign"))?);
        let host =
            json!({"toSign": to_sign["toSign"], "signature": crate::to_base64url(&signature)});
        run("approval_answer", "", &host)
    }

    fn begin(device: &Value, previous: Option<&str>) -> Value {
        json!({"userId": "alice", "audience": "example.com", "action": "Sign in", "context": "Berlin",
            "devices": [device["record"]], "previous": previous, "lifetime": 60, "now": NOW})
    }

    #[test]
    fn an_approval_from_its_request_to_its_end() -> Result<(), Error> {
        let (device, key) = enrolled(None)?;
        let begun = run("approval_begin", "", &begin(&device, None))?;
        assert_eq!((&begun["prev"], &begun["expiresAt"]), (&Value::Null, &json!(NOW + 60)));
        let state = member(&begun, "next");
        let refused = run("approval_begin", "", &begin(&device, Some(state)));
        assert_eq!(refused, Err(Error::ApprovalPending));
        let status = |state: &str, now| {
            run("approval_read", "", &json!({"state": state, "id": begun["id"], "now": now}))
        };
        assert_eq!(status(state, NOW)?, json!({"status": "pending"}));
        assert_eq!(status(state, NOW + 61)?, json!({"status": "expired"}));

        let request = member(&begun, "request");
        let read = run("approval_request_read", request, &json!({}))?;
        assert_eq!(
            read,
            json!({"id": begun["id"], "audience": "example.com", "userId": "alice",
            "action": "Sign in", "context": "Berlin", "expiresAt": NOW + 60})
        );
        let number = member(&begun, "number");
        let other = if number == "00" { "01" } else { "00" };
        for (decision, number, outcome) in [
            ("approve", Some(number), "approved"),
            ("approve", Some(other), "number_mismatch"),
            ("deny", None, "denied"),
        ] {
            let host = json!({"key": key, "decision": decision, "number": number, "now": NOW});
            let answer = run("approval_sign", request, &host)?;
            let answer = member(&answer, "answer");
            let finished = run("approval_finish", answer, &json!({"state": state, "now": NOW}))?;
            assert_eq!(
                (&finished["decision"], &finished["deviceId"]),
                (&json!(outcome), &device["id"])
            );
            assert_eq!(finished["prev"], state);
            let next = member(&finished, "next");
            assert_eq!(status(next, NOW)?, json!({"status": outcome}));
            let again = run("approval_finish", answer, &json!({"state": next, "now": NOW}));
            assert_eq!(again, Err(Error::ApprovalAnswered));
        }
        for host in [
            json!({"key": key, "decision": "deny", "number": "42", "now": NOW}),
            json!({"key": key, "decision": "approve", "now": NOW}),
            json!({"key": key, "decision": "Approve", "number": "42", "now": NOW}),
        ] {
            let refused = run("approval_sign", request, &host);
            assert_eq!(refused, Err(Error::ArgumentValueInvalid), "{host}");
        }
        let cancelled = run("approval_cancel", "", &json!({"state": state}))?;
        assert_eq!(cancelled["prev"], state);
        assert_eq!(status(member(&cancelled, "next"), NOW)?, json!({"status": "cancelled"}));
        let again = run("approval_begin", "", &begin(&device, cancelled["next"].as_str()))?;
        assert_eq!(again["prev"], cancelled["next"]);
        Ok(())
    }

    #[test]
    fn a_key_in_hardware_signs_bytes() -> Result<(), Error> {
        let key = Key::Es256(Es256Key::new(&[7; 32]));
        let (device, record) = enrolled(Some(&key))?;
        let begun = run("approval_begin", "", &begin(&device, None))?;
        let host =
            json!({"record": record, "decision": "approve", "number": begun["number"], "now": NOW});
        let to_sign = run("approval_to_sign", member(&begun, "request"), &host)?;
        let answer = signed(&key, &to_sign)?;
        let host = json!({"state": begun["next"], "now": NOW});
        let finished = run("approval_finish", member(&answer, "answer"), &host)?;
        assert_eq!(finished["decision"], "approved");
        Ok(())
    }

    #[test]
    fn the_client_s_fault_is_the_client_s_and_the_host_s_the_host_s() -> Result<(), Error> {
        let (device, key) = enrolled(None)?;
        let begun = run("approval_begin", "", &begin(&device, None))?;
        let host = json!({"state": begun["next"], "key": key, "record": device["record"], "now": NOW,
            "decision": "deny", "publicKey": device["publicKey"]});
        let client_ops = [
            "approval_finish",
            "approval_read_answer",
            "approval_request_read",
            "approval_sign",
            "approval_to_sign",
            "enrollment_request_read",
            "enrollment_device",
            "enrollment_sign",
            "enrollment_to_sign",
            "device_key_generate",
        ];
        for op in client_ops {
            for client in [&b""[..], b"\xff", b"{}", b"AAAA"] {
                let refused = call(op, client, &host.to_string());
                assert_eq!(refused, Err(Error::ApprovalMalformed), "{op}");
            }
        }
        for op in [
            "approval_begin",
            "approval_finish",
            "approval_read",
            "approval_cancel",
            "approval_sign",
            "approval_to_sign",
            "approval_answer",
            "device_enrollment_begin",
            "device_enrollment_finish",
            "device_record_read",
            "device_key_read",
            "enrollment_device",
            "enrollment_sign",
            "enrollment_to_sign",
        ] {
            let refused = run(op, member(&begun, "request"), &json!({}));
            assert_eq!(refused, Err(Error::ArgumentTypeInvalid), "{op}");
        }
        let mut milliseconds = begin(&device, None);
        milliseconds["now"] = json!(NOW * 1000);
        assert_eq!(run("approval_begin", "", &milliseconds), Err(Error::TimeInvalid));
        Ok(())
    }
}
