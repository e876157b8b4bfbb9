let tell = (message: string): void => void process.stdout.write(`${message}\n`);

/** Tells the user, while an operation is under way, what it waits for. Both doors show what a provider prints as its message. */
export function notice(message: string): void {
  tell(message);
}

/** For a program whose output is an answer, among which no notices belong. */
export function noticesGoTo(sink: (message: string) => void): void {
  tell = sink;
}

let tellProgress: (message: string) => void = () => undefined;

/** Tells how far long work has come, on the line of the resource that it is done for; the next word of it takes its place. */
export function progress(message: string): void {
  tellProgress(message);
}

/** For a door that has such a line. */
export function progressGoesTo(sink: (message: string) => void): void {
  tellProgress = sink;
}
