import { boolean, plainText } from "../declaration/type.js";
import { always, maybe } from "./declaration.js";
import { functionOf } from "./function.js";

const declaration = {
  name: "getConnector",
  doc: "What this host has to tell a block service before it can reach volumes over iSCSI: an Attachment takes it as `connector`.",
  inputs: {},
  outputs: {
    hostName: always(plainText, "Name of this host."),
    initiator: always(plainText, "Its iSCSI initiator name (IQN), from /etc/iscsi/initiatorname.iscsi."),
    ip: maybe(plainText, "The address that it has on its way out; absent where it has none."),
    multipath: always(boolean(), "Whether it uses several paths: never."),
  },
};

export const getConnector = functionOf(declaration, async () =>
  (await import("../host/connector.js")).connectorOfThisHost(),
);
