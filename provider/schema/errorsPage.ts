import { errorCodes } from "../errors.js";

/** docs/errors.md: each code with what it means and what to do. */
export function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `# Errors

<!-- Written by \`npm run schema\` from provider/errors.ts: change it there. -->

What is wrong with an input is told as a check failure of the property, in the preview. Every other error of the provider
ends with one of these codes in brackets. The words of the command or service that failed stand before it.

| code | what it means, and what to do |
| --- | --- |
${rows.join("\n")}
`;
}
