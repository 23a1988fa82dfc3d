//! JSON Web Signatures with certificates: RFC 7515, compact serialisation.
