//! The border's attestation trust and metadata.
//!
//! A metadata BLOB has megabytes and calls are stateless: TypeScript keeps the verified entries, each as its own text, and sends
//! back the one that a registration is about.

use super::Host;
use crate::json::{self, Object};
use crate::{AndroidKeyPolicy, AttestationTrust, Metadata, MetadataEntry, MetadataOptions};
use mfakit_core::Error;

/// The `trust` of a relying party.
pub(super) fn read(rp: &Host<'_>) -> Result<Option<AttestationTrust>, Error> {
    let Some(trust) = rp.member("trust")?.map(Host::new) else { return Ok(None) };
    let anchors = certificates(&trust, "anchors")?;
    let mut read = AttestationTrust::new(&anchors)?;
    if let Some(entries) = trust.strings("metadata")? {
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        read = read.with_metadata(Metadata::from_trusted_entries(&entries)?);
    }
    let policies = [("union", AndroidKeyPolicy::Union), ("tee_only", AndroidKeyPolicy::TeeOnly)];
    read.android_key = trust.choice("androidKey", &policies)?.unwrap_or_default();
    read.require = trust.optional("require", |v| v.as_bool())?.unwrap_or(true);
    read.danger_ignore_validity = trust.flag("dangerIgnoreValidity")?;
    read.also_reject = trust.strings("alsoReject")?.unwrap_or_default();
    read.danger_accept_statuses = trust.strings("dangerAcceptStatuses")?.unwrap_or_default();
    read.set_fido_switches(&trust.strings("fidoSwitches")?.unwrap_or_default())?;
    read.set_tolerances(&trust.strings("tolerances")?.unwrap_or_default())?;
    Ok(Some(read))
}

/// Certificates as PEM, or as DER in base64url.
fn certificates(host: &Host<'_>, name: &str) -> Result<Vec<Vec<u8>>, Error> {
    let texts = host.strings(name)?.unwrap_or_default();
    let certificate = |text: &String| {
        if text.trim_start().starts_with("-----") {
            return Ok(text.clone().into_bytes());
        }
        crate::from_base64url(text).map_err(|_| Error::AnchorInvalid)
    };
    texts.iter().map(certificate).collect()
}

pub(super) fn call(op: &str, client: &[u8], host: &Host<'_>) -> Option<Result<String, Error>> {
    Some(match op {
        "trust_check" => read(host)
            .and_then(|trust| trust.ok_or(Error::ArgumentTypeInvalid))
            .map(|_| Object::new().end()),
        "metadata_parse" => metadata_parse(client, host),
        "metadata_entry" => metadata_entry(host),
        "registration_keys" => crate::registration_keys(client)
            .map(|keys| Object::new().array("keys", keys.iter().map(|k| json::quoted(k))).end()),
        _ => return None,
    })
}

fn metadata_parse(client: &[u8], host: &Host<'_>) -> Result<String, Error> {
    let roots = certificates(host, "roots")?;
    let roots: Vec<&[u8]> = roots.iter().map(Vec::as_slice).collect();
    let signer = host.optional_string("signer")?;
    let options = MetadataOptions {
        roots: &roots,
        signer: signer.as_deref(),
        now: Some(host.now()?),
        previous_number: host.optional("previousNumber", super::whole)?,
        allow_stale: host.flag("allowStale")?,
    };
    let metadata = Metadata::parse(client, options)?;
    let entry = |entry: &MetadataEntry| {
        let keys = entry.keys();
        let keys = keys.iter().map(|key| json::quoted(key));
        Object::new().array("keys", keys).string("json", entry.json()).end()
    };
    Ok(Object::new()
        .string("number", &metadata.number().to_string())
        .string("nextUpdate", metadata.next_update())
        .number("nextUpdateTime", metadata.next_update_time().seconds())
        .number("skipped", metadata.skipped())
        .number("count", metadata.entries().len())
        .array("entries", metadata.listed().map(entry))
        .end())
}

fn metadata_entry(host: &Host<'_>) -> Result<String, Error> {
    let metadata = Metadata::from_trusted_entries(&[&host.string("entry")?])?;
    let entry = metadata.entries().next().ok_or(Error::MetadataMalformed)?;
    Ok(entry.to_json())
}
