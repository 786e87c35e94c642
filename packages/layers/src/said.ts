/** The message of an error, as a sentence. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** Calls a function of the user. An error in it is thrown with the place it came from. */
export function saying<Value>(where: string, call: () => Value): Value {
  try {
    return call();
  } catch (error) {
    throw new Error(`${where}: ${messageOf(error)}`, { cause: error });
  }
}

/** The same for a promise. */
export async function sayingLater<Value>(where: string, promise: Promise<Value>): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    throw new Error(`${where}: ${messageOf(error)}`, { cause: error });
  }
}
