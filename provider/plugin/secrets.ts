/** What of a request's properties is secret. */
export interface Secrets {
  /** Properties that are, or have in them, a secret. */
  readonly properties: ReadonlySet<string>;
  /** The texts in them. */
  readonly texts: ReadonlySet<string>;
}

export const noSecrets: Secrets = { properties: new Set(), texts: new Set() };

/** A shorter one is found in many a word that does not come from it. */
const shortest = 4;

export class SecretsFound implements Secrets {
  readonly properties = new Set<string>();
  readonly texts = new Set<string>();

  addTexts(value: unknown): void {
    if (typeof value === "string" && value.length >= shortest) this.texts.add(value);
    if (typeof value === "object" && value !== null) for (const item of Object.values(value)) this.addTexts(item);
  }
}

/** Whether a secret's text is anywhere in a value: then it derives from it. */
export function holdsSecret(value: unknown, secrets: Secrets): boolean {
  if (typeof value === "string") return [...secrets.texts].some((text) => value.includes(text));
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item) => holdsSecret(item, secrets));
}

/** A message as it may be shown. */
export function withoutSecrets(message: string, { texts }: Secrets): string {
  return [...texts].reduce((shown, text) => shown.replaceAll(text, "[secret]"), message);
}
