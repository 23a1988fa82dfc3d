//! An X.509 certificate, as far as attestation has rules for it.
