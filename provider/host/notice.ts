let tell = (message: string): void => void process.stdout.write(`${message}\n`);

/** Tells the user, while an operation is under way, what it waits for. Both doors show what a provider prints as its message. */
export function notice(message: string): void {
  tell(message);
}

/** For a program whose output is an answer, among which no notices belong. */
export function noticesGoTo(sink: (message: string) => void): void {
  tell = sink;
}
