import { BlockboxError } from "../../../errors.js";
import { cloudsHere } from "./cloudsFile.js";

/** Nothing says where the service is: all the ways to say it, and what was found but not named. */
export function missingEndpoint(): BlockboxError {
  const found = cloudsHere();
  const unnamed =
    found === undefined || found.names.length === 0
      ? ""
      : ` ${found.path} describes ${found.names.join(", ")}, but a cloud is only used where it is named.`;
  return new BlockboxError(
    "CONFIG_MISSING",
    `Nothing says where the block service is. Say it in one of these ways: \`pulumi config set blockbox:endpoint http://HOST:8776/v3\`; CINDER_ENDPOINT in the environment (or OS_AUTH_URL and the rest of an openrc for Keystone); a clouds.yaml and \`pulumi config set blockbox:cloud NAME\` or OS_CLOUD.${unnamed}`,
  );
}
