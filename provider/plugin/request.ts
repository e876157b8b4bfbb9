import { AsyncLocalStorage } from "node:async_hooks";
import { PartlyMadeError, userMessage } from "../errors.js";
import { duringRequest } from "../services/quiet.js";
import { AnyMessage, type Grpc, grpc, provider, StatusMessage } from "./protocol.js";
import { noSecrets, type Secrets, withoutSecrets } from "./secrets.js";
import { type Properties, sent } from "./values.js";

/** What is known of the request that is under way. */
interface Current {
  readonly urn: string;
  secrets: Secrets;
  /** Inputs: what a thing that was made in part is stored with. */
  inputs: Properties;
}

const storage = new AsyncLocalStorage<Current>();

/** The resource that the code is at work for, and what of it must not be shown; nothing outside of a resource's request. */
export const currentRequest = (): Readonly<Current> | undefined => storage.getStore();

/** Said by a request's body once it has read what was sent. */
export function requestHas(secrets: Secrets, inputs: Properties = {}): void {
  const current = storage.getStore();
  if (current) Object.assign(current, { secrets, inputs });
}

/** One method of the service: `body` answers a request, and what it throws becomes an error that the engine shows. */
export function unary<Request, Response>(
  body: (request: Request) => Promise<Response>,
): Grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    const urn = (request as { getUrn?(): string | undefined }).getUrn?.() ?? "";
    const current: Current = { urn, secrets: noSecrets, inputs: {} };
    storage
      .run(current, () => duringRequest(() => body(request)))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error, current)),
      );
  };
}

function failure(error: unknown, { secrets, inputs }: Current): Partial<Grpc.StatusObject> {
  const details = withoutSecrets(userMessage(error), secrets);
  const status = { code: grpc.status.UNKNOWN, details };
  return error instanceof PartlyMadeError
    ? { ...status, metadata: partlyMade(error, details, secrets, inputs) }
    : status;
}

/** What makes the engine keep a thing that is there but not whole. */
function partlyMade({ partial }: PartlyMadeError, reason: string, secrets: Secrets, inputs: Properties): Grpc.Metadata {
  const detail = new provider.ErrorResourceInitFailed()
    .setId(partial.resourceId)
    // A limit that the engine gave is of its request, not of the resource.
    .setProperties(sent({ ...inputs, ...partial.outputs, timeouts: inputs.timeouts }, secrets))
    .setInputs(sent(inputs, secrets))
    .setReasonsList([reason]);
  const packed = new AnyMessage();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new StatusMessage().setCode(grpc.status.UNKNOWN).setMessage(reason);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}
