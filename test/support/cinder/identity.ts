interface Account {
  readonly user: string;
  readonly password: string;
  readonly project: string;
}

type Named<Kind extends string> = Record<Kind, { id: string }>;
type Listed<Kind extends string> = Record<Kind, { id: string }[]>;

const domain = { id: "default" };

/** What a rig asks Keystone for, as its administrator. */
export class IdentityClient {
  readonly #url: string;
  readonly #admin: Account;

  constructor(url: string, admin: Account) {
    this.#url = url;
    this.#admin = admin;
  }

  async logIn({ user, password, project }: Account): Promise<{ token: string; userId: string }> {
    const response = await this.#send("POST", "/auth/tokens", {
      auth: {
        identity: { methods: ["password"], password: { user: { name: user, domain, password } } },
        scope: { project: { name: project, domain } },
      },
    });
    const { token } = (await response.json()) as { token: { user: { id: string } } };
    return { token: response.headers.get("x-subject-token") ?? "", userId: token.user.id };
  }

  async addAccount({ user, password, project }: Account, role: string): Promise<{ projectId: string }> {
    const projectId = (await this.#ask<Named<"project">>("POST", "/projects", { project: { name: project } })).project
      .id;
    const userId = (await this.#ask<Named<"user">>("POST", "/users", { user: { name: user, password } })).user.id;
    const { roles } = await this.#ask<Listed<"roles">>("GET", `/roles?name=${role}`);
    const { token } = await this.logIn(this.#admin);
    await this.#send("PUT", `/projects/${projectId}/users/${userId}/roles/${roles[0]?.id}`, undefined, token);
    return { projectId };
  }

  async offer(type: string, name: string, url: string): Promise<void> {
    const listed = await this.#ask<Listed<"services">>("GET", `/services?type=${type}`);
    const service =
      listed.services[0] ??
      (await this.#ask<Named<"service">>("POST", "/services", { service: { type, name } })).service;
    const { endpoints } = await this.#ask<Listed<"endpoints">>("GET", `/endpoints?service_id=${service.id}`);
    const endpoint = { interface: "public", region: "RegionOne", url, service_id: service.id };
    if (endpoints[0]) await this.#ask("PATCH", `/endpoints/${endpoints[0].id}`, { endpoint: { url } });
    else await this.#ask("POST", "/endpoints", { endpoint });
  }

  async revoke(token: string): Promise<void> {
    const admin = await this.logIn(this.#admin);
    await this.#send("DELETE", "/auth/tokens", undefined, admin.token, { "x-subject-token": token });
  }

  async applicationCredential(account: Account, name: string): Promise<{ id: string; secret: string }> {
    const { token, userId } = await this.logIn(account);
    const body = { application_credential: { name } };
    const response = await this.#send("POST", `/users/${userId}/application_credentials`, body, token);
    const made = (await response.json()) as { application_credential: { id: string; secret: string } };
    return { id: made.application_credential.id, secret: made.application_credential.secret };
  }

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const { token } = await this.logIn(this.#admin);
    return (await (await this.#send(method, path, body, token)).json()) as Answer;
  }

  async #send(method: string, path: string, body?: unknown, token?: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...headers,
        "content-type": "application/json",
        ...(token === undefined ? {} : { "x-auth-token": token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (response.ok) return response;
    throw new Error(`Keystone: ${method} ${path}: ${response.status} ${await response.text()}`);
  }
}
