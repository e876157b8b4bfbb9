import { join } from "node:path";
import type { Sections } from "./configuration.js";
import type { Keystone } from "./keystone.js";

/** What of Cinder's configuration is a rig's own; the rest is in test/rig/cinder.conf. */
export function ownSettings(of: {
  state: string;
  /** Where the release has its api-paste.ini. */
  configuration: string;
  port: number;
  transport: string;
  database: string;
  backends: readonly string[];
  keystone: Keystone | undefined;
  address: string | undefined;
}): Sections {
  return {
    DEFAULT: {
      auth_strategy: of.keystone ? "keystone" : "noauth",
      transport_url: of.transport,
      state_path: of.state,
      volumes_dir: "$state_path/volumes",
      image_conversion_dir: "$state_path/conversion",
      api_paste_config: join(of.configuration, "api-paste.ini"),
      resource_query_filters_file: join(of.configuration, "resource_filters.json"),
      rootwrap_config: join(of.configuration, "rootwrap.conf"),
      osapi_volume_listen_port: of.port,
      enabled_backends: of.backends.join(","),
    },
    database: { connection: of.database },
    coordination: { backend_url: `file://${of.state}/coordination` },
    ...(of.address ? { lio: { target_ip_address: of.address } } : {}),
    ...(of.keystone ? { keystone_authtoken: asService(of.keystone) } : {}),
  };
}

function asService({ url, service }: Keystone) {
  return {
    auth_type: "password",
    interface: "public",
    auth_url: url,
    www_authenticate_uri: url,
    username: service.user,
    password: service.password,
    project_name: service.project,
    user_domain_id: "default",
    project_domain_id: "default",
    service_token_roles_required: true,
    token_cache_time: -1, // a revoked token is none at once
    service_token_roles: "admin",
  };
}
