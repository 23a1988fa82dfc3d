//! Tells the linker that Node.js itself provides the Node-API symbols.

fn main() {
    napi_build::setup();
}
