// workerd, and bundlers for it, import a .wasm file as the compiled module.
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
