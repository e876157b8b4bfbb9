import { channelOptions, EngineClient, engine, grpc } from "./protocol.js";
import { currentRequest } from "./request.js";
import { withoutSecrets } from "./secrets.js";

/** Where the engine takes what we say while we are at work. */
let client: InstanceType<typeof EngineClient> | undefined;

/** @param address `host:port`, as the engine gives it to a provider that it starts or attaches to */
export function connectEngine(address: string): void {
  client = new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
}

/** Says something on the line of the resource that is worked for. Nobody waits for it: what is lost is a message. */
export function tellEngine(message: string): void {
  tell(message, false);
}

/** Says it as the resource's status, which the next one takes the place of. */
export function showProgress(message: string): void {
  tell(message, true);
}

/** One after another: several under way at once may be shown in any order. */
let told: Promise<void> = Promise.resolve();

function tell(message: string, isStatus: boolean): void {
  const current = currentRequest();
  const request = new engine.LogRequest()
    .setSeverity(engine.LogSeverity.INFO)
    .setMessage(current ? withoutSecrets(message, current.secrets) : message)
    .setUrn(current?.urn ?? "")
    .setEphemeral(isStatus);
  told = told.then(() => new Promise((resolve) => (client ? client.log(request, () => resolve()) : resolve())));
}
