import { BlockboxError } from "../errors.js";
import { type CinderClient, isNotFound } from "../services/cinder/client/client.js";

/** What `find` gives. Throws NOT_FOUND where the Cinder that was asked says that there is no such thing. */
export async function existing<T>(client: CinderClient, what: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const { endpoint, project } = await client.location();
    throw new BlockboxError("NOT_FOUND", `${what} does not exist at ${endpoint}, project ${project}.`, {
      cause: error,
    });
  }
}
