// A page's file, type-checked and never run.
import { ClientError, authenticate, isConditionalAvailable, register } from "mfakit/client";

export async function signIn(options: object): Promise<string> {
  try {
    const conditional: boolean = await isConditionalAvailable();
    await register(options, { signal: AbortSignal.timeout(60_000), conditional });
    return JSON.stringify(await authenticate(options, { conditional }));
  } catch (error) {
    if (error instanceof ClientError && error.code === "cancelled") return "";
    throw error;
  }
}

// @ts-expect-error: an unknown option
await register({}, { conditionl: true });
