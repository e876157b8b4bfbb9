import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate authority of our own and a certificate of it for 127.0.0.1, made in a folder by openssl(1). */
export async function makeCertificate(folder: string): Promise<{ ca: string; cert: string; key: string }> {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run("openssl", args, { timeout: 30_000 });
  const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...fresh, "-keyout", at("ca.key"), "-out", at("ca.pem"), "-days", "2"],
    ...["-subj", "/CN=blockbox tests", "-addext", "keyUsage=critical,keyCertSign"],
  );
  await openssl(
    ...["req", "-x509", ...fresh, "-keyout", at("server.key"), "-out", at("server.pem"), "-days", "2"],
    ...["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-subj", "/CN=127.0.0.1"],
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
  );
  const [cert, key] = await Promise.all([readFile(at("server.pem"), "utf8"), readFile(at("server.key"), "utf8")]);
  return { ca: at("ca.pem"), cert, key };
}
