//! The response as a client sends it: a JSON text around the bytes.

use super::ceremony::{Authentication, Registration, derived};
use super::recipe::{PLAIN, build};
use crate::bytes::{base64url, hex};
use crate::case::Case;
use crate::json::Json;

/// Members of a response, in the order in which browsers write them.
pub(crate) fn registration_json(registration: &mut Registration) -> String {
    let id = base64url(&registration.attested().credential_id);
    format!(
        "{{\"id\":\"{id}\",\"rawId\":\"{id}\",\"response\":{{\"clientDataJSON\":\"{}\",\"attestationObject\":\"{}\",\
         \"transports\":[\"internal\"]}},\"authenticatorAttachment\":\"platform\",\"clientExtensionResults\":{{}},\
         \"type\":\"public-key\"}}",
        base64url(&registration.ceremony.client_data),
        base64url(&registration.object()),
    )
}

pub(crate) fn authentication_json(authentication: &Authentication) -> String {
    let id = base64url(&authentication.credential_id);
    format!(
        "{{\"id\":\"{id}\",\"rawId\":\"{id}\",\"response\":{{\"clientDataJSON\":\"{}\",\"authenticatorData\":\"{}\",\
         \"signature\":\"{}\",\"userHandle\":null}},\"authenticatorAttachment\":\"platform\",\
         \"clientExtensionResults\":{{}},\"type\":\"public-key\"}}",
        base64url(&authentication.ceremony.client_data),
        base64url(&authentication.sent_auth_data()),
        base64url(&authentication.sent_signature()),
    )
}

/// The longest response that is read at all, in bytes.
const LONGEST: usize = 65_536;

type Change = (String, Vec<u8>, Option<&'static str>, &'static str);

/// Changes that mean the same for both kinds of response; `member` is one that the kind needs.
fn changes(good: &str, member: &str) -> Vec<Change> {
    let mut out: Vec<Change> = Vec::new();
    let mut add = |id: &str, text: String, code: Option<&'static str>, why: &'static str| {
        out.push((id.into(), text.into_bytes(), code, why));
    };
    let once = |from: &str, to: &str| {
        assert_eq!(good.matches(from).count(), 1, "{from}");
        good.replace(from, to)
    };
    let close = |more: &str| format!("{},{more}}}", &good[..good.len() - 1]);
    let value_of = |name: &str| {
        let from = good.find(&format!("\"{name}\":\"")).expect("there") + name.len() + 4;
        &good[from..from + good[from..].find('"').expect("ends")]
    };
    let (id, wanted) = (value_of("id"), value_of(member));
    let id_member = format!("\"id\":\"{id}\"");
    let wanted_member = format!("\"{member}\":\"{wanted}\"");
    let client_data = value_of("clientDataJSON");

    add("good", good.into(), None, "as a browser writes it");
    add(
        "white-space",
        format!(" \r\n\t{}\n", once("\"type\":", "\"type\" : ")),
        None,
        "white space between the tokens",
    );
    add(
        "unknown-members",
        close("\"extra\":{\"id\":1},\"id2\":null"),
        None,
        "unknown members are ignored",
    );
    add(
        "unknown-inner-members",
        once("\"response\":{", "\"response\":{\"extra\":[1,{}],"),
        None,
        "unknown members are ignored",
    );
    add(
        "escaped-name",
        once("\"response\":", "\"\\u0072esponse\":"),
        None,
        "an escaped name is that name",
    );
    add(
        "attachment-null",
        once("\"authenticatorAttachment\":\"platform\"", "\"authenticatorAttachment\":null"),
        None,
        "an attachment of null is none",
    );
    add(
        "attachment-unknown",
        once("\"authenticatorAttachment\":\"platform\"", "\"authenticatorAttachment\":\"implant\""),
        None,
        "an attachment that nobody knows is kept",
    );

    let malformed = Some("json_malformed");
    add("empty", String::new(), malformed, "no text");
    add("not-json", "id=1&type=public-key".into(), malformed, "a form is not JSON");
    add("cut", good[..good.len() - 1].into(), malformed, "the last brace is missing");
    add("trailing", format!("{good}x"), malformed, "a letter follows");
    add("twice", format!("{good}{good}"), malformed, "a second response follows");
    add(
        "comma-at-the-end",
        format!("{},}}", &good[..good.len() - 1]),
        malformed,
        "a comma before the brace",
    );
    add(
        "lone-surrogate",
        close("\"x\":\"\\ud800\""),
        malformed,
        "a lone surrogate is no character",
    );
    add(
        "depth-bomb",
        close(&format!("\"x\":{}{}", "[".repeat(5000), "]".repeat(5000))),
        malformed,
        "recursion must not follow the input",
    );
    add(
        "number-bomb",
        close(&format!("\"x\":{}", "9".repeat(5000))),
        malformed,
        "a number of five thousand digits",
    );

    let twice = Some("json_duplicate_member");
    add("duplicate-id", close(&id_member), twice, "id twice");
    add("duplicate-response", close("\"response\":{}"), twice, "response twice");
    add(
        "duplicate-type-escaped",
        close("\"\\u0074ype\":\"public-key\""),
        twice,
        "type twice, once with an escaped name",
    );
    add(
        "duplicate-inner",
        once(&wanted_member, &format!("{wanted_member},{wanted_member}")),
        twice,
        "a member of response twice",
    );

    let shape = Some("response_malformed");
    for (id, text) in [
        ("null", "null"),
        ("array", "[]"),
        ("text", "\"x\""),
        ("number", "7"),
        ("empty-object", "{}"),
    ] {
        add(&format!("value-{id}"), text.into(), shape, "JSON, but no response");
    }
    add("id-missing", once(&format!("{id_member},"), ""), shape, "no id");
    add("id-number", once(&id_member, "\"id\":1"), shape, "id is a number");
    add("response-missing", once("\"response\":", "\"respons\":"), shape, "no response");
    add(
        "response-array",
        format!("{{\"id\":\"{id}\",\"rawId\":\"{id}\",\"type\":\"public-key\",\"response\":[]}}"),
        shape,
        "response is an array",
    );
    add(
        "type-password",
        once("\"type\":\"public-key\"", "\"type\":\"password\""),
        shape,
        "a credential of another type",
    );
    add(
        "client-data-missing",
        once("\"clientDataJSON\"", "\"clientdataJSON\""),
        shape,
        "no clientDataJSON: names have case",
    );
    add(
        "client-data-object",
        once(&format!("\"{client_data}\""), "{\"type\":\"webauthn.get\"}"),
        shape,
        "client data that somebody has parsed already",
    );
    add(
        "member-missing",
        once(&format!("{wanted_member},"), ""),
        shape,
        "a member that this kind needs is missing",
    );
    add(
        "member-null",
        once(&wanted_member, &format!("\"{member}\":null")),
        shape,
        "a member that this kind needs is null",
    );
    add(
        "member-array",
        once(&wanted_member, &format!("\"{member}\":[1,2,3]")),
        shape,
        "bytes as an array of numbers",
    );

    let base64 = Some("base64url_malformed");
    add(
        "member-padded",
        once(&wanted_member, &format!("\"{member}\":\"{wanted}==\"")),
        base64,
        "padding",
    );
    add(
        "member-plus",
        once(&wanted_member, &format!("\"{member}\":\"+{}\"", &wanted[1..])),
        base64,
        "the alphabet of base64",
    );
    add(
        "member-space",
        once(&wanted_member, &format!("\"{member}\":\"{wanted} \"")),
        base64,
        "a blank",
    );
    add(
        "member-length",
        once(&wanted_member, &format!("\"{member}\":\"AAAAA\"")),
        base64,
        "a length that base64 does not have",
    );
    for name in ["rawId", "type", "clientDataJSON", member] {
        let inside = name != "rawId" && name != "type";
        let from = format!("\"{name}\":\"{}\"", value_of(name));
        for (kind, value) in [
            ("null", "null"),
            ("true", "true"),
            ("number", "1469"),
            ("array", "[]"),
            ("object", "{}"),
        ] {
            add(
                &format!("{name}-is-{kind}"),
                once(&from, &format!("\"{name}\":{value}")),
                shape,
                if inside { "a member of response is no text" } else { "a member is no text" },
            );
        }
        if name == "rawId" || name == "type" {
            let without = good.replace(&format!("{from},"), "").replace(&format!(",{from}"), "");
            add(&format!("{name}-missing"), without, shape, "a member is missing");
        }
    }
    for (kind, value) in [("null", "null"), ("true", "true"), ("array", "[]"), ("object", "{}")] {
        let to = format!("\"id\":{value}");
        add(&format!("id-is-{kind}"), once(&id_member, &to), shape, "id is no text");
    }
    for (kind, value) in
        [("null", "null"), ("true", "true"), ("number", "1469"), ("text", "\"{}\"")]
    {
        let from = good.find("\"response\":{").expect("there") + "\"response\":".len();
        let to = good[from..].find('}').expect("it ends") + from + 1;
        add(
            &format!("response-is-{kind}"),
            format!("{}{value}{}", &good[..from], &good[to..]),
            shape,
            "response is no object",
        );
    }
    add("client-data-padded", once(client_data, &format!("{client_data}=")), base64, "padding");
    add(
        "client-data-not-encoded",
        once(client_data, "{}"),
        base64,
        "client data that somebody has decoded already",
    );

    out
}

/// Other values of a member that is written as `member`: wrong ones and right ones.
fn retyped(good: &str, member: &str, wrong: &[&str], right: &[&str]) -> Vec<Change> {
    let name = member[1..].split('"').next().expect("a name");
    let change =
        |value: &str| good.replacen(member, &format!("\"{name}\":{value}"), 1).into_bytes();
    let mut out: Vec<Change> = Vec::new();
    for (i, value) in wrong.iter().enumerate() {
        let id = format!("{name}-of-a-wrong-type-{i}");
        out.push((id, change(value), Some("response_malformed"), "a member has a wrong type"));
    }
    for (i, value) in right.iter().enumerate() {
        out.push((format!("{name}-right-{i}"), change(value), None, "a value that may be there"));
    }
    out
}

/// The longest response that is read, and the shortest that is not.
fn lengths(good: &str) -> [Change; 2] {
    let filled = |len: usize| {
        let close =
            |filler: &str| format!("{},\"x\":\"{filler}\"}}", &good[..good.len() - 1]).into_bytes();
        close(&"a".repeat(len - close("").len()))
    };
    [
        ("longest".into(), filled(LONGEST), None, "65,536 bytes, the most that is read"),
        ("too-long".into(), filled(LONGEST + 1), Some("input_too_large"), "65,537 bytes"),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let (mut registration, authentication) = build(PLAIN);
    let registration_text = registration_json(&mut registration);
    let authentication_text = authentication_json(&authentication);
    let mut cases = Vec::new();
    let mut kind = |accepted: Case, name: &str, step: &str, changes: Vec<Change>, drop: &[&str]| {
        for (id, text, code, why) in changes {
            let mut case = accepted.clone();
            case.id = format!("{name}-response-{id}");
            for member in drop {
                case.inputs.remove(member);
            }
            case = case.input("response_hex", hex(&text)).requires("response_json");
            if text.len() > 8192 {
                case = case.requires("large_inputs");
            }
            if let Some(code) = code {
                case = case.reject(code);
            }
            let mutation = format!("response-{id}");
            cases.push(
                derived(case, &step.replace('-', " step "), name, &mutation).step(step).why(why),
            );
        }
    };
    let mut swapped = changes(&registration_text, "attestationObject");
    let good = "\"transports\":[\"internal\"]";
    swapped.extend(retyped(
        &registration_text,
        good,
        &["true", "1469", "\"internal\"", "{}", "[1469]", "[null]", "[[\"internal\"]]"],
        &["null", "[]", "[\"a transport that nobody knows\"]"],
    ));
    swapped.push((
        "of-the-other-kind".into(),
        authentication_text.clone().into_bytes(),
        Some("response_malformed"),
        "an authentication response where a registration is expected",
    ));
    kind(
        registration.accepted(""),
        &registration.name,
        "7.1-3",
        swapped,
        &["client_data_json_hex", "attestation_object_hex"],
    );
    let mut swapped = changes(&authentication_text, "signature");
    let good = "\"userHandle\":null";
    swapped.extend(retyped(&authentication_text, good, &["true", "1469", "[]", "{}"], &["\"\""]));
    let data = base64url(&authentication.sent_auth_data());
    let good = format!("\"authenticatorData\":\"{data}\"");
    let wrong = ["null", "true", "1469", "[]", "{}"];
    swapped.extend(retyped(&authentication_text, &good, &wrong, &[]));
    swapped.extend(lengths(&authentication_text));
    swapped.push((
        "of-the-other-kind".into(),
        registration_text.into_bytes(),
        Some("response_malformed"),
        "a registration response where an authentication is expected",
    ));
    kind(
        authentication.accepted(""),
        &authentication.name,
        "7.2-3",
        swapped,
        &["client_data_json_hex", "authenticator_data_hex", "signature_hex", "user_handle_hex"],
    );
    // Values that are no text, in languages that would let them through.
    for (id, value) in [("null", Json::Null), ("number", Json::from(7)), ("boolean", true.into())] {
        for (accepted, name, step, drop) in [
            (
                registration.accepted(""),
                &registration.name,
                "7.1-3",
                &["client_data_json_hex", "attestation_object_hex"][..],
            ),
            (
                authentication.accepted(""),
                &authentication.name,
                "7.2-3",
                &[
                    "client_data_json_hex",
                    "authenticator_data_hex",
                    "signature_hex",
                    "user_handle_hex",
                ],
            ),
        ] {
            let mut case = accepted;
            case.id = format!("{name}-response-type-{id}");
            for member in drop {
                case.inputs.remove(member);
            }
            let case = case
                .input("response_value", value.clone())
                .requires("dynamic_input")
                .reject("input_malformed");
            let mutation = format!("response-type-{id}");
            cases.push(
                derived(case, &step.replace('-', " step "), name, &mutation)
                    .step(step)
                    .why("neither text, bytes nor an object"),
            );
        }
    }
    cases
}
