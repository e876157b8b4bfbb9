/** Tells the user, while an operation is under way, what it waits for. Both doors show what a provider prints as its message. */
export function notice(message: string): void {
  process.stdout.write(`${message}\n`);
}
