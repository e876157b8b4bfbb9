/** Texts that no message may show: passwords and tokens. What services and systems say is put through it. */
export class Secrets {
  readonly #texts = new Set<string>();

  add(secret: string): void {
    // Shorter ones are no secrets, and would tear holes into every text.
    if (secret.length < 3) return;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) this.#texts.add(form);
  }

  scrub(text: string): string {
    let clean = text;
    for (const secret of this.#texts) clean = clean.replaceAll(secret, "[secret]");
    return clean;
  }
}
