/** Runs a cleanup on what is opened too late for its caller, who gets the errors. */
export function whenOpen<Value>(opening: Promise<Value>, cleanUp: (value: Value) => void): void {
  void opening.then(cleanUp, () => undefined);
}
