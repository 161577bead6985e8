/** The calls about model providers, for admins: keys that can be set and not read, and a test. */
import type { Api } from "./api";

/** A provider as admins see it; never its key, at most the end of it. */
export interface ModelProvider {
  provider: string;
  key: { set: boolean; hint: string | null; source: "environment" | "workspace" | null };
  url: string | null;
  region: string | null;
  model: string | null;
  needs_key: boolean;
  /** `open` while it is left alone after failures. */
  circuit: "closed" | "open" | "half_open";
  failure: string | null;
  retry_in: number;
}

export interface ModelProviders {
  providers: ModelProvider[];
  chain: {
    links: string[];
    source: "environment" | "workspace" | "keys" | "local" | "demo";
  };
  /** Model servers on the machine of the server. */
  found: { provider: string; url: string; models: string[] }[];
}

export interface ProviderTest {
  ok: boolean;
  detail: string;
  ms: number;
  region: string | null;
}

export interface ProviderChange {
  provider: string;
  /** Null forgets it; left out: it stays. */
  key?: string | null;
  url?: string | null;
}

export class Providers {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  report(): Promise<ModelProviders> {
    return this.#api.request("GET", "/admin/providers?look=true");
  }

  change(providers: ProviderChange[], chain?: string[]): Promise<ModelProviders> {
    const body = { providers, ...(chain ? { chain } : {}) };
    return this.#api.request("PUT", "/admin/providers", body);
  }

  test(asked: { provider: string; key?: string; url?: string }): Promise<ProviderTest> {
    return this.#api.request("POST", "/admin/providers/test", asked);
  }
}
